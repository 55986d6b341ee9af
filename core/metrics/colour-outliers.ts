import { checkComparable, type Picture } from './picture.ts';

/**
 * Error of a channel, in parts of the peak, above which a pixel's colour counts as wrong: 64 levels of 8 bits. Blur and
 * noise stay below it on most materials; a wrong material or background in a limb's place goes beyond it.
 */
export const OUTLIER_THRESHOLD = 64 / 255;

/**
 * Share, 0..1, of the pixels in `mask` ([height, width]) where a channel of `a` and `b` differs by more than
 * `OUTLIER_THRESHOLD`. Undefined where nothing is set.
 */
export function colourOutlierShare(a: Picture, b: Picture, mask: Uint8Array): number | undefined {
  checkComparable(a, b);
  const { channels } = a;
  const threshold = OUTLIER_THRESHOLD * a.peak * (1 + 1e-9);
  let pixels = 0;
  let wrong = 0;
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (!mask[pixel]) continue;
    pixels++;
    for (let i = pixel * channels; i < (pixel + 1) * channels; i++) {
      if (Math.abs((a.data[i] ?? 0) - (b.data[i] ?? 0)) <= threshold) continue;
      wrong++;
      break;
    }
  }
  return pixels === 0 ? undefined : wrong / pixels;
}
