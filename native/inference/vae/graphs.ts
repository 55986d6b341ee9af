import { GraphBuilder, type Value } from '../../onnx/graph-builder.ts';
import type { VaeConfig } from '../configs.ts';
import { ModuleBuilder, type Precision } from '../graphs/module-builder.ts';
import type { Graph } from '../runtime/session.ts';
import type { WeightSource } from '../weights.ts';
import { causalConvolution, downsample, upsample } from './convolutions.ts';
import { FrameBatch, type FrameBatchOptions, type Frames, type KeptFrame } from './frame-batch.ts';
import { groupNorm, silu, spatialNorm, type Norm } from './norms.ts';
import { resnets } from './resnet.ts';

export type Direction = 'encoder' | 'decoder';

/** Everything that a graph's shapes depend on. */
export interface GraphShape extends FrameBatchOptions {
  readonly direction: Direction;
  /** Frames of the batch and size of the tile: of the video for the encoder, of the latents for the decoder. */
  readonly frames: number;
  readonly height: number;
  readonly width: number;
}

export type { KeptFrame };

export interface VaeGraph extends Graph {
  /** Frames that go from batch to batch: `next NAME` of one run is `past NAME` of the following. */
  readonly kept: readonly KeptFrame[];
  /** Names of the observed stages. */
  readonly stages: readonly string[];
}

export interface VaeNetwork {
  readonly config: VaeConfig;
  readonly weights: WeightSource;
  /**
   * bfloat16 keeps feature maps in bfloat16 and computes in float32: ONNX has no convolution of bfloat16 in the operator set that
   * all of ONNX Runtime's devices know.
   */
  readonly precision: Precision;
  /** What the weights of all loaded graphs may take, in bytes of float32, beyond the two that are always kept; 1 GB without it. */
  readonly mostWeightBytes?: number;
}

/** How often the picture is halved in size, and frames in number. */
export const halvings = ({ blockChannels, temporalCompression }: VaeConfig): { space: number; time: number } => ({
  space: blockChannels.length - 1,
  time: Math.round(Math.log2(temporalCompression)),
});

/**
 * One batch of frames of one tile. The encoder takes `video` [1, 3, frames, height, width] and gives `moments`, means then log
 * variances, [1, 2 x latent, ...]; the decoder takes `latents` [1, latent, frames, height, width] and gives `video`. Edges are
 * float32.
 */
export function vaeGraph({ config, weights, precision }: VaeNetwork, shape: GraphShape): VaeGraph {
  const { direction, frames, height, width, continues } = shape;
  const name = `VAE ${direction}, ${continues ? 'later' : 'first'} batch of ${frames} frames ${width}x${height}`;
  const graph = new GraphBuilder(name);
  const batch = new FrameBatch(precision, shape);
  const module = new ModuleBuilder(graph, weights, precision === 'bfloat16' ? 'float32' : precision, direction);
  const write = direction === 'encoder' ? encoder : decoder;
  write(module, batch, config, shape);
  return { name, model: graph.encode(), folder: weights.folder, kept: batch.kept, stages: batch.stages };
}

function encoder(module: ModuleBuilder, batch: FrameBatch, config: VaeConfig, shape: GraphShape): void {
  const { blockChannels, layersPerBlock, latentChannels } = config;
  const { space, time } = halvings(config);
  const norm = groupNorm({ groups: config.groups, eps: config.normEps });
  const video = videoInput(module, 'video', config.inChannels, shape);
  let frames = convolution(module, batch, 'conv_in', video, blockChannels[0] ?? 0);
  for (const [block, channels] of blockChannels.entries()) {
    const stage = `down_block${block}`;
    frames = module.at(`down_blocks.${block}`, (place) => {
      const deep = resnets(place, batch, frames, { count: layersPerBlock, channels, norm, stage });
      if (block === space) return deep;
      return place.at('downsamplers.0', (sampler) => downsample(sampler, batch, deep, block < time));
    });
    batch.observe(module, stage, frames);
  }
  frames = middle(module, batch, frames, norm);
  output(module, 'moments', finish(module, batch, frames, norm, 2 * latentChannels));
}

function decoder(module: ModuleBuilder, batch: FrameBatch, config: VaeConfig, shape: GraphShape): void {
  const { layersPerBlock, latentChannels } = config;
  const { space, time } = halvings(config);
  const blocks = [...config.blockChannels].reverse();
  const latents = videoInput(module, 'latents', latentChannels, shape);
  const size = { channels: latentChannels, frames: shape.frames, height: shape.height, width: shape.width };
  const norm = spatialNorm(latents.joined, size, { groups: config.groups, eps: config.normEps });
  let frames = convolution(module, batch, 'conv_in', latents, blocks[0] ?? 0);
  frames = middle(module, batch, frames, norm);
  for (const [block, channels] of blocks.entries()) {
    const stage = `up_block${block}`;
    frames = module.at(`up_blocks.${block}`, (place) => {
      const deep = resnets(place, batch, frames, { count: layersPerBlock + 1, channels, norm, stage });
      if (block === space) return deep;
      return place.at('upsamplers.0', (sampler) => upsample(sampler, batch, deep, block < time));
    });
    batch.observe(module, stage, frames);
  }
  output(module, 'video', finish(module, batch, frames, norm, config.outChannels));
}

function convolution(module: ModuleBuilder, batch: FrameBatch, name: string, input: Frames, channels: number): Frames {
  const result = module.at(name, (place) => causalConvolution(place, batch, input, channels));
  return batch.observe(module, name, result);
}

function middle(module: ModuleBuilder, batch: FrameBatch, frames: Frames, norm: Norm): Frames {
  const options = { count: 2, channels: frames.channels, norm, stage: 'mid_block' };
  const result = module.at('mid_block', (place) => resnets(place, batch, frames, options));
  return batch.observe(module, 'mid_block', result);
}

/** The last norm, SiLU and convolution, joined to one value of the computing type. */
function finish(module: ModuleBuilder, batch: FrameBatch, frames: Frames, norm: Norm, channels: number): Joined {
  const normed = module.at('norm_out', (place) => norm(place, batch, frames));
  if (batch.observing) {
    const values = normed.values.map((frame) => batch.store(module, frame));
    batch.observe(module, 'norm_out', { ...normed, values });
  }
  const result = convolution(module, batch, 'conv_out', silu(module, normed), channels);
  const values = result.values.map((frame) => batch.load(module, frame));
  return { ...result, joined: module.op('Concat', values, { axis: 2 }) };
}

interface Joined extends Frames {
  /** The frames as one value [1, channels, frames, height, width]. */
  readonly joined: Value;
}

function videoInput(module: ModuleBuilder, name: string, channels: number, shape: GraphShape): Joined {
  const { frames, height, width } = shape;
  const edge = module.graph.input(name, 'float32', [1, channels, frames, height, width]);
  const joined = module.cast(edge, 'float32', module.precision);
  const values =
    frames === 1 ? [joined] : module.graph.ops('Split', [joined], { axis: 2, num_outputs: frames }, frames);
  return { values, joined, channels, height, width };
}

function output(module: ModuleBuilder, name: string, { joined, values, channels, height, width }: Joined): void {
  const dims = [1, channels, values.length, height, width];
  module.graph.output(name, module.cast(joined, module.precision, 'float32'), 'float32', dims);
}
