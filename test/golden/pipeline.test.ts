import { describe, expect, it } from 'vitest';
import type { Denoiser, DenoiserInput, VideoCoder } from '../../native/inference/pipeline/contract.ts';
import { denoiseStep, startDenoising, videoLatents, type Conditions } from '../../native/inference/pipeline/denoise.ts';
import {
  readDenoiseState,
  writeDenoiseState,
  type DenoiseState,
} from '../../native/inference/pipeline/denoise-state.ts';
import { floatsOf, part, reshaped, stacked } from '../../native/inference/pipeline/floats.ts';
import { decoded, imageLatents, poseLatents } from '../../native/inference/pipeline/latents.ts';
import { videoOf } from '../../native/inference/pipeline/pixels.ts';
import { denoise } from '../../native/inference/pipeline/run-group.ts';
import { elementCount, type Tensor } from '../../native/onnx/tensor.ts';
import { GoldenRun } from './golden-run.ts';
import { GoldenErrors } from './inference-golden.ts';

const errors = new GoldenErrors('pipeline, recorded networks');
/** Each test in both runs: the networks' results are the recorded ones, all between them is ours. */
describe.each(['run_4d', 'run_2d'])('%s with the recorded results of the networks', (name) => {
  const run = new GoldenRun(name);
  const { steps, views, scale } = run;
  const noise = run.noise();
  const conditions: Conditions = {
    imageLatents: run.last('mid_image_latents', 4),
    poseLatents: run.last('mid_pose_latents', 4),
    prompt: run.last('mid_prompt_embeds', 2),
    negativePrompt: run.last('mid_negative_prompt_embeds', 2),
    ...(run.names.includes('mid_camera_latents') && { camera: run.tensor('mid_camera_latents') }),
  };
  const [, channels = 0, height = 0, width = 0] = conditions.imageLatents.dims;

  /** Gives out what the recorded network gave, in order, and keeps what it was asked. */
  function recordedDenoiser(from = 0): Denoiser & { readonly asked: DenoiserInput[] } {
    const recorded = run.tensor('mid_dit_out_steps');
    const all = reshaped(recorded, [steps * 2, elementCount(recorded.dims) / steps / 2]);
    const asked: DenoiserInput[] = [];
    let next = from * 2;
    return {
      asked,
      predict(input) {
        asked.push(input);
        const [batch = 0, , frames = 0] = input.hidden.dims;
        next += batch;
        return Promise.resolve(
          reshaped(part(all, next - batch, batch), [batch, views, frames, channels, height, width]),
        );
      },
    };
  }

  const coder = (results: readonly (readonly [mean: string, logvar: string, view?: number])[]): VideoCoder => {
    let next = 0;
    return {
      encode() {
        const [mean = '', logvar = '', view = 0] = results[next++] ?? [];
        return Promise.resolve({ mean: part(run.tensor(mean), view), logvar: part(run.tensor(logvar), view) });
      },
      decode: () => Promise.reject(new Error('nothing is decoded here')),
    };
  };

  it('makes the latents of poses and pictures', async () => {
    const poses = coder([
      ['mid_pose_mean', 'mid_pose_logvar'],
      ['mid_refpose_mean', 'mid_refpose_logvar'],
    ]);
    const [video, reference] = ['in_u8_poses', 'in_u8_refpose'].map((key) => videoOf(run.pictures(key)));
    if (!video || !reference) throw new Error('no poses');
    const made = await poseLatents(video, reference, { coder: poses, scale, noise });
    errors.check(`${name}, pose latents`, made, conditions.poseLatents, 5e-6);

    const pictures = run.pictures('in_u8_images');
    const each = coder(pictures.map((_, view) => ['mid_image_mean', 'mid_image_logvar', view] as const));
    const latents = await imageLatents(pictures, { coder: each, scale, noise });
    errors.check(`${name}, image latents`, latents, conditions.imageLatents, 5e-6);
    const preprocessed = run.tensor('mid_preprocessed_images');
    const shown = stacked(pictures.map((picture) => videoOf([picture])));
    errors.check(`${name}, pictures`, reshaped(shown, preprocessed.dims), preprocessed, 1e-6);
  });

  it.each(['one-by-one', 'together'] as const)('denoises step by step, halves %s', async (halves) => {
    const denoiser = recordedDenoiser();
    const expected = run.tensor('mid_latents_after_steps');
    let state: DenoiseState = startDenoising(conditions, noise);
    for (let i = 0; i < steps; i++) {
      state = await denoiseStep(state, conditions, run.settings(halves), denoiser, noise);
      const reference = reshaped(part(expected, i), state.latents.dims);
      errors.check(`${name}, latents after step ${i}, ${halves}`, state.latents, reference, 5e-5);
    }
    expect(denoiser.asked.length).toBe(steps * (halves === 'together' ? 1 : 2));
  });

  it('asks the network for the recorded latents, texts, cameras and timesteps', async () => {
    const denoiser = recordedDenoiser();
    await denoise({ denoiser, noise }, conditions, run.settings('together'));
    const [first] = denoiser.asked;
    const hidden = run.tensor('mid_dit_in_step0_hidden_states');
    if (!first) throw new Error('the network was not asked');
    for (const half of [0, 1]) {
      const given = reshaped(part(first.hidden, half), hidden.dims);
      errors.check(`${name}, hidden states of half ${half}`, given, hidden, 5e-6);
    }
    const text = run.tensor('mid_dit_in_step0_encoder_hidden_states');
    errors.check(`${name}, text`, reshaped(first.text, text.dims), text, 0);
    errors.check(`${name}, text of the frames`, first.frameText, conditions.negativePrompt, 0);
    expect(denoiser.asked.map(({ timestep }) => timestep)).toEqual(run.timesteps);
    for (const { camera } of denoiser.asked) {
      expect(camera?.dims).toEqual(conditions.camera && [2, ...conditions.camera.dims.slice(1)]);
      if (camera) expect(part(camera, 1).bytes).toEqual(part(camera, 0).bytes);
    }
  });

  it('goes on from a kept state to the same bits', async () => {
    const kept: Uint8Array[] = [];
    const onState = (state: DenoiseState): void => void kept.push(writeDenoiseState(state, name));
    const networks = { denoiser: recordedDenoiser(), noise };
    const whole = await denoise(networks, conditions, run.settings('together'), { onState });
    expect(kept.length).toBe(steps);
    for (const [i, bytes] of kept.entries()) {
      const from = readDenoiseState(bytes, `step ${i}`, name);
      const resumed = { denoiser: recordedDenoiser(i + 1), noise };
      const end = await denoise(resumed, conditions, run.settings('together'), { from });
      expect(Buffer.compare(end.latents.bytes, whole.latents.bytes)).toBe(0);
      expect(resumed.denoiser.asked.length).toBe(steps - 1 - i);
    }
  });

  it('hands the videos without the reference frame to the decoder, unscaled', async () => {
    const end = await denoise({ denoiser: recordedDenoiser(), noise }, conditions, run.settings('together'));
    const [, , frames = 0] = end.latents.dims;
    const after = part(run.tensor('mid_latents_after_steps'), steps - 1);
    const expected = floatsOf(after);
    const plane = height * width;
    const seen: Tensor[] = [];
    const decoder: VideoCoder = {
      encode: () => Promise.reject(new Error('nothing is encoded here')),
      decode: (latents) => Promise.resolve(seen[seen.push(latents) - 1] ?? latents),
    };
    for (const latents of videoLatents(end)) await decoded(latents, decoder, scale);
    expect(seen.map(({ dims }) => dims)).toEqual(
      Array.from({ length: views }, () => [1, channels, frames - 1, height, width]),
    );
    seen.forEach((video, view) => {
      const reference = Float32Array.from(floatsOf(video), (_, i) => {
        const [channel, rest] = [Math.floor(i / (plane * (frames - 1))), i % (plane * (frames - 1))];
        const frame = 1 + Math.floor(rest / plane);
        return (expected[((view * frames + frame) * channels + channel) * plane + (rest % plane)] ?? NaN) / scale;
      });
      errors.checkNumbers(`${name}, latents to decode, view ${view}`, floatsOf(video), reference, 5e-5);
    });
  });
});
