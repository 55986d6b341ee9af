import { foregroundMask } from './foreground.ts';
import type { Picture } from './picture.ts';

/** A pixel whose opacity (0..1) is at least this counts as covered, whatever its colour is. */
export const COVERING_OPACITY = 0.5;

/**
 * Share of the character's pixels above which part of it counts as missing. A lower arm with its hand takes a little more;
 * edges that are slightly too soft take less.
 */
export const MISSING_SHARE = 0.05;

/**
 * Intersection over union of two masks, [height, width]: 1 where they agree, also where both are empty. Take both with
 * `foregroundMask`: the same threshold for both puts smooth edges of equal pictures on the same side.
 */
export function silhouetteIou(a: Uint8Array, b: Uint8Array): number {
  let both = 0;
  let either = 0;
  for (let pixel = 0; pixel < a.length; pixel++) {
    if (a[pixel] && b[pixel]) both++;
    if (a[pixel] || b[pixel]) either++;
  }
  return either === 0 ? 1 : both / either;
}

/**
 * The pixels that a rendering covers: 1 where its colour differs from `background` as in `foregroundMask`, or where its
 * `alpha` (8-bit opacity) is at least `COVERING_OPACITY`; [height, width]. Opacity alone would not do: at a smooth edge it
 * is low in a perfect rendering too. Colour alone has a limit: without `alpha`, parts that are rendered in nearly the
 * background's colour, such as white sleeves before white, count as not covered.
 */
export function coveredMask(rendered: Picture, background: readonly number[], alpha?: Uint8Array): Uint8Array {
  const mask = foregroundMask(rendered, background);
  if (!alpha) return mask;
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if ((alpha[pixel] ?? 0) >= COVERING_OPACITY * 255) mask[pixel] = 1;
  }
  return mask;
}

/**
 * Share, 0..1, of the character's pixels (`truth`) that nothing covers (`covered`); both masks are [height, width]. 0
 * where there is no character. Pixels of the character within `FOREGROUND_THRESHOLD` of the background are in no mask.
 */
export function uncoveredShare(truth: Uint8Array, covered: Uint8Array): number {
  let pixels = 0;
  let missing = 0;
  for (let pixel = 0; pixel < truth.length; pixel++) {
    if (!truth[pixel]) continue;
    pixels++;
    if (!covered[pixel]) missing++;
  }
  return pixels === 0 ? 0 : missing / pixels;
}
