import type { Value } from '../../onnx/graph-builder.ts';
import type { ModuleBuilder } from '../graphs/module-builder.ts';
import { eachFrame, type FrameBatch, type Frames } from './frame-batch.ts';

/**
 * The causal 3x3x3 convolution at this place of the state dict: a frame sees itself and the two before it. `frames` are in the
 * computing type, the result is stored. ONNX Runtime's 3D convolution runs at the rate of its matrix product and keeps no
 * unrolled picture. Three 2D convolutions a frame measured faster at 128 channels and slower at 256 and 512, and would want the
 * weights rearranged.
 */
export function causalConvolution(module: ModuleBuilder, batch: FrameBatch, frames: Frames, channels: number): Frames {
  return module.at('conv', (conv) => {
    const terms = [conv.weight('weight', [channels, frames.channels, 3, 3, 3]), conv.weight('bias', [channels])];
    const values = [...batch.before(conv, frames), ...frames.values];
    batch.keep(conv, { ...frames, values });
    const convolved = frames.values.map((_, index) => {
      const seen = conv.op('Concat', values.slice(index, index + 3), { axis: 2 });
      const attributes = { kernel_shape: [3, 3, 3], pads: [0, 1, 1, 0, 1, 1] };
      return batch.store(conv, conv.op('Conv', [seen, ...terms], attributes));
    });
    return { ...frames, values: convolved, channels };
  });
}

/** The 1x1x1 convolution at this place, of any number of frames in one value. Gives how to apply it. */
export function pointConvolution(module: ModuleBuilder, inputs: number, outputs: number): (value: Value) => Value {
  const terms = [module.weight('weight', [outputs, inputs, 1, 1, 1]), module.weight('bias', [outputs])];
  return (value) => module.op('Conv', [value, ...terms], { kernel_shape: [1, 1, 1] });
}

interface PictureConvolution {
  readonly stride: number;
  /** Zeros around the picture: above, left, below, right. */
  readonly padding: readonly [number, number, number, number];
}

/** The 3x3 convolution at this place, of pictures [1, channels, 1, height, width]. Gives how to apply it. */
export function pictureConvolution(
  module: ModuleBuilder,
  channels: number,
  { stride, padding: [top, left, bottom, right] }: PictureConvolution,
): (picture: Value) => Value {
  const weight = module.op('Unsqueeze', [module.weight('weight', [channels, channels, 3, 3]), module.graph.ints([2])]);
  const terms = [weight, module.weight('bias', [channels])];
  const pads = [0, top, left, 0, bottom, right];
  return (picture) =>
    module.op('Conv', [picture, ...terms], { kernel_shape: [1, 3, 3], strides: [1, stride, stride], pads });
}

/** Halves the pictures; with `halveTime` pairs of frames become their average before, an odd first frame stays alone. */
export function downsample(module: ModuleBuilder, batch: FrameBatch, frames: Frames, halveTime: boolean): Frames {
  const fewer = halveTime ? averagePairs(module, batch, frames) : frames;
  return module.at('conv', (conv) => {
    const convolve = pictureConvolution(conv, frames.channels, { stride: 2, padding: [0, 0, 1, 1] });
    const halved = eachFrame(fewer, (frame) => batch.store(conv, convolve(batch.load(conv, frame))));
    return { ...halved, height: frames.height / 2, width: frames.width / 2 };
  });
}

function averagePairs(module: ModuleBuilder, batch: FrameBatch, frames: Frames): Frames {
  const alone = frames.values.length % 2;
  const averages = Array.from({ length: (frames.values.length - alone) / 2 }, (_, pair) => {
    const [a = '', b = ''] = frames.values.slice(alone + pair * 2).map((frame) => batch.load(module, frame));
    return batch.store(module, module.op('Mul', [module.op('Add', [a, b]), module.number(0.5)]));
  });
  return { ...frames, values: [...frames.values.slice(0, alone), ...averages] };
}

/** Doubles the pictures; with `doubleTime` the frames too, but for the first of an odd number of them. */
export function upsample(module: ModuleBuilder, batch: FrameBatch, frames: Frames, doubleTime: boolean): Frames {
  const { channels, height, width } = frames;
  const doubled = module.at('conv', (conv) => {
    const convolve = pictureConvolution(conv, channels, { stride: 1, padding: [1, 1, 1, 1] });
    return eachFrame(frames, (frame) => {
      const rows = conv.reshape(batch.load(conv, frame), [channels, height, 1, width, 1]);
      const repeated = conv.op('Expand', [rows, conv.graph.ints([channels, height, 2, width, 2])]);
      return batch.store(conv, convolve(conv.reshape(repeated, [1, channels, 1, height * 2, width * 2])));
    });
  });
  const alone = frames.values.length % 2;
  const values = doubleTime
    ? doubled.values.flatMap((frame, index) => (index < alone ? [frame] : [frame, frame]))
    : doubled.values;
  return { values, channels, height: height * 2, width: width * 2 };
}
