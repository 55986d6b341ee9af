import { describe, expect, it } from 'vitest';
import { floatTensor, type Tensor } from '../../onnx/tensor.ts';
import type { NoiseSource } from '../schedule/noise.ts';
import type { VideoCoder } from './contract.ts';
import { floatsOf } from './floats.ts';
import { decoded, imageLatents, poseLatents } from './latents.ts';

const dims = [1, 2, 2, 1, 1];
/** Two channels of two frames. */
const posterior = (mean: readonly number[], logvar: readonly number[]) => {
  return { mean: floatTensor(mean, dims), logvar: floatTensor(logvar, dims) };
};
const coder = (mean: readonly number[], logvar: readonly number[], video?: Tensor): VideoCoder => ({
  encode: () => Promise.resolve(posterior(mean, logvar)),
  decode: (latents) => Promise.resolve(video ?? latents),
});
/** Noise that tells what it was drawn for. */
const noise: NoiseSource = {
  draw: (use, index, size) => {
    const value = { pose: 1, 'reference-pose': 2, image: 3, start: 4, step: 5 }[use] + index / 10;
    return floatTensor(new Float32Array(size.reduce((a, b) => a * b, 1)).fill(value), size);
  },
};
const none = [-1000, -1000, -1000, -1000];
const picture = { width: 1, height: 1, rgb: new Uint8Array(3) };
const video = floatTensor([0, 0, 0], [1, 3, 1, 1, 1]);

describe('latents', () => {
  it('are scaled samples of the posterior, frames before channels', async () => {
    const latents = await imageLatents([picture, picture], { coder: coder([1, 2, 3, 4], none), scale: 0.5, noise });
    expect(latents.dims).toEqual([4, 2, 1, 1]);
    // Variances are held above exp(-30), whose root is 3e-7.
    [0.5, 1.5, 1, 2, 0.5, 1.5, 1, 2].forEach((value, i) => {
      expect(floatsOf(latents)[i]).toBeCloseTo(value, 5);
    });
  });

  it('take a deviation of exp(logvar / 2), at most exp(10), of the noise for their use and view', async () => {
    const made = await imageLatents([picture, picture], {
      coder: coder([0, 0, 0, 0], [0, 2, 4, 1000]),
      scale: 1,
      noise,
    });
    const deviations = [1, Math.exp(2), Math.exp(1), Math.exp(10)];
    const expected = [3, 3.1].flatMap((drawn) => deviations.map((deviation) => deviation * drawn));
    expected.forEach((value, i) => {
      expect((floatsOf(made)[i] ?? NaN) / value).toBeCloseTo(1, 5);
    });
  });

  it('of poses begin with the reference pose', async () => {
    const latents = await poseLatents(video, video, { coder: coder([0, 0, 0, 0], [0, 0, 0, 0]), scale: 1, noise });
    expect(latents.dims).toEqual([4, 2, 1, 1]);
    expect([...floatsOf(latents)]).toEqual([2, 2, 2, 2, 1, 1, 1, 1]);
  });

  it('are divided by the scale before they are decoded', async () => {
    const result = await decoded(floatTensor([1, 2], [1, 2, 1, 1, 1]), coder([], []), 0.5);
    expect([...floatsOf(result)]).toEqual([2, 4]);
  });

  it('and videos that are no numbers are named, with a remedy', async () => {
    const broken = { coder: coder([0, NaN, 0, 0], none), scale: 1, noise };
    await expect(imageLatents([picture], broken)).rejects.toThrow(/made of a picture .* choose another precision/);
    const infinite = floatTensor([Infinity], [1, 1, 1, 1, 1]);
    await expect(decoded(video, coder([], [], infinite), 1)).rejects.toThrow(/decoded video .* another precision/);
  });
});
