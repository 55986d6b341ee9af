import { checkComparable, type Picture } from './picture.ts';

/**
 * What equal pictures count as, in dB. Their PSNR is infinite, which no mean and no JSON survives; two 8-bit pictures of
 * 2000x2000 that differ in a single level stay below this.
 */
export const MAX_PSNR = 120;

/** PSNR in dB of a mean squared error between pictures of brightness 0..peak; at most `MAX_PSNR`. */
export const psnrOfError = (meanSquaredError: number, peak: number): number =>
  Math.min(MAX_PSNR, 10 * Math.log10((peak * peak) / meanSquaredError));

/** Peak signal-to-noise ratio in dB over all pixels and channels; at most `MAX_PSNR`. Values are not clamped. */
export function psnr(a: Picture, b: Picture): number {
  checkComparable(a, b);
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) {
    const difference = (a.data[i] ?? 0) - (b.data[i] ?? 0);
    sum += difference * difference;
  }
  return psnrOfError(sum / a.data.length, a.peak);
}
