import { GraphBuilder, type Value } from '../../onnx/graph-builder.ts';
import type { TextEncoderConfig } from '../configs.ts';
import { ModuleBuilder, type Precision } from '../graphs/module-builder.ts';
import type { Graph } from '../runtime/session.ts';
import type { WeightSource } from '../weights.ts';
import { encoderBlock, rmsNorm, type TextSize } from './t5-block.ts';
import { positionBias } from './t5-position-bias.ts';

/** Blocks `from` up to `to` of the encoder, which are loaded together. */
export interface BlockGroup {
  readonly from: number;
  readonly to: number;
}

/** The encoder's blocks in groups of at most `blocksPerGraph`. */
export function blockGroups({ layers }: TextEncoderConfig, blocksPerGraph: number): BlockGroup[] {
  return Array.from({ length: Math.ceil(layers / blocksPerGraph) }, (_, group) => {
    const from = group * blocksPerGraph;
    return { from, to: Math.min(layers, from + blocksPerGraph) };
  });
}

/**
 * The graph of some blocks of a T5 v1.1 encoder (https://arxiv.org/abs/1910.10683, with the gated GELU of
 * https://arxiv.org/abs/2002.05202). The first group takes `ids`, int32 [prompts, tokens], later ones as `stream` the `hidden` of the group
 * before. Gives `hidden`, float32 [prompts, tokens, width]; the last group's is normed and is the embedding of the text.
 */
export function encoderGraph(
  weights: WeightSource,
  config: TextEncoderConfig,
  { from, to }: BlockGroup,
  size: TextSize,
  precision: Precision,
): Graph {
  const name = `text encoder blocks ${from} to ${to - 1}`;
  const graph = new GraphBuilder(name);
  const root = new ModuleBuilder(graph, weights, precision);
  const dims = [size.prompts, size.tokens, config.width];
  const flat = [size.prompts * size.tokens, config.width];
  let stream =
    from === 0
      ? embedding(root, graph.input('ids', 'int32', [size.prompts, size.tokens]), config)
      : graph.input('stream', 'float32', dims);
  stream = root.reshape(stream, flat);
  const result = root.at('encoder', (encoder) => {
    const bias = positionBias(encoder, config, size.tokens);
    for (let block = from; block < to; block++) {
      stream = encoder.at(`block.${block}`, (m) => encoderBlock(m, stream, bias, config, size));
    }
    return to < config.layers ? stream : rmsNorm(encoder.as('float32'), 'final_layer_norm', stream, config);
  });
  graph.output('hidden', root.reshape(result, dims), 'float32', dims);
  return { name, model: graph.encode(), folder: weights.folder };
}

/** The rows of the vocabulary's table that the ids name, as float32. */
export function embedding(module: ModuleBuilder, ids: Value, { vocabulary, width }: TextEncoderConfig): Value {
  const { value, type } = module.stored('shared.weight', [vocabulary, width]);
  return module.cast(module.op('Gather', [value, ids], { axis: 0 }), type, 'float32');
}
