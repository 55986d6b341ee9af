import { elementCount } from '../../onnx/tensor.ts';
import type { TextEncoderConfig, TransformerConfig, VaeConfig } from '../configs.ts';
import type { Precision } from '../graphs/module-builder.ts';
import { allRows, streamRows, type DenoiserShape } from './flops.ts';
import type { VaeCost } from './vae-cost.ts';

/** What one network needs while it is at work and the others are not loaded, in bytes. */
export interface Need {
  readonly weights: number;
  /** Inside of its graphs. */
  readonly activations: number;
  /** Of JavaScript's, in the computer's own memory wherever the network computes: what goes in and comes out. */
  readonly outside: number;
}

export const BYTES: Readonly<Record<Precision, number>> = { float32: 4, float16: 2, bfloat16: 2 };

/**
 * What activations take beyond the tensors that must be there at one time: buffers of the operators, what the runtime frees late, and
 * results that JavaScript has not collected yet. With it, predictions are 1.0 to 1.4 times what is measured (bench plan-peak).
 */
const SLACK = 1.5;
/** Float32 videos at once between decoding and pictures: tiles, the joined video, its brightness, and one that is not collected yet. */
const VIDEOS = 4;
/** Times that a VAE's kept frames are there outside of its graph: those that go in, and those of the batch before. */
const KEPT_OUTSIDE = 2;
/** Most that the weights of loaded VAE graphs take, but that two are loaded in any case (see `GraphStore`). */
const MOST_VAE_WEIGHTS = 2 ** 30;
/** What a loaded graph of the VAE takes beside its weights. */
const VAE_GRAPH = 4e6;

export interface DenoiserLoad {
  readonly shape: DenoiserShape;
  readonly precision: Precision;
  readonly parameters: number;
  readonly blocksPerGraph: number;
}

/** The transformer with some of its blocks loaded. */
export function denoiserNeed(config: TransformerConfig, load: DenoiserLoad): Need {
  const { shape, precision, parameters, blocksPerGraph } = load;
  const { layers, heads, headSize } = config;
  const width = heads * headSize;
  return {
    weights: parameters * BYTES[precision] * Math.min(1, blocksPerGraph / layers),
    activations: blockRows(shape) * width * BYTES[precision] * SLACK,
    // Between graphs the streams are float32 where JavaScript lacks the type: those of one part as it gave them, and as the next takes them.
    outside: blocksPerGraph < layers ? 2 * allRows(streamRows(shape)) * width * 4 : 0,
  };
}

/**
 * Rows as wide as the model that a block needs at its fullest: three times the pictures (before an attention, after the first, and the pieces of
 * the new ones) and twice the texts; besides of one sequence queries, keys and values, the same head by head, and the result, or in the
 * feed-forward network of one frame the normed tokens and the wide ones before and after GELU.
 */
export function blockRows(shape: DenoiserShape): number {
  const { batch, views, frames, tokens, textTokens, acrossViews } = shape;
  const { image, viewText, frameText } = streamRows(shape);
  const longest = batch * (textTokens + Math.max(frames, acrossViews ? views : 0) * tokens);
  const widest = Math.max(image / frames, viewText, frameText);
  return 3 * image + 2 * (viewText + frameText) + Math.max(7 * longest, 9 * widest);
}

export interface VaeLoad {
  readonly encode: VaeCost;
  /** Of one picture. */
  readonly still: VaeCost;
  readonly decode: VaeCost;
  readonly precision: Precision;
  readonly parameters: number;
  /** Of a whole video. */
  readonly frames: number;
  readonly height: number;
  readonly width: number;
}

export function vaeNeed({ inChannels }: VaeConfig, load: VaeLoad): Need {
  const { encode, still, decode, precision, parameters, frames, height, width } = load;
  const bytes = BYTES[precision];
  const costs = [encode, still, decode];
  // Encoder's and decoder's graphs are never loaded together: the transformer runs in between.
  const graphs = Math.max(2, encode.graphs + still.graphs, decode.graphs);
  const perGraph = (parameters / 2) * bytes;
  const kept = Math.max(...costs.map(({ cacheNumbers }) => cacheNumbers));
  const most = Math.max(...costs.map(({ peakNumbers }) => peakNumbers));
  return {
    weights: Math.max(2 * perGraph, Math.min(MOST_VAE_WEIGHTS, graphs * perGraph)) + graphs * VAE_GRAPH,
    activations: (most * SLACK + kept) * bytes,
    outside: kept * KEPT_OUTSIDE * 4 + VIDEOS * elementCount([inChannels, frames, height, width]) * 4,
  };
}

export interface TextLoad {
  readonly precision: Precision;
  readonly parameters: number;
  readonly blocksPerGraph: number;
  readonly prompts: number;
  readonly tokens: number;
}

export function textNeed(config: TextEncoderConfig, load: TextLoad): Need {
  const { precision, parameters, blocksPerGraph, prompts, tokens } = load;
  const { width, heads, feedForward, layers } = config;
  const rows = prompts * tokens * (6 * width + 3 * feedForward);
  const scores = 4 * prompts * heads * tokens ** 2;
  return {
    weights: parameters * BYTES[precision] * Math.min(1, blocksPerGraph / layers),
    activations: (rows + scores) * 4,
    outside: 2 * prompts * tokens * width * 4,
  };
}
