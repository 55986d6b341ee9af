import { NODES_PER_GAUSSIAN } from '../../core/deformation/deformation.ts';
import type { Gaussians } from '../../core/gaussians.ts';

export interface ControlNodes {
  readonly count: number;
  /** [count, 3] */
  readonly positions: Float32Array;
  /** Nearest nodes of each Gaussian, [N, NODES_PER_GAUSSIAN]. */
  readonly neighbours: Int32Array;
  /** Logits of the blend weights, same shape: -distance^2 / spacing^2. */
  readonly logits: Float32Array;
}

/** Logit below which a Gaussian is too faint to carry a node (opacity about 0.27). */
const MIN_LOGIT = -1;

const squaredDistance = (a: Float32Array, i: number, b: Float32Array, j: number): number => {
  const dx = (a[i * 3] ?? 0) - (b[j * 3] ?? 0);
  const dy = (a[i * 3 + 1] ?? 0) - (b[j * 3 + 1] ?? 0);
  const dz = (a[i * 3 + 2] ?? 0) - (b[j * 3 + 2] ?? 0);
  return dx * dx + dy * dy + dz * dz;
};

/**
 * Control nodes spread evenly over a cloud by farthest-point sampling, with each Gaussian's nearest ones.
 * @param wanted Number of nodes; fewer when the cloud is smaller.
 */
export function placeControlNodes(gaussians: Gaussians, wanted: number): ControlNodes {
  const { means, opacityLogits } = gaussians;
  const solid = Array.from({ length: gaussians.count }, (_, i) => i).filter((i) => (opacityLogits[i] ?? 0) > MIN_LOGIT);
  const candidates = solid.length >= wanted ? solid : Array.from({ length: gaussians.count }, (_, i) => i);
  const count = Math.max(1, Math.min(wanted, candidates.length));

  const nearest = new Float64Array(candidates.length).fill(Infinity);
  const chosen: number[] = [];
  let next = 0;
  let spacing2 = 0;
  while (chosen.length < count) {
    const node = candidates[next] ?? 0;
    chosen.push(node);
    let farthest = -1;
    for (const [k, candidate] of candidates.entries()) {
      const distance = Math.min(nearest[k] ?? 0, squaredDistance(means, candidate, means, node));
      nearest[k] = distance;
      if (distance > farthest) {
        farthest = distance;
        next = k;
      }
    }
    spacing2 = farthest;
  }
  const positions = Float32Array.from(chosen.flatMap((i) => [...means.subarray(i * 3, i * 3 + 3)]));
  return { count, positions, ...nearestNodes(gaussians, positions, Math.max(spacing2, 1e-12)) };
}

function nearestNodes(
  gaussians: Gaussians,
  positions: Float32Array,
  spacing2: number,
): Pick<ControlNodes, 'neighbours' | 'logits'> {
  const count = positions.length / 3;
  const neighbours = new Int32Array(gaussians.count * NODES_PER_GAUSSIAN);
  const logits = new Float32Array(gaussians.count * NODES_PER_GAUSSIAN);
  const best: { node: number; distance: number }[] = [];
  for (let i = 0; i < gaussians.count; i++) {
    best.length = 0;
    for (let node = 0; node < count; node++) {
      const distance = squaredDistance(gaussians.means, i, positions, node);
      if (best.length === NODES_PER_GAUSSIAN && distance >= (best.at(-1)?.distance ?? 0)) continue;
      let at = best.length;
      while (at > 0 && (best[at - 1]?.distance ?? 0) > distance) at--;
      best.splice(at, 0, { node, distance });
      best.length = Math.min(best.length, NODES_PER_GAUSSIAN);
    }
    for (let k = 0; k < NODES_PER_GAUSSIAN; k++) {
      // With fewer nodes than places the last one is repeated with no weight to speak of.
      const entry = best[k];
      neighbours[i * NODES_PER_GAUSSIAN + k] = entry?.node ?? 0;
      logits[i * NODES_PER_GAUSSIAN + k] = entry ? -entry.distance / spacing2 : -30;
    }
  }
  return { neighbours, logits };
}
