/** Row-major [N, 3]. */
export type Points = ArrayLike<number>;

export type Edge = readonly [i: number, j: number];

const difference = (points: Points, i: number, j: number): [number, number, number] => {
  const along = (axis: number): number => (points[3 * i + axis] ?? 0) - (points[3 * j + axis] ?? 0);
  return [along(0), along(1), along(2)];
};

/** All edges (i, j) and (j, i) for each j among the k nearest of i, ties by index; sorted, without duplicates. */
export function nearestEdges(points: Points, k: number): Edge[] {
  const count = points.length / 3;
  const rows = Array.from({ length: count }, () => new Set<number>());
  for (let i = 0; i < count; i++) {
    const others = Array.from({ length: count }, (_, j) => ({ j, distance: Math.hypot(...difference(points, i, j)) }));
    const nearest = others.filter(({ j }) => j !== i).sort((a, b) => a.distance - b.distance || a.j - b.j);
    for (const { j } of nearest.slice(0, k)) {
      rows[i]?.add(j);
      rows[j]?.add(i);
    }
  }
  return rows.flatMap((row, i) => [...row].sort((a, b) => a - b).map((j): Edge => [i, j]));
}

export interface NeighbourLossOptions {
  readonly threshold: number;
  readonly minWeight: number;
  /** Gate off: all edges count. */
  readonly gated: boolean;
  /** False takes the edge weights as constants. */
  readonly weightGradient: boolean;
}

/** The offset of each point to the mean of its neighbours. */
function offsets(points: Points, edges: readonly Edge[], degrees: readonly number[]): Float64Array {
  const out = Float64Array.from(points);
  for (const [i, j] of edges) {
    for (let axis = 0; axis < 3; axis++) {
      out[3 * i + axis] = (out[3 * i + axis] ?? 0) - (points[3 * j + axis] ?? 0) / (degrees[i] ?? 1);
    }
  }
  return out;
}

/**
 * The neighbour constraint between two times: sum over active edges (i, j) of weight * |offset change of i|^2, divided
 * by the number of active edges + 1e-6; with all that enters it, and its gradients.
 */
export function neighbourLoss(earlier: Points, later: Points, edges: readonly Edge[], options: NeighbourLossOptions) {
  const count = earlier.length / 3;
  const degrees = Array.from({ length: count }, () => 0);
  for (const [i] of edges) degrees[i] = (degrees[i] ?? 0) + 1;
  const displacement = Float64Array.from({ length: count }, (_, i) =>
    Math.hypot(...[0, 1, 2].map((axis) => (later[3 * i + axis] ?? 0) - (earlier[3 * i + axis] ?? 0))),
  );
  const moved = displacement.map((d) => (!options.gated || d > options.threshold ? 1 : 0));
  const [before, after] = [offsets(earlier, edges, degrees), offsets(later, edges, degrees)];
  const change = after.map((x, at) => x - (before[at] ?? 0));
  const squared = (i: number): number => [0, 1, 2].reduce((sum, axis) => sum + (change[3 * i + axis] ?? 0) ** 2, 0);

  const edgeMask = Float64Array.from(edges, ([i, j]) => (moved[i] ?? 0) * (moved[j] ?? 0));
  const lengths = edges.map(([i, j]) => Math.hypot(...difference(earlier, i, j)));
  const edgeWeight = Float64Array.from(lengths, (length) => Math.max(options.minWeight, length));
  const activeEdges = edgeMask.reduce((sum, active) => sum + active, 0);
  const divisor = activeEdges + 1e-6;

  let value = 0;
  const changeGradient = new Float64Array(3 * count);
  const earlierGradients = new Float64Array(3 * count);
  const laterGradients = new Float64Array(3 * count);
  const add = (to: Float64Array, at: number, x: number): void => {
    to[at] = (to[at] ?? 0) + x;
  };
  edges.forEach(([i, j], e) => {
    if (edgeMask[e] !== 1) return;
    const [weight, length] = [edgeWeight[e] ?? 0, lengths[e] ?? 0];
    value += (weight * squared(i)) / divisor;
    for (let axis = 0; axis < 3; axis++) {
      add(changeGradient, 3 * i + axis, (2 * weight * (change[3 * i + axis] ?? 0)) / divisor);
      if (!options.weightGradient || !(length > options.minWeight)) continue;
      const pull = ((squared(i) / divisor) * (difference(earlier, i, j)[axis] ?? 0)) / length;
      add(earlierGradients, 3 * i + axis, pull);
      add(earlierGradients, 3 * j + axis, -pull);
    }
  });
  const spread = (at: number, x: number): void => {
    add(laterGradients, at, x);
    add(earlierGradients, at, -x);
  };
  changeGradient.forEach((gradient, at) => {
    spread(at, gradient);
  });
  for (const [i, j] of edges) {
    for (let axis = 0; axis < 3; axis++) spread(3 * j + axis, -(changeGradient[3 * i + axis] ?? 0) / (degrees[i] ?? 1));
  }
  const meanSigmoid = displacement.reduce((sum, d) => sum + 1 / (1 + Math.exp(-d)), 0) / count;
  return {
    value,
    activeEdges,
    displacement,
    moved,
    edgeMask,
    edgeWeight,
    offsetsEarlier: before,
    offsetsLater: after,
    earlierGradients,
    laterGradients,
    meanSigmoid,
  };
}
