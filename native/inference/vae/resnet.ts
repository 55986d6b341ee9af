import type { ModuleBuilder } from '../graphs/module-builder.ts';
import { causalConvolution, pointConvolution } from './convolutions.ts';
import { eachFrame, type FrameBatch, type Frames } from './frame-batch.ts';
import { silu, type Norm } from './norms.ts';

/** Twice norm, SiLU and causal convolution, plus the input. */
export function resnet(
  module: ModuleBuilder,
  batch: FrameBatch,
  input: Frames,
  { channels, norm }: { readonly channels: number; readonly norm: Norm },
): Frames {
  const half = (frames: Frames, index: 1 | 2): Frames => {
    const normed = module.at(`norm${index}`, (place) => silu(place, norm(place, batch, frames)));
    return module.at(`conv${index}`, (place) => causalConvolution(place, batch, normed, channels));
  };
  const residual = half(half(input, 1), 2);
  const shortcut = input.channels === channels ? input : reshaped(module, batch, input, channels);
  return {
    ...residual,
    values: residual.values.map((frame, index) => {
      const terms = [frame, shortcut.values[index] ?? ''].map((value) => batch.load(module, value));
      return batch.store(module, module.op('Add', terms));
    }),
  };
}

const reshaped = (module: ModuleBuilder, batch: FrameBatch, frames: Frames, channels: number): Frames =>
  module.at('conv_shortcut', (conv) => {
    const convolve = pointConvolution(conv, frames.channels, channels);
    return eachFrame(frames, (frame) => batch.store(conv, convolve(batch.load(conv, frame))), channels);
  });

/** The resnets `resnets.0` ... below this place, one after the other. */
export function resnets(
  module: ModuleBuilder,
  batch: FrameBatch,
  input: Frames,
  { count, stage, ...options }: { count: number; channels: number; norm: Norm; stage: string },
): Frames {
  let frames = input;
  for (let index = 0; index < count; index++) {
    const result = module.at(`resnets.${index}`, (place) => resnet(place, batch, frames, options));
    frames = batch.observe(module, `${stage}_resnet${index}`, result);
  }
  return frames;
}
