import { POSE_WORDS } from './packed-gaussians.ts';

/** Depth along the view: row z of a world-to-camera matrix in OpenCV axes (x, y, z, translation). */
export type DepthRow = readonly [number, number, number, number];

/** What lies nearer to the camera than this is not drawn, as in the rasteriser. World units. */
export const NEAR_PLANE = 0.2;

const BINS = 65536;

/**
 * The order in which Gaussians have to be drawn, far ones first. One pass of counting over 16 bits of depth: depths that
 * fall into the same of 65,536 steps between nearest and farthest stay in the order of their indices, last first,
 * as the rasteriser, which goes from near to far, takes equal depths by index.
 */
export class DepthOrder {
  readonly #counts = new Uint32Array(BINS);
  #depths = new Float32Array(0);

  /**
   * Indices of the Gaussians before the near plane, farthest first. `poses` are the packed poses of `count` Gaussians.
   * `into` is filled and a part of it given back.
   */
  sort(poses: Float32Array, count: number, row: DepthRow, into: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
    if (this.#depths.length < count) this.#depths = new Float32Array(count);
    const [depths, counts] = [this.#depths, this.#counts];
    const [a, b, c, d] = row;
    let [nearest, farthest] = [Infinity, -Infinity];
    for (let i = 0; i < count; i++) {
      const at = i * POSE_WORDS;
      const depth = a * (poses[at] ?? 0) + b * (poses[at + 1] ?? 0) + c * (poses[at + 2] ?? 0) + d;
      depths[i] = depth;
      if (!(depth > NEAR_PLANE)) continue;
      if (depth < nearest) nearest = depth;
      if (depth > farthest) farthest = depth;
    }
    // A depth of infinity would leave all others in one bin.
    const scale = farthest > nearest && farthest < Infinity ? (BINS - 1) / (farthest - nearest) : 0;
    const bin = (depth: number): number => Math.min(((farthest - depth) * scale) | 0, BINS - 1);
    counts.fill(0);
    for (let i = 0; i < count; i++) {
      const depth = depths[i] ?? 0;
      if (!(depth > NEAR_PLANE)) continue;
      const k = bin(depth);
      counts[k] = (counts[k] ?? 0) + 1;
    }
    let total = 0;
    for (let k = 0; k < BINS; k++) {
      const here = counts[k] ?? 0;
      counts[k] = total;
      total += here;
    }
    for (let i = count - 1; i >= 0; i--) {
      const depth = depths[i] ?? 0;
      if (!(depth > NEAR_PLANE)) continue;
      const k = bin(depth);
      const place = counts[k] ?? 0;
      counts[k] = place + 1;
      into[place] = i;
    }
    return into.subarray(0, total);
  }
}
