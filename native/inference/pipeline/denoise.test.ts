import { describe, expect, it } from 'vitest';
import { floatTensor } from '../../onnx/tensor.ts';
import { seededNoise } from '../schedule/noise.ts';
import { dpmSteps } from '../schedule/steps.ts';
import type { Denoiser, DenoiserInput } from './contract.ts';
import { denoiseStep, startDenoising, type Conditions } from './denoise.ts';
import { floatsOf } from './floats.ts';
import { denoise } from './run-group.ts';

const schedule = { trainSteps: 1000, betaStart: 0.00085, betaEnd: 0.012, snrShift: 1, zeroSnr: true };
const [views, frames, channels, height, width] = [2, 3, 2, 1, 2];
const ramp = (count: number, from: number): number[] => Array.from({ length: count }, (_, i) => from + i);
const frame = channels * height * width;
const conditions: Conditions = {
  imageLatents: floatTensor(ramp(views * frame, 100), [views, channels, height, width]),
  poseLatents: floatTensor(ramp(frames * frame, 200), [frames, channels, height, width]),
  prompt: floatTensor([1, 2, 3], [3, 1]),
  negativePrompt: floatTensor([-1, -2, -3], [3, 1]),
};
const noise = seededNoise(1);
const settings = { steps: dpmSteps(schedule, 3), guidanceScale: 1, halves: 'one-by-one' } as const;

function fakeDenoiser(value: number): Denoiser & { readonly asked: DenoiserInput[] } {
  const asked: DenoiserInput[] = [];
  return {
    asked,
    predict(input) {
      asked.push(input);
      const [batch = 0] = input.hidden.dims;
      const dims = [batch, views, frames, channels, height, width];
      return Promise.resolve(floatTensor(new Float32Array(batch * views * frames * frame).fill(value), dims));
    },
  };
}

describe('denoising', () => {
  it('starts from noise in all frames but the last, which is the picture', () => {
    const values = floatsOf(startDenoising(conditions, noise).latents);
    const drawn = floatsOf(noise.draw('start', 0, [1, views, frames - 1, channels, height, width]));
    const view = (list: Float32Array, v: number, size: number): number[] => [
      ...list.subarray(v * size, (v + 1) * size),
    ];
    for (let v = 0; v < views; v++) {
      expect(view(values, v, frames * frame)).toEqual([
        ...view(drawn, v, (frames - 1) * frame),
        ...ramp(frame, 100 + v * frame),
      ]);
    }
  });

  it('shows the network the picture in frame 0 and the poses beside each frame', async () => {
    const denoiser = fakeDenoiser(0);
    await denoiseStep(startDenoising(conditions, noise), conditions, settings, denoiser, noise);
    const [input] = denoiser.asked;
    const hidden = input ? [...floatsOf(input.hidden)] : [];
    expect(input?.hidden.dims).toEqual([1, views, frames, channels * 2, height, width]);
    for (let v = 0; v < views; v++) {
      const at = v * frames * frame * 2;
      expect(hidden.slice(at, at + frame)).toEqual(ramp(frame, 100 + v * frame));
      for (let f = 0; f < frames; f++) {
        const pose = at + (2 * f + 1) * frame;
        expect(hidden.slice(pose, pose + frame)).toEqual(ramp(frame, 200 + f * frame));
      }
    }
  });

  it('asks once, with the prompt alone, where there is no guidance', async () => {
    const denoiser = fakeDenoiser(0);
    await denoise({ denoiser, noise }, conditions, settings);
    expect(denoiser.asked.length).toBe(3);
    for (const { text, frameText, camera } of denoiser.asked) {
      expect([...floatsOf(text)]).toEqual([1, 2, 3, 1, 2, 3]);
      expect([...floatsOf(frameText)]).toEqual([1, 2, 3]);
      expect(camera).toBeUndefined();
    }
  });

  it('ends at the guess of the last step', async () => {
    const end = await denoise({ denoiser: fakeDenoiser(0.5), noise }, conditions, settings);
    expect(end.latents.bytes).toEqual(end.clean?.bytes);
  });

  it('stops with a remedy where the network gives what is no number', async () => {
    const start = startDenoising(conditions, noise);
    await expect(denoiseStep(start, conditions, settings, fakeDenoiser(NaN), noise)).rejects.toThrow(
      /step 1 .* choose another precision/,
    );
  });

  it('refuses the state of another run, and stops when told to', async () => {
    const start = startDenoising(conditions, noise);
    const networks = { denoiser: fakeDenoiser(0), noise };
    await expect(denoise(networks, conditions, settings, { from: { ...start, stepsDone: 4 } })).rejects.toThrow(
      /of another run/,
    );
    const other = { ...start, latents: floatTensor([1], [1, 1, 1, 1, 1, 1]) };
    await expect(denoise(networks, conditions, settings, { from: other })).rejects.toThrow(/of another run/);
    const stop = new AbortController();
    const onState = (): void => {
      stop.abort(new Error('enough'));
    };
    await expect(denoise(networks, conditions, settings, { onState, signal: stop.signal })).rejects.toThrow('enough');
    expect(networks.denoiser.asked.length).toBe(1);
  });
});
