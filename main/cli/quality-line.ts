import type { ViewQuality } from '../../native/training/contract.ts';

/** How near a scene comes to views of its clip, as a line for people. */
export const qualityLine = (name: string, { psnr, ssim, foregroundPsnr }: ViewQuality): string =>
  `${name}: PSNR ${psnr.toFixed(2)} dB (character alone ${foregroundPsnr.toFixed(2)}), SSIM ${ssim.toFixed(4)}`;
