import { MAX_PICTURE_SIZE } from './cameras.ts';

/** Sizes of pictures that networks make and of videos, the smallest first; upright ones count too. */
const USUAL = [
  [256, 256],
  [512, 512],
  [640, 480],
  [1280, 720],
  [1920, 1080],
  [2560, 1440],
  [3840, 2160],
] as const;

/**
 * A frame for keypoints whose file does not say how large theirs was: the smallest usual size that holds them all,
 * else what they need.
 */
export function frameSizeFor(points: readonly (readonly [x: number, y: number, ...unknown[]])[]): {
  readonly width: number;
  readonly height: number;
} {
  let [right, bottom] = [1, 1];
  for (const [x, y] of points) [right, bottom] = [Math.max(right, x), Math.max(bottom, y)];
  for (const [long, short] of USUAL) {
    if (right <= long && bottom <= short) return { width: long, height: short };
    if (right <= short && bottom <= long) return { width: short, height: long };
  }
  return { width: Math.min(Math.ceil(right), MAX_PICTURE_SIZE), height: Math.min(Math.ceil(bottom), MAX_PICTURE_SIZE) };
}
