import type { FeaturePlane } from '../../core/deformation/hexplane.ts';
import { PLANE_AXES } from '../../core/deformation/hexplane-shapes.ts';

/** Weights of the terms; see the native `PlaneWeights`. */
export interface PlaneWeights {
  readonly spaceSmooth?: number;
  readonly timeSmooth?: number;
  readonly timeL1?: number;
  readonly spaceVariation?: number;
  readonly timeVariation?: number;
}

/** Each named regulariser of the published code as weights of the five terms. */
export const REGULARISERS = {
  plane_as_trained: { spaceSmooth: 1 },
  time_smoothness: { timeSmooth: 1 },
  time_smooth_regulation_py: { timeSmooth: 1 },
  l1_time: { timeL1: 1 },
  l1_time_regulation_py: { timeL1: 1 },
  tv_space_planes_only: { spaceVariation: 1 },
  plane_tv_regulation_py: { spaceVariation: 2, timeVariation: 1 },
} as const satisfies Record<string, PlaneWeights>;

/** Value of the weighted regularisers and its gradient for each plane of `levels`. */
export function regularisePlanes(levels: readonly (readonly FeaturePlane[])[], weights: PlaneWeights) {
  const gradients = new Map<string, Float64Array>();
  let value = 0;
  for (const planes of levels) {
    planes.forEach((plane, index) => {
      const time = PLANE_AXES[index]?.[1] === 3;
      const gradient = new Float64Array(plane.data.length);
      gradients.set(plane.name, gradient);
      // A term is a mean over places of f(linear combination of cells): [offset in cells, factor] pairs.
      const mean = (rows: number, columns: number, taps: readonly (readonly [number, number])[], weight = 0): void => {
        const channels = plane.data.length / (plane.width * plane.height);
        const count = channels * (plane.height - rows) * (plane.width - columns);
        if (weight === 0 || count <= 0) return;
        for (let c = 0; c < channels; c++) {
          for (let y = 0; y < plane.height - rows; y++) {
            for (let x = 0; x < plane.width - columns; x++) {
              const at = (c * plane.height + y) * plane.width + x;
              const d = taps.reduce((sum, [offset, factor]) => sum + factor * (plane.data[at + offset] ?? 0), 0);
              value += (weight / count) * d * d;
              for (const [offset, factor] of taps) {
                gradient[at + offset] = (gradient[at + offset] ?? 0) + (weight / count) * 2 * d * factor;
              }
            }
          }
        }
      };
      const row = plane.width;
      const second = [
        [0, 1],
        [row, -2],
        [2 * row, 1],
      ] as const;
      mean(2, 0, second, time ? weights.timeSmooth : weights.spaceSmooth);
      const variation = 2 * ((time ? weights.timeVariation : weights.spaceVariation) ?? 0);
      const first = (offset: number) =>
        [
          [0, -1],
          [offset, 1],
        ] as const;
      mean(1, 0, first(row), variation);
      mean(0, 1, first(1), variation);
      const l1 = time ? (weights.timeL1 ?? 0) / plane.data.length : 0;
      plane.data.forEach((x, i) => {
        value += l1 * Math.abs(1 - x);
        gradient[i] = (gradient[i] ?? 0) + l1 * Math.sign(x - 1);
      });
    });
  }
  return { value, gradients };
}
