import { MISSING_SHARE } from './silhouette.ts';

/** One number of one picture. */
export interface PictureValue {
  readonly view: number;
  readonly frame: number;
  readonly value: number;
}

/** Intersection over union of the rendered and the true silhouettes over many pictures, 0..1. */
export interface SilhouetteIou {
  readonly mean: number;
  /** The value that a twentieth of the pictures do not exceed. */
  readonly p5: number;
  readonly worst: number;
  /** The picture it is in; views and frames are counted from 0. */
  readonly worstView: number;
  readonly worstFrame: number;
}

/** Shares of the character's pixels that nothing covers over many pictures, 0..1. */
export interface Uncovered {
  readonly mean: number;
  readonly worst: number;
  /** The picture it is in; views and frames are counted from 0. */
  readonly worstView: number;
  readonly worstFrame: number;
  /** Pictures in which more than `MISSING_SHARE` is uncovered: their number, and their share of all. */
  readonly picturesOver5Percent: number;
  readonly shareOver5Percent: number;
}

/** Of at least one picture. Of equally bad ones, the first is the worst. */
export function summariseIou(pictures: readonly PictureValue[]): SilhouetteIou {
  const sorted = pictures.toSorted((a, b) => a.value - b.value);
  const p5 = sorted[Math.ceil(0.05 * sorted.length) - 1]?.value ?? NaN;
  return { mean: meanOf(pictures), p5, ...worst(sorted[0]) };
}

/** Of at least one picture. Of equally bad ones, the first is the worst. */
export function summariseUncovered(pictures: readonly PictureValue[]): Uncovered {
  const sorted = pictures.toSorted((a, b) => b.value - a.value);
  const over = pictures.filter(({ value }) => value > MISSING_SHARE).length;
  const counts = { picturesOver5Percent: over, shareOver5Percent: over / pictures.length };
  return { mean: meanOf(pictures), ...worst(sorted[0]), ...counts };
}

const meanOf = (pictures: readonly PictureValue[]): number =>
  pictures.reduce((sum, { value }) => sum + value, 0) / pictures.length;

function worst(picture: PictureValue | undefined) {
  if (!picture) throw new RangeError('There are no pictures to summarise.');
  return { worst: picture.value, worstView: picture.view, worstFrame: picture.frame };
}
