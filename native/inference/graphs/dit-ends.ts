import type { Value } from '../../onnx/graph-builder.ts';
import type { TransformerConfig } from '../configs.ts';
import { concat, slice } from './attention.ts';
import type { Observe, Streams } from './dit-block.ts';
import { outputDims, type DitSize } from './dit-size.ts';
import { layerNorm, linearLayer, modulate, modulation, silu } from './layers.ts';
import type { ModuleBuilder } from './module-builder.ts';

/** What goes into the transformer; shapes are those of `inputDims`. */
export interface DitInputs {
  readonly hidden: Value;
  readonly text: Value;
  readonly frameText?: Value;
  readonly camera?: Value;
  /** Sinusoids of the time. */
  readonly time: Value;
}

interface Ends {
  readonly config: TransformerConfig;
  readonly size: DitSize;
  readonly observe: Observe;
}

/**
 * The streams as they enter block 0. The checkpoint also has a table of learned positions (patch_embed.pos_embedding); the authors
 * switch it off and so it is not read.
 */
export function begin(module: ModuleBuilder, inputs: DitInputs, { config, size, observe }: Ends): Streams {
  const { batch, views, frames, tokens, textTokens, channels } = size;
  const temb = timeEmbedding(module, inputs.time, size);
  const patches = module.at('patch_embed.proj', (m) => patchEmbed(m, inputs.hidden, config, size));
  const project = module.at('patch_embed.text_proj', (m) => linearLayer(m, config.textSize, channels));
  const text = project(inputs.text, [batch, views, textTokens, config.textSize]);
  observe(
    module,
    'patch_embed_out',
    () => [
      module.reshape(text, [batch * views, textTokens, channels]),
      module.reshape(patches, [batch * views, frames * tokens, channels]),
    ],
    1,
  );
  observe(module, 'time_proj', () => [inputs.time], 0);
  observe(module, 'temb', () => [temb], 0);
  if (inputs.frameText === undefined || inputs.camera === undefined) return { hidden: patches, text, temb };
  const camera = module.reshape(inputs.camera, [batch, views, 1, tokens, channels]);
  const frameText = project(inputs.frameText, [batch, frames, textTokens, config.textSize]);
  return { hidden: module.op('Add', [patches, camera]), text, frameText, temb };
}

/**
 * Every patch of the latent pictures as a token, row by row: [batch, views, frames, tokens, channels]. The convolution's steps are as wide
 * as its kernel, so that it is a linear layer over patches, which providers also have for bfloat16.
 */
function patchEmbed(module: ModuleBuilder, hidden: Value, config: TransformerConfig, size: DitSize): Value {
  const { batch, views, frames, grid, tokens, channels } = size;
  const { inChannels, patchSize } = config;
  const pictures = batch * views * frames;
  const patch = inChannels * patchSize ** 2;
  const rows = [pictures, inChannels, grid.height, patchSize, grid.width, patchSize];
  const patches = module.transpose(module.reshape(hidden, rows), [0, 2, 4, 1, 3, 5]);
  const kernel = module.weight('weight', [channels, inChannels, patchSize, patchSize]);
  const terms = [
    module.reshape(patches, [pictures * tokens, patch]),
    module.reshape(kernel, [channels, patch]),
    module.weight('bias', [channels]),
  ];
  return module.reshape(module.op('Gemm', terms, { transB: 1 }), [batch, views, frames, tokens, channels]);
}

function timeEmbedding(module: ModuleBuilder, time: Value, { batch, channels, timeSize }: DitSize): Value {
  return module.at('time_embedding', (m) => {
    const first = m.at('linear_1', (layer) => linearLayer(layer, channels, timeSize)(time, [batch, channels]));
    return m.at('linear_2', (layer) => linearLayer(layer, timeSize, timeSize)(silu(m, first), [batch, timeSize]));
  });
}

/** The prediction, of shape `outputDims`: two layer norms in a row, the second one modulated, then tokens become patches. */
export function end(module: ModuleBuilder, { hidden, temb }: Streams, { config, size, observe }: Ends): Value {
  const { batch, views, frames, tokens, channels } = size;
  const patch = config.outChannels * config.patchSize ** 2;
  const first = module.at('norm_final', (m) => layerNorm(m, channels, config.normEps));
  const second = module.at('norm_out', (m) => {
    const [shift = '', scale = ''] = modulation(m, temb, size, 2);
    const norm = m.at('norm', (inner) => layerNorm(inner, channels, config.normEps));
    const change = modulate(m, shift, scale);
    return (value: Value) => change(norm(value));
  });
  const project = module.at('proj_out', (m) => linearLayer(m, channels, patch));
  const dims = [batch, frames * tokens, channels];
  const pieces = Array.from({ length: views }, (_, view) => {
    const piece = views === 1 ? hidden : slice(module, hidden, 1, view, view + 1);
    const once = first(module.reshape(piece, dims));
    const twice = second(once);
    return { once, twice, projected: project(twice, dims) };
  });
  observe(module, 'norm_final', () => pieces.map(({ once }) => once), 1);
  observe(module, 'norm_out', () => pieces.map(({ twice }) => twice), 1);
  observe(module, 'proj_out', () => pieces.map(({ projected }) => projected), 1);
  const projected = concat(module, pieces.map((piece) => piece.projected), 1); // prettier-ignore
  return unpatchify(module, projected, config, size);
}

/** A token's numbers are [channels][y][x] of its patch. */
function unpatchify(module: ModuleBuilder, value: Value, config: TransformerConfig, size: DitSize): Value {
  const { batch, views, frames, grid } = size;
  const { outChannels, patchSize } = config;
  const apart = [batch * views * frames, grid.height, grid.width, outChannels, patchSize, patchSize];
  const pictures = module.transpose(module.reshape(value, apart), [0, 3, 1, 4, 2, 5]);
  return module.reshape(pictures, outputDims(size, config));
}
