import { distanceAt, fitBackground, median, refineBackground, type Background } from './background.ts';
import {
  above,
  areaOf,
  dilate,
  distanceTo,
  edgePixels,
  flood,
  invert,
  maskWhere,
  type Mask,
  type Size,
} from './raster.ts';
import { boxBlur } from './smooth.ts';

/** A picture taken apart into background, what is like the background, and ink: everything else. */
export interface Backdrop extends Size {
  /** OKLab, [height, width, 3]; smoothed where the picture is noisy. */
  readonly lab: Float32Array;
  readonly background: Background;
  /** Distance of each pixel from the background, OKLab. */
  readonly difference: Float32Array;
  /** From which difference on a pixel is ink. */
  readonly threshold: number;
  /** Pixels that look like the background. */
  readonly like: Mask;
  /** Distance of each pixel to the nearest ink, in pixels. */
  readonly toInk: Float32Array;
  /** What a disc reaches that rolls in from the border over pixels like the background. */
  readonly outside: Mask;
}

/** Least difference that counts as ink: light grey (245 of 255) on white is 0.03 away, rounding errors 0.004. */
const LEAST_THRESHOLD = 0.012;
/** Ripples beside edges count as ink rather than light grey clothes as background. */
const HIGHEST_RIM = 0.022;
/** Above this noise pixels are averaged with their neighbours before they are compared. */
const NOISY = 0.004;
const VERY_NOISY = 0.008;

/** The surface is drawn anew through what was found with it, as long as that finds more. */
const MAX_ROUNDS = 5;
/** Share of the picture that is needed to draw a surface through it. */
const LEAST_BACKGROUND = 0.02;

/** Radius of the disc that finds the outside: small enough for gaps between limbs, too large for a chink in an outline. */
const discRadius = ({ width, height }: Size): number => Math.max(1, 0.002 * Math.hypot(width, height));

/** @param lab Of the picture, OKLab [height, width, 3]. */
export function readBackdrop(lab: Float32Array, size: Size): Backdrop {
  const fitted = fitBackground(lab, size);
  const once = fitted.noise > NOISY ? boxBlur(lab, size, 1) : lab;
  const calm = fitted.noise > VERY_NOISY ? boxBlur(once, size, 1) : once;
  let backdrop = compare(calm, fitted, size, 5 * fitted.noise);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    // What is a step away from ink is background for certain; an edge's mixed colours would tint the surface.
    const { outside, toInk } = backdrop;
    const certain = maskWhere(outside.length, (index) => outside[index] === 1 && (toInk[index] ?? 0) > 3);
    if (areaOf(certain) < LEAST_BACKGROUND * certain.length) break;
    const refined = refineBackground(calm, certain, size, fitted);
    backdrop = compare(calm, refined, size, 6 * refined.noise);
    if (areaOf(backdrop.outside) < 1.01 * areaOf(outside)) break;
  }
  const rim = Math.min(6 * rimNoise(backdrop), HIGHEST_RIM);
  return rim > backdrop.threshold ? parted(backdrop, rim, discRadius(size)) : backdrop;
}

/** Noise of the background beside ink, where compression leaves ripples though the rest is clean. */
function rimNoise({ difference, outside, toInk }: Backdrop): number {
  const near: number[] = [];
  for (let index = 0; index < outside.length; index++) {
    const distance = toInk[index] ?? 0;
    if (outside[index] && distance > 2 && distance < 8) near.push(difference[index] ?? 0);
  }
  return median(near) / 1.54;
}

function compare(lab: Float32Array, background: Background, size: Size, threshold: number): Backdrop {
  const difference = new Float32Array(size.width * size.height);
  for (let index = 0; index < difference.length; index++) {
    difference[index] = distanceAt(lab, background.colours, index);
  }
  const limit = Math.min(Math.max(threshold, LEAST_THRESHOLD), 0.09);
  return { ...size, lab, background, difference, ...partAt(difference, limit, discRadius(size), size) };
}

/** Parts ink and background anew, at another threshold and with another disc. */
export const parted = (backdrop: Backdrop, threshold: number, radius: number): Backdrop => ({
  ...backdrop,
  ...partAt(backdrop.difference, threshold, radius, backdrop),
});

type Parts = Pick<Backdrop, 'threshold' | 'like' | 'toInk' | 'outside'>;

function partAt(difference: Float32Array, threshold: number, radius: number, size: Size): Parts {
  const ink = above(difference, threshold);
  const toInk = distanceTo(ink, size);
  const like = invert(ink);
  return { threshold, like, toInk, outside: rollIn(like, toInk, radius, size) };
}

/** What a disc of this radius covers on its ways from the border over `like`. */
function rollIn(like: Mask, toInk: Float32Array, radius: number, size: Size): Mask {
  const covered = dilate(flood(above(toInk, radius), edgePixels(size), size), size, radius);
  return maskWhere(like.length, (index) => covered[index] === 1 && like[index] === 1);
}
