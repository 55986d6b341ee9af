import { gaussiansAt } from '../../core/deformation/deform.ts';
import { NODES_PER_GAUSSIAN, type NodeDeformation, type Scene } from '../../core/deformation/deformation.ts';
import { allocateGaussians, type Gaussians } from '../../core/gaussians.ts';
import { blend, type Quaternion } from '../../core/quaternion.ts';

/** Moments at which the skin is looked at. */
const MOMENTS = 7;
/** A Gaussian grows by no more than this: larger ones blur what they show and fray its border. */
const MOST_GROWTH = 1.4;
/** A gap is filled with no more Gaussians than this. */
const MOST_BETWEEN = 11;

/** A scene that control nodes move, as puppets are. */
export type NodeScene = Scene & { readonly deformation: NodeDeformation };

/** A gap to be filled: two neighbours, and how many Gaussians go between them. */
interface Gap {
  readonly from: number;
  readonly to: number;
  readonly between: number;
}

/**
 * The scene without gaps where the motion pulls neighbours apart: at an armpit under a raised arm the skin stretches, and what
 * closed it at rest would not. Gaussians grow a little; where that is not enough, others are put between the neighbours.
 * @param links Pairs of Gaussians that are next to each other, [E, 2].
 */
export function closeGaps(scene: NodeScene, links: Int32Array): NodeScene {
  const rest = lengthsOf(scene.gaussians.means, links);
  const longest = longestOf(scene, links);
  const usual = Math.max(median(rest), 1e-9);
  const growth = new Float32Array(scene.gaussians.count).fill(1);
  const gaps: Gap[] = [];
  for (const [edge, length] of longest.entries()) {
    const stretch = length / Math.max(rest[edge] ?? 0, 1e-9);
    const [from, to] = [links[edge * 2] ?? 0, links[edge * 2 + 1] ?? 0];
    for (const end of [from, to]) growth[end] = Math.max(growth[end] ?? 1, Math.min(stretch, MOST_GROWTH));
    const between = stretch > MOST_GROWTH ? Math.ceil(length / (usual * MOST_GROWTH)) - 1 : 0;
    if (between > 0) gaps.push({ from, to, between: Math.min(between, MOST_BETWEEN) });
  }
  return filled(grown(scene, growth), gaps);
}

/** The greatest length of each link at any of the moments. */
function longestOf(scene: Scene, links: Int32Array): Float32Array {
  const longest = new Float32Array(links.length / 2);
  for (let moment = 0; moment < MOMENTS; moment++) {
    const now = lengthsOf(gaussiansAt(scene, moment / (MOMENTS - 1)).means, links);
    for (const [edge, length] of now.entries()) longest[edge] = Math.max(longest[edge] ?? 0, length);
  }
  return longest;
}

function lengthsOf(means: Float32Array, links: Int32Array): Float32Array {
  const lengths = new Float32Array(links.length / 2);
  for (let edge = 0; edge < lengths.length; edge++) {
    const [a, b] = [(links[edge * 2] ?? 0) * 3, (links[edge * 2 + 1] ?? 0) * 3];
    lengths[edge] = Math.hypot(
      (means[a] ?? 0) - (means[b] ?? 0),
      (means[a + 1] ?? 0) - (means[b + 1] ?? 0),
      (means[a + 2] ?? 0) - (means[b + 2] ?? 0),
    );
  }
  return lengths;
}

const median = (values: Float32Array): number => values.slice().sort()[Math.floor(values.length / 2)] ?? 0;

function grown(scene: NodeScene, growth: Float32Array): NodeScene {
  const logScales = scene.gaussians.logScales.slice();
  for (const [i, factor] of growth.entries()) {
    // The third axis lies across the surface: skin gets no thicker.
    for (const axis of [0, 1]) logScales[i * 3 + axis] = (logScales[i * 3 + axis] ?? 0) + Math.log(factor);
  }
  return { ...scene, gaussians: { ...scene.gaussians, logScales } };
}

/** The scene with Gaussians in its gaps, which look and move as what is at both their ends, the nearer end counting more. */
function filled({ gaussians, deformation, ...scene }: NodeScene, gaps: readonly Gap[]): NodeScene {
  const added = gaps.reduce((sum, { between }) => sum + between, 0);
  const all = enlarged(gaussians, added);
  const places = all.count * NODES_PER_GAUSSIAN;
  const neighbours = new Int32Array(places);
  const weights = new Float32Array(places);
  neighbours.set(deformation.neighbours);
  weights.set(deformation.weights);
  let next = gaussians.count;
  for (const { from, to, between } of gaps) {
    for (let k = 1; k <= between; k++, next++) {
      const t = k / (between + 1);
      mixInto(all, next, from, to, t);
      shareNodes(deformation, from, to, t).forEach(({ node, weight }, place) => {
        neighbours[next * NODES_PER_GAUSSIAN + place] = node;
        weights[next * NODES_PER_GAUSSIAN + place] = weight;
      });
    }
  }
  return { ...scene, gaussians: all, deformation: { ...deformation, neighbours, weights } };
}

/** A cloud with room for more Gaussians behind its own. */
function enlarged(gaussians: Gaussians, added: number): Gaussians {
  const all = allocateGaussians(gaussians.count + added, gaussians.shDegree);
  for (const name of ['means', 'logScales', 'quats', 'opacityLogits', 'sh'] as const) all[name].set(gaussians[name]);
  return all;
}

/** Makes Gaussian `at` one between two others, at a share `t` of the way. */
function mixInto(gaussians: Gaussians, at: number, from: number, to: number, t: number): void {
  for (const name of ['means', 'logScales', 'opacityLogits', 'sh'] as const) {
    const values = gaussians[name];
    const row = values.length / gaussians.count;
    for (let k = 0; k < row; k++) {
      values[at * row + k] = (values[from * row + k] ?? 0) * (1 - t) + (values[to * row + k] ?? 0) * t;
    }
  }
  const turnOf = (i: number): Quaternion => {
    const [w = 1, x = 0, y = 0, z = 0] = gaussians.quats.subarray(i * 4, i * 4 + 4);
    return [w, x, y, z];
  };
  gaussians.quats.set(blend(turnOf(from), turnOf(to), t), at * 4);
}

/** The nodes of a Gaussian between two others: the strongest of both. */
function shareNodes(
  { neighbours, weights }: NodeDeformation,
  from: number,
  to: number,
  t: number,
): { node: number; weight: number }[] {
  const shares = new Map<number, number>();
  for (const [end, part] of [
    [from, 1 - t],
    [to, t],
  ] as const) {
    for (let k = end * NODES_PER_GAUSSIAN; k < (end + 1) * NODES_PER_GAUSSIAN; k++) {
      const node = neighbours[k] ?? 0;
      shares.set(node, (shares.get(node) ?? 0) + part * (weights[k] ?? 0));
    }
  }
  const strongest = Array.from(shares, ([node, weight]) => ({ node, weight }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, NODES_PER_GAUSSIAN);
  const sum = strongest.reduce((total, { weight }) => total + weight, 0);
  return strongest.map(({ node, weight }) => ({ node, weight: sum > 0 ? weight / sum : 1 / strongest.length }));
}
