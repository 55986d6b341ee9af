import { shCoefficients, type Gaussians } from '../../core/gaussians.ts';
import type { RasterCamera } from '../../native/addon/index.ts';

export type Random = () => number;

export const between = (random: Random, low: number, high: number): number => low + (high - low) * random();

export const floats = (random: Random, length: number, low: number, high: number): Float32Array =>
  Float32Array.from({ length }, () => between(random, low, high));

/** Rotation matrix, 3x3 row-major, of a random quaternion near the identity. */
function tilt(random: Random): number[] {
  const raw = [1, between(random, -0.3, 0.3), between(random, -0.3, 0.3), between(random, -0.3, 0.3)];
  const [w = 0, x = 0, y = 0, z = 0] = raw.map((value) => value / Math.hypot(...raw));
  return [
    ...[1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
    ...[2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
    ...[2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
  ];
}

/** A camera that looks at the origin, about, from 3 away. */
export function randomCamera(random: Random, width: number, height: number): RasterCamera {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] = tilt(random);
  const focal = 1.4 * Math.max(width, height);
  return {
    view: Float64Array.of(a, b, c, 0.05, d, e, f, -0.02, g, h, i, 3, 0, 0, 0, 1),
    fx: focal,
    fy: focal * 0.9,
    cx: width * 0.52,
    cy: height * 0.47,
    width,
    height,
  };
}

export interface CloudOptions {
  readonly count: number;
  readonly shDegree: number;
  /** Centres are within -size .. size. */
  readonly size?: number;
  /** Bounds of the standard deviations. */
  readonly scales?: readonly [number, number];
  /** Bounds of the opacity logits. */
  readonly logits?: readonly [number, number];
  /** Bounds of the SH coefficients. */
  readonly sh?: readonly [number, number];
}

export function randomCloud(random: Random, options: CloudOptions): Gaussians {
  const { count, shDegree, size = 0.9, scales = [0.02, 0.3], logits = [-3, 4], sh = [-0.8, 0.8] } = options;
  return {
    count,
    shDegree,
    means: floats(random, count * 3, -size, size),
    logScales: floats(random, count * 3, Math.log(scales[0]), Math.log(scales[1])),
    quats: floats(random, count * 4, -1, 1),
    opacityLogits: floats(random, count, ...logits),
    sh: floats(random, count * 3 * shCoefficients(shDegree), ...sh),
  };
}
