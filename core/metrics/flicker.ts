import { checkComparable, type Picture } from './picture.ts';

/** One step of time: a camera's pictures at two neighbouring frames, and what they should have been. */
export interface TimeStep {
  readonly rendered: readonly [Picture, Picture];
  readonly truth: readonly [Picture, Picture];
  /** The character's pixels in the two true pictures, [height, width]. */
  readonly masks: readonly [Uint8Array, Uint8Array];
}

/**
 * Temporal flicker: how much more, or less, the rendering changes from one frame to the next than the truth does,
 * in 8-bit levels a frame. It is the sum of |(rendered' - rendered) - (truth' - truth)| over the whole picture, divided
 * by the number of samples (pixels x channels) that belong to the character in either true frame.
 *
 * An error that stands still does not count, one that comes and goes does (the reasoning behind dtSSD in video matting).
 * The sum runs over the whole picture so that specks flickering beside the character count as well; it is divided by
 * the character's size so that the empty part of the picture has no influence. Undefined where no character is.
 */
export function temporalFlicker({ rendered, truth, masks }: TimeStep): number | undefined {
  for (const picture of [rendered[1], ...truth]) checkComparable(rendered[0], picture);
  const [r0, r1] = [rendered[0].data, rendered[1].data];
  const [t0, t1] = [truth[0].data, truth[1].data];
  let sum = 0;
  for (let i = 0; i < r0.length; i++) {
    sum += Math.abs((r1[i] ?? 0) - (r0[i] ?? 0) - ((t1[i] ?? 0) - (t0[i] ?? 0)));
  }
  let pixels = 0;
  for (let i = 0; i < masks[0].length; i++) pixels += masks[0][i] || masks[1][i] ? 1 : 0;
  return pixels === 0 ? undefined : ((sum / (pixels * rendered[0].channels)) * 255) / rendered[0].peak;
}
