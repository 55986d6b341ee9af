import type { Gaussians } from '../gaussians.ts';
import type { Vector } from '../vector.ts';

export interface Bounds {
  readonly centre: Vector;
  readonly radius: number;
}

/** Share of the centres at either end of an axis that do not count: a few stray Gaussians are far away in most scenes. */
const STRAYS = 0.005;
/** More centres than these say nothing new. */
const SAMPLES = 20_000;

/** A sphere around the box of all Gaussians but the strays; one unit about the origin when there is none. */
export function boundsOf({ count, means }: Gaussians): Bounds {
  if (count === 0) return { centre: [0, 0, 0], radius: 1 };
  const step = Math.max(1, Math.floor(count / SAMPLES));
  const range = (axis: number): readonly [number, number] => {
    const values = Float32Array.from(
      { length: Math.ceil(count / step) },
      (_, k) => means[k * step * 3 + axis] ?? 0,
    ).sort();
    const skip = Math.floor(values.length * STRAYS);
    return [values[skip] ?? 0, values[values.length - 1 - skip] ?? 0];
  };
  const [x, y, z] = [range(0), range(1), range(2)];
  const middle = ([low, high]: readonly [number, number]): number => (low + high) / 2;
  const side = ([low, high]: readonly [number, number]): number => high - low;
  return {
    centre: [middle(x), middle(y), middle(z)],
    radius: Math.max(Math.hypot(side(x), side(y), side(z)) / 2, 0.05),
  };
}
