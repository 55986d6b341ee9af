import { NODES_PER_GAUSSIAN } from '../../core/deformation/deformation.ts';
import type { NodeCall, NodeWeights } from '../golden/native-passes.ts';

/**
 * The deformation by control nodes and its regularisers in double precision: values only, for central differences. The
 * formulas are those of core/deformation/nodes.ts, with the blend weights as the softmax of their logits.
 */
type Numbers = ArrayLike<number>;

const row = (values: Numbers, index: number, width: number): number[] => {
  const out: number[] = [];
  for (let k = index * width; k < (index + 1) * width; k++) out.push(values[k] ?? NaN);
  return out;
};

const product = ([a = 0, b = 0, c = 0, d = 0]: readonly number[], [w = 0, x = 0, y = 0, z = 0]: readonly number[]) => [
  a * w - b * x - c * y - d * z,
  a * x + b * w + c * z - d * y,
  a * y - b * z + c * w + d * x,
  a * z + b * y - c * x + d * w,
];

/** `v` turned by the rotation of the quaternion `q`, which need not have length 1. */
function turned(q: readonly number[], v: readonly number[]): number[] {
  const [w = 0, x = 0, y = 0, z = 0] = q;
  const norm2 = w * w + x * x + y * y + z * z;
  return product(product(q, [0, ...v]), [w, -x, -y, -z])
    .slice(1)
    .map((value) => value / norm2);
}

const squared = (v: readonly number[]): number => v.reduce((sum, x) => sum + x * x, 0);
const minus = (a: readonly number[], b: readonly number[]): number[] => a.map((x, k) => x - (b[k] ?? NaN));

/** Softmax of the logits of a Gaussian. */
export function blendWeights(logits: Numbers, index: number): number[] {
  const powers = row(logits, index, NODES_PER_GAUSSIAN).map(Math.exp);
  const total = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / total);
}

/** A node at the call's frame. */
function nodeAt(call: NodeCall, node: number, frame = call.frame) {
  return {
    rest: row(call.nodes, node, 3),
    rotation: row(call.rotations, frame * call.count + node, 4),
    translation: row(call.translations, frame * call.count + node, 3),
    colour: row(call.colours, frame * call.count + node, 3),
  };
}

export interface BlendedGaussian {
  readonly mean: readonly number[];
  readonly quat: readonly number[];
  readonly colour: readonly number[];
}

export function blendReference(call: NodeCall, index: number): BlendedGaussian {
  const weights = blendWeights(call.logits, index);
  const nodes = row(call.neighbours, index, NODES_PER_GAUSSIAN).map((node) => nodeAt(call, node));
  const blend = (value: (node: ReturnType<typeof nodeAt>) => readonly number[]): number[] =>
    nodes.reduce<number[]>((sum, node, k) => value(node).map((x, c) => (sum[c] ?? 0) + x * (weights[k] ?? NaN)), []);
  const rotation = blend((node) => node.rotation);
  const rest = blend((node) => node.rest);
  const target = blend((node) => node.rest.map((x, c) => x + (node.translation[c] ?? NaN)));
  const offset = turned(rotation, minus(row(call.gaussians.means, index, 3), rest));
  return {
    mean: target.map((x, c) => x + (offset[c] ?? NaN)),
    quat: product(rotation, row(call.gaussians.quats, index, 4)),
    colour: blend((node) => node.colour),
  };
}

/** Neighbours of a node in the rigidity graph. */
const EDGES_PER_NODE = 8;

/** Each node with its nearest ones, every pair once, with a weight that falls with distance. */
function nodeEdges(call: NodeCall): { a: number; b: number; weight: number }[] {
  const distance2 = (a: number, b: number): number => squared(minus(row(call.nodes, a, 3), row(call.nodes, b, 3)));
  const pairs = new Set<string>();
  for (let a = 0; a < call.count; a++) {
    const others = Array.from({ length: call.count }, (_, b) => b).filter((b) => b !== a);
    const nearest = others.sort((b, c) => distance2(a, b) - distance2(a, c) || b - c).slice(0, EDGES_PER_NODE);
    for (const b of nearest) pairs.add(`${Math.min(a, b)} ${Math.max(a, b)}`);
  }
  const edges = [...pairs].map((pair) => pair.split(' ').map(Number)).map(([a = 0, b = 0]) => ({ a, b }));
  const mean = edges.reduce((sum, { a, b }) => sum + distance2(a, b), 0) / Math.max(1, edges.length);
  return edges.map(({ a, b }) => ({ a, b, weight: Math.exp((-0.5 * distance2(a, b)) / mean) }));
}

/**
 * What NodeField::regularise returns: the terms around the call's frame, within the frames low..high. As a function, for
 * the call's rotations, translations and colours to be changed in between.
 */
export function regulariserReference(call: NodeCall, low: number, high: number, weights: NodeWeights): () => number {
  const edges = nodeEdges(call);
  return () => regulariser(call, edges, low, high, weights);
}

function regulariser(
  call: NodeCall,
  edges: ReturnType<typeof nodeEdges>,
  low: number,
  high: number,
  { rigidity = 0, rotationSmooth = 0, acceleration = 0, colorSmooth = 0 }: NodeWeights,
): number {
  const { frame, count } = call;
  const nodes = Array.from({ length: count }, (_, node) => nodeAt(call, node));
  let perEdge = 0;
  for (const { a, b, weight } of edges) {
    const [first, second] = [nodes[a], nodes[b]];
    if (!first || !second) throw new RangeError('no such node');
    for (const [from, to] of [
      [first, second],
      [second, first],
    ] as const) {
      const rest = minus(to.rest, from.rest);
      const now = rest.map((x, c) => x + (to.translation[c] ?? NaN) - (from.translation[c] ?? NaN));
      perEdge += rigidity * weight * squared(minus(now, turned(from.rotation, rest)));
    }
    perEdge += rotationSmooth * weight * squared(minus(first.rotation, second.rotation));
    perEdge += colorSmooth * weight * squared(minus(first.colour, second.colour));
  }
  let perNode = 0;
  for (let node = 0; node < count; node++) {
    const at = (f: number): number[] => {
      const { translation, rotation } = nodeAt(call, node, f);
      return [...translation, ...rotation];
    };
    for (let centre = frame - 1; centre <= frame + 1; centre++) {
      if (centre - 1 < low || centre + 1 > high) continue;
      const [before, here, after] = [at(centre - 1), at(centre), at(centre + 1)];
      perNode += acceleration * squared(here.map((x, c) => (before[c] ?? NaN) - 2 * x + (after[c] ?? NaN)));
    }
    const { colour } = nodeAt(call, node);
    perNode += 0.1 * colorSmooth * squared(colour);
    for (const other of [frame - 1, frame + 1]) {
      if (other < low || other > high) continue;
      perNode += colorSmooth * squared(minus(colour, nodeAt(call, node, other).colour));
    }
  }
  return perEdge / Math.max(1, edges.length) + perNode / count;
}
