import { MICROSOFT, type Value } from '../../onnx/graph-builder.ts';
import type { ModuleBuilder } from './module-builder.ts';
import { linearLayer } from './layers.ts';
import type { RotaryTable } from './rotary.ts';

/** `fused`: one operator whose memory grows with the tokens. `plain`: elementary operators, for providers without it. */
export type AttentionKind = 'fused' | 'plain';

/**
 * Scores that the plain kind computes at once: as many as the queries have numbers, so that its memory grows with the tokens too, at most
 * 128 MB of float32 (all of one head are 486 MB at the authors' size), and not so few that pieces would be small.
 */
const SCORES = { least: 2 ** 20, most: 2 ** 25 } as const;
/** Of the layer norms of queries and keys. */
const HEAD_NORM_EPS = 1e-6;

/** An end beyond every size. */
const WHOLE = 2 ** 31 - 1;

export interface Heads {
  readonly count: number;
  readonly size: number;
}

/** A sequence of tokens, [batch, tokens, channels]. */
export interface SequenceSize {
  readonly batch: number;
  readonly tokens: number;
}

/** Rotary tables within a graph. */
export interface RotaryValues {
  readonly cos: Value;
  readonly sin: Value;
}

/** Puts tables into the graph; to be called once a graph, for they are large. */
export const rotaryValues = (module: ModuleBuilder, { rows, pairs, cos, sin }: RotaryTable): RotaryValues => ({
  cos: module.table(cos, [rows, pairs]),
  sin: module.table(sin, [rows, pairs]),
});

/**
 * The self-attention at this place of the state dict, for any number of sequences of one size: queries and keys are normed head by
 * head and turned by the rotary tables, which have a row a token.
 */
export function selfAttention(
  module: ModuleBuilder,
  heads: Heads,
  size: SequenceSize,
  rotary: RotaryValues,
  kind: AttentionKind,
): (sequence: Value) => Value {
  const channels = heads.count * heads.size;
  const dims = [size.batch, size.tokens, channels];
  const linear = (name: string): ((value: Value) => Value) => {
    const layer = module.at(name, (m) => linearLayer(m, channels, channels));
    return (value) => layer(value, dims);
  };
  const [query, key, value, out] = [linear('to_q'), linear('to_k'), linear('to_v'), linear('to_out.0')];
  const [normQuery, normKey] = [headNorm(module, 'norm_q', heads, size), headNorm(module, 'norm_k', heads, size)];
  const attend = kind === 'fused' ? fusedAttention : plainAttention;
  const turn = (x: Value): Value => rotate(module, x, rotary);
  return (sequence) => {
    const q = turn(normQuery(query(sequence)));
    const k = turn(normKey(key(sequence)));
    return out(attend(module, q, k, value(sequence), heads, size));
  };
}

/** Layer norm over the channels of each head of [batch, tokens, channels]. */
function headNorm(module: ModuleBuilder, name: string, heads: Heads, { batch, tokens }: SequenceSize) {
  const terms = module.at(name, (m) => [m.weight('weight', [heads.size]), m.weight('bias', [heads.size])]);
  return (value: Value): Value => {
    const apart = module.reshape(value, [batch, tokens, heads.count, heads.size]);
    const normed = module.op('LayerNormalization', [apart, ...terms], { axis: -1, epsilon: { float: HEAD_NORM_EPS } });
    return module.reshape(normed, [batch, tokens, heads.count * heads.size]);
  };
}

/** Turns neighbouring pairs of channels. CPU, CUDA, DirectML and WebGPU all have the operator, and it needs no transposed copy. */
const rotate = (module: ModuleBuilder, value: Value, { cos, sin }: RotaryValues): Value =>
  module.op(`${MICROSOFT}RotaryEmbedding`, [value, module.graph.ints([0]), cos, sin], { interleaved: 1 });

function fusedAttention(module: ModuleBuilder, q: Value, k: Value, v: Value, heads: Heads): Value {
  return module.op(`${MICROSOFT}MultiHeadAttention`, [q, k, v], { num_heads: heads.count });
}

/** softmax(q k^T / sqrt(head size)) v, some heads or some queries of one head at a time. */
function plainAttention(
  module: ModuleBuilder,
  q: Value,
  k: Value,
  v: Value,
  heads: Heads,
  { batch, tokens }: SequenceSize,
): Value {
  const apart = [batch, tokens, heads.count, heads.size];
  const byHead = (value: Value, perm: readonly number[]): Value => module.transpose(module.reshape(value, apart), perm);
  const scaled = module.op('Mul', [q, module.number(1 / Math.sqrt(heads.size))]);
  const [queries, keys, values] = [byHead(scaled, [0, 2, 1, 3]), byHead(k, [0, 2, 3, 1]), byHead(v, [0, 2, 1, 3])];
  const scores = batch * tokens * tokens;
  const atOnce = Math.min(SCORES.most, Math.max(SCORES.least, batch * tokens * heads.count * heads.size));
  const headsAtOnce = Math.min(heads.count, Math.max(1, Math.floor(atOnce / scores)));
  const queriesAtOnce = Math.min(tokens, Math.max(1, Math.floor(atOnce / (batch * tokens))));
  const results = pieces(heads.count, headsAtOnce).map(([from, to]) => {
    const some = (value: Value): Value => slice(module, value, 1, from, to);
    const [someQueries, someKeys, someValues] = [some(queries), some(keys), some(values)];
    const rows = pieces(tokens, queriesAtOnce).map(([first, last]) => {
      const score = module.op('MatMul', [slice(module, someQueries, 2, first, last), someKeys]);
      return module.op('MatMul', [module.op('Softmax', [score], { axis: -1 }), someValues]);
    });
    return concat(module, rows, 2);
  });
  const together = module.transpose(concat(module, results, 1), [0, 2, 1, 3]);
  return module.reshape(together, [batch, tokens, heads.count * heads.size]);
}

function pieces(count: number, atOnce: number): [from: number, to: number][] {
  return Array.from({ length: Math.ceil(count / atOnce) }, (_, i) => [i * atOnce, Math.min(count, (i + 1) * atOnce)]);
}

/**
 * Places `from` up to `to` along an axis. The first axis is sliced as well, though wholly: ONNX Runtime makes one Split of slices along
 * one axis, which holds all of them at once.
 */
export function slice(module: ModuleBuilder, value: Value, axis: number, from: number, to: number): Value {
  const { graph } = module;
  return graph.op('Slice', [value, graph.ints([0, from]), graph.ints([WHOLE, to]), graph.ints([0, axis])]);
}

export const concat = (module: ModuleBuilder, [first = '', ...others]: readonly Value[], axis: number): Value =>
  others.length === 0 ? first : module.op('Concat', [first, ...others], { axis });
