import type { Value } from '../../onnx/graph-builder.ts';
import type { ModuleBuilder, Precision } from '../graphs/module-builder.ts';
import { pointConvolution } from './convolutions.ts';
import { eachFrame, type FrameBatch, type Frames } from './frame-batch.ts';

/** Takes stored frames and gives normalised ones in the computing type; the layer's weights lie at the module's place. */
export type Norm = (module: ModuleBuilder, batch: FrameBatch, frames: Frames) => Frames;

export interface GroupNormOptions {
  readonly groups: number;
  readonly eps: number;
}

/** x * sigmoid(x), which ONNX Runtime makes one operation of. */
export const silu = (module: ModuleBuilder, frames: Frames): Frames =>
  eachFrame(frames, (frame) => module.op('Mul', [frame, module.op('Sigmoid', [frame])]));

/** Group norm over all frames of a batch: the encoder's. */
export function groupNorm(options: GroupNormOptions): Norm {
  return (module, batch, frames) => {
    const { scale, shift } = affine(module, batch, frames, options);
    return eachFrame(frames, (frame) => scaled(module, batch.load(module, frame), scale, shift));
  };
}

/**
 * The decoder's norm: a group norm whose result is scaled and shifted by 1x1x1 convolutions of the batch's latents
 * [1, latentChannels, frames, height, width], enlarged to the feature map. Enlarging what the convolutions give is the same and
 * is done last: all that depends on the latents is computed at their size.
 */
export function spatialNorm(latents: Value, size: LatentSize, options: GroupNormOptions): Norm {
  return (module, batch, frames) => {
    const { scale, shift } = module.at('norm_layer', (norm) => affine(norm, batch, frames, options));
    const convolved = (name: string): Value =>
      module.at(`${name}.conv`, (conv) => pointConvolution(conv, size.channels, frames.channels)(latents));
    const factor = convolved('conv_y');
    const scales = module.op('Mul', [factor, scale]);
    const shifts = module.op('Add', [module.op('Mul', [factor, shift]), convolved('conv_b')]);
    const maps = enlarged(module, frames, size, scales, shifts);
    const from = latentFrames(size.frames, frames.values.length);
    const rows = [frames.channels, size.height, frames.height / size.height, frames.width];
    return eachFrame(frames, (frame, index) => {
      const { scale: by = '', shift: and = '' } = maps[from[index] ?? 0] ?? {};
      const normed = scaled(module, module.reshape(batch.load(module, frame), rows), by, and);
      return module.reshape(normed, [1, frames.channels, 1, frames.height, frames.width]);
    });
  };
}

export interface LatentSize {
  readonly channels: number;
  readonly frames: number;
  readonly height: number;
  readonly width: number;
}

/**
 * Which latent frame each of `count` frames takes its norm from: the nearest, but the first of an odd number of frames has the
 * first latent frame for itself.
 */
export function latentFrames(latents: number, count: number): number[] {
  const alone = count > 1 && count % 2 === 1 ? 1 : 0;
  return Array.from({ length: count }, (_, index) =>
    index < alone ? 0 : alone + Math.floor(((index - alone) * (latents - alone)) / (count - alone)),
  );
}

interface Affine {
  readonly scale: Value;
  readonly shift: Value;
}

const scaled = (module: ModuleBuilder, value: Value, scale: Value, shift: Value): Value =>
  module.op('Add', [module.op('Mul', [value, scale]), shift]);

/** Of each latent frame: scale and shift of every row of latents, [channels, height, 1, width of the feature map]. */
function enlarged(module: ModuleBuilder, frames: Frames, size: LatentSize, scales: Value, shifts: Value): Affine[] {
  const { channels, width } = frames;
  const [scale, shift] = [scales, shifts].map((value) => {
    const parts = size.frames === 1 ? [value] : module.graph.ops('Split', [value], splitting(size), size.frames);
    return parts.map((part) => {
      if (width === size.width) return module.reshape(part, [channels, size.height, 1, width]);
      const columns = module.reshape(part, [channels, size.height, size.width, 1]);
      const repeats = module.graph.ints([channels, size.height, size.width, width / size.width]);
      return module.reshape(module.op('Expand', [columns, repeats]), [channels, size.height, 1, width]);
    });
  });
  return Array.from({ length: size.frames }, (_, k) => ({ scale: scale?.[k] ?? '', shift: shift?.[k] ?? '' }));
}

const splitting = ({ frames }: LatentSize) => ({ axis: 2, num_outputs: frames });

/**
 * Group norm as one scale and shift [1, channels, 1, 1, 1]. Statistics are float32 whatever the graph computes in; each frame's
 * squares are summed about its own mean, so that a large mean takes nothing from the variance.
 */
function affine(module: ModuleBuilder, batch: FrameBatch, frames: Frames, { groups, eps }: GroupNormOptions): Affine {
  const exact = module.graph;
  const perGroup = frames.channels / groups;
  const count = perGroup * frames.height * frames.width;
  const each = frameStatistics(module, batch, frames, groups);
  const means = exact.op(
    'Concat',
    each.map(({ mean }) => mean),
    { axis: 1 },
  );
  const squares = exact.op(
    'Concat',
    each.map(({ square }) => square),
    { axis: 1 },
  );
  const [byFrame, all] = [exact.ints([1]), frames.values.length * count];
  const mean = exact.op('ReduceMean', [means, byFrame]);
  const between = exact.op('ReduceSumSquare', [exact.op('Sub', [means, mean]), byFrame]);
  const sum = exact.op('Add', [
    exact.op('ReduceSum', [squares, byFrame]),
    exact.op('Mul', [between, exact.float(count)]),
  ]);
  const variance = exact.op('Div', [sum, exact.float(all)]);
  const deviation = exact.op('Sqrt', [exact.op('Add', [variance, exact.float(eps)])]);
  const parameter = (name: string): Value => {
    const value = module.weight(name, [frames.channels]);
    return module.reshape(module.cast(value, module.precision, 'float32'), [groups, perGroup]);
  };
  const scale = exact.op('Div', [parameter('weight'), deviation]);
  const shift = exact.op('Sub', [parameter('bias'), exact.op('Mul', [scale, mean])]);
  const ready = (value: Value): Value =>
    module.reshape(module.cast(value, 'float32', module.precision), [1, frames.channels, 1, 1, 1]);
  return { scale: ready(scale), shift: ready(shift) };
}

/** Mean of every group in every frame and the sum of squared distances from it, [groups, 1] each, in float32. */
function frameStatistics(module: ModuleBuilder, batch: FrameBatch, frames: Frames, groups: number) {
  const known = new Map<Value, { mean: Value; square: Value }>();
  const precision: Precision = module.precision;
  return frames.values.map((frame) => {
    const found = known.get(frame);
    if (found) return found;
    const value = module.cast(batch.load(module, frame), precision, 'float32');
    const grouped = module.reshape(value, [groups, -1]);
    const mean = module.op('ReduceMean', [grouped, module.graph.ints([1])]);
    const square = module.op('ReduceSumSquare', [module.op('Sub', [grouped, mean]), module.graph.ints([1])]);
    known.set(frame, { mean, square });
    return { mean, square };
  });
}
