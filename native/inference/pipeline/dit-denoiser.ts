import { elementCount, type Tensor } from '../../onnx/tensor.ts';
import type { DitSize } from '../graphs/dit-size.ts';
import type { Dit } from '../graphs/open-dit.ts';
import type { Denoiser, DenoiserInput } from './contract.ts';
import { reshaped, stacked } from './floats.ts';

/**
 * A transformer as the denoising loop wants it: the text of the frames is given to every frame, and the 2D transformer, which
 * knows no views, does not see their axis.
 * @param size What the transformer's graphs were written for; its batch must be 2 for halves together.
 * @param signal Stops between the transformer's parts.
 */
export function ditDenoiser(dit: Dit, { kind }: Pick<DitSize, 'kind'>, signal?: AbortSignal): Denoiser {
  const options = signal ? { signal } : {};
  return {
    async predict(input) {
      const { hidden, text, camera, timestep } = input;
      const [batch = 0, views = 0, frames = 0, , height = 0, width = 0] = hidden.dims;
      const timesteps = Array.from({ length: batch }, () => timestep);
      const output =
        kind === '2d'
          ? await dit.predict({ hidden: withoutViews(hidden), text: withoutViews(text), timesteps }, options)
          : await dit.predict(
              { hidden, text, frameText: perFrame(input, batch, frames), timesteps, ...(camera && { camera }) },
              options,
            );
      const channels = elementCount(output.dims) / (batch * views * frames * height * width);
      return reshaped(output, [batch, views, frames, channels, height, width]);
    },
  };
}

function withoutViews(tensor: Tensor): Tensor {
  const [batch = 0, views = 0, ...rest] = tensor.dims;
  if (views !== 1) throw new RangeError(`The 2D transformer has one view, not ${views}.`);
  return reshaped(tensor, [batch, ...rest]);
}

function perFrame({ frameText }: DenoiserInput, batch: number, frames: number): Tensor {
  const [tokens = 0, width = 0] = frameText.dims;
  const repeated = stacked(Array.from({ length: batch * frames }, () => frameText));
  return reshaped(repeated, [batch, frames, tokens, width]);
}
