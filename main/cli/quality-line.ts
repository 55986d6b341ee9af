import type { ViewQuality } from '../../native/training/contract.ts';

/** What a run of an earlier version may lack. */
type Later = 'coverage' | 'silhouetteIou' | 'uncoveredPictures';

/** How near a scene comes to views of its clip, as a line for people. */
export function qualityLine(name: string, quality: Omit<ViewQuality, Later> & Partial<ViewQuality>): string {
  const { psnr, ssim, foregroundPsnr, coverage } = quality;
  const covered = coverage === undefined ? '' : `, ${(100 * coverage).toFixed(1)} % of the character covered`;
  return `${name}: PSNR ${psnr.toFixed(2)} dB (character alone ${foregroundPsnr.toFixed(2)}), SSIM ${ssim.toFixed(4)}${covered}`;
}
