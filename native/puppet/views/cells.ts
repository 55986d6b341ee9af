import type { Gaussians } from '../../../core/gaussians.ts';
import type { Vector } from '../../../core/vector.ts';

/** A cloud sorted into cubic cells; only cells with something in them exist. */
export interface Cells {
  readonly count: number;
  /** Side of a cell, world units. */
  readonly side: number;
  readonly centres: readonly Vector[];
  /** Cell of each Gaussian. */
  readonly cellOf: Int32Array;
  /** The up to 26 cells around each, -1 for none: [count, 26]. Slot k of one is slot 25 - k of the other. */
  readonly around: Int32Array;
}

export const AROUND = 26;
const OFFSETS: readonly Vector[] = Array.from({ length: 27 }, (_, k): Vector => [
  (k % 3) - 1,
  (Math.floor(k / 3) % 3) - 1,
  Math.floor(k / 9) - 1,
]).filter((offset) => offset.some((value) => value !== 0));

export function sortIntoCells({ count, means }: Gaussians, side: number): Cells {
  const index = new Map<string, number>();
  const places: Vector[] = [];
  const cellOf = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const at = (c: number): number => Math.floor((means[i * 3 + c] ?? 0) / side);
    const place: Vector = [at(0), at(1), at(2)];
    const key = place.join();
    let cell = index.get(key);
    if (cell === undefined) {
      cell = places.length;
      index.set(key, cell);
      places.push(place);
    }
    cellOf[i] = cell;
  }
  const around = new Int32Array(places.length * AROUND).fill(-1);
  for (const [cell, [x, y, z]] of places.entries()) {
    for (const [slot, [dx, dy, dz]] of OFFSETS.entries()) {
      around[cell * AROUND + slot] = index.get([x + dx, y + dy, z + dz].join()) ?? -1;
    }
  }
  const centres = places.map(([x, y, z]): Vector => [(x + 0.5) * side, (y + 0.5) * side, (z + 0.5) * side]);
  return { count: places.length, side, centres, cellOf, around };
}
