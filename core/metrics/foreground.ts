import { checkComparable, type Picture } from './picture.ts';
import { psnrOfError } from './psnr.ts';

/**
 * How far a channel must be from the background to belong to the character, in parts of the peak: 5 levels of 8 bits.
 * Fainter pixels are the outermost part of smoothed edges, or noise of a compressed video.
 */
export const FOREGROUND_THRESHOLD = 5 / 255;

/**
 * The character's pixels: 1 where any channel of `truth` is farther than `FOREGROUND_THRESHOLD` from `background`
 * (0..1, one number a channel), else 0; [height, width]. Holes stay holes, and nothing is dilated.
 */
export function foregroundMask(truth: Picture, background: readonly number[]): Uint8Array {
  const { channels, data, peak } = truth;
  const levels = background.map((value) => value * peak);
  // A little slack, so that a background of, say, 0.5 does not decide by rounding.
  const threshold = FOREGROUND_THRESHOLD * peak * (1 + 1e-9);
  const mask = new Uint8Array(truth.width * truth.height);
  for (let pixel = 0; pixel < mask.length; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      if (Math.abs((data[pixel * channels + channel] ?? 0) - (levels[channel] ?? 0)) > threshold) mask[pixel] = 1;
    }
  }
  return mask;
}

/**
 * PSNR in dB over the pixels where `mask` ([height, width]) is set: most of a picture is background that every method
 * gets right, which lifts the plain PSNR by some 8 dB. Undefined where nothing is set.
 */
export function maskedPsnr(a: Picture, b: Picture, mask: Uint8Array): number | undefined {
  checkComparable(a, b);
  const { channels } = a;
  let sum = 0;
  let pixels = 0;
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (!mask[pixel]) continue;
    pixels++;
    for (let i = pixel * channels; i < (pixel + 1) * channels; i++) {
      const difference = (a.data[i] ?? 0) - (b.data[i] ?? 0);
      sum += difference * difference;
    }
  }
  return pixels === 0 ? undefined : psnrOfError(sum / (pixels * channels), a.peak);
}
