import { solveLaplacian, type Graph } from '../body/graph.ts';
import { BONES } from './bones.ts';

/**
 * How much each bone moves each node of a body, after "bone heat" (Baran and Popovic 2007): every node is heated by its nearest
 * bone, the more the nearer it lies, and heat flows within the body. Bones therefore blend smoothly over about the limb's own
 * width at a joint, and never across a gap.
 * @param nearest Index of the nearest bone of each node.
 * @param distances Distance to that bone, in edges of the graph.
 * @returns [count, number of bones]; rows sum to 1.
 */
export function boneWeights(graph: Graph, nearest: Int16Array, distances: Float32Array): Float32Array {
  const { count } = graph;
  const bones = BONES.length;
  const weights = new Float32Array(count * bones);
  const heat = Float32Array.from(distances, (distance) => 1 / Math.max(distance, 1) ** 2);
  for (let bone = 0; bone < bones; bone++) {
    const own = Float32Array.from(nearest, (owner) => (owner === bone ? 1 : 0));
    if (!own.some((value) => value > 0)) continue;
    const temperature = own.slice();
    const source = own.map((value, i) => value * (heat[i] ?? 0));
    solveLaplacian(graph, heat, source, temperature);
    for (let i = 0; i < count; i++) weights[i * bones + bone] = Math.max(0, temperature[i] ?? 0);
  }
  for (let i = 0; i < count; i++) {
    const row = weights.subarray(i * bones, (i + 1) * bones);
    const sum = row.reduce((total, value) => total + value, 0);
    if (sum > 0) for (let bone = 0; bone < bones; bone++) row[bone] = (row[bone] ?? 0) / sum;
  }
  return weights;
}
