import { HUE_STEP, hueOf, type RgbPicture } from './picture.ts';

/** About as many pixels as are looked at: thin lines are hit often enough, and large pictures cost no more. */
const SAMPLES = 120_000;
const BLACK = 24;
const LEAST_BLACK = 0.8;
/** Colours count as pure where the smallest channel has at most this share of the largest. */
const MOST_GREY = 0.25;
const LEAST_PURE = 0.4;
/** Hues that a body shows, of the palette's 18, and the share of the coloured pixels that each needs. */
const LEAST_HUES = 5;
const LEAST_SHARE = 0.01;

/** A quick test for drawn skeletons: mostly black, with lines in several pure colours. */
export function looksLikeSkeletonPicture({ width, height, rgb }: RgbPicture): boolean {
  // Whole rows, because a step along a row can miss an upright line altogether.
  const rowStep = Math.max(1, Math.floor((width * height) / SAMPLES));
  let [seen, black, lit, pure] = [0, 0, 0, 0];
  const byHue = new Array<number>(360 / HUE_STEP).fill(0);
  for (let row = Math.floor(rowStep / 2); row < height; row += rowStep) {
    for (let i = row * width * 3; i < (row + 1) * width * 3; i += 3) {
      const [red, green, blue] = [rgb[i] ?? 0, rgb[i + 1] ?? 0, rgb[i + 2] ?? 0];
      const most = Math.max(red, green, blue);
      seen++;
      if (most <= BLACK) black++;
      if (most <= 2 * BLACK) continue;
      lit++;
      if (Math.min(red, green, blue) > most * MOST_GREY) continue;
      pure++;
      const hue = Math.round(hueOf(red, green, blue) / HUE_STEP) % byHue.length;
      byHue[hue] = (byHue[hue] ?? 0) + 1;
    }
  }
  const hues = byHue.filter((count) => count > 0 && count >= LEAST_SHARE * pure).length;
  return black >= LEAST_BLACK * seen && lit > 0 && pure >= LEAST_PURE * lit && hues >= LEAST_HUES;
}
