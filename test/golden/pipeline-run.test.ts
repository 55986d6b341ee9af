import { afterAll, describe, expect, it } from 'vitest';
import { readTextEncoderConfig, readVaeConfig } from '../../native/inference/configs.ts';
import { cameraLatents } from '../../native/inference/cameras/camera-latents.ts';
import { openDit, type Dit } from '../../native/inference/graphs/open-dit.ts';
import { ditDenoiser } from '../../native/inference/pipeline/dit-denoiser.ts';
import type { DenoiseState } from '../../native/inference/pipeline/denoise-state.ts';
import { part, reshaped } from '../../native/inference/pipeline/floats.ts';
import { poseLatents } from '../../native/inference/pipeline/latents.ts';
import { brightnessOf, videoOf } from '../../native/inference/pipeline/pixels.ts';
import {
  denoise,
  groupConditions,
  run2d,
  runGroup4d,
  type GroupHooks,
} from '../../native/inference/pipeline/run-group.ts';
import { cpuRuntime } from '../../native/inference/runtime/session.ts';
import { encodePrompts } from '../../native/inference/text/encode-prompts.ts';
import { openVae } from '../../native/inference/vae/vae.ts';
import { elementCount, floatTensor, numbersOf, type Tensor } from '../../native/onnx/tensor.ts';
import { DitGolden } from './dit-golden.ts';
import { GoldenRun, readConfig } from './golden-run.ts';
import { goldenWeights } from './golden-weights.ts';
import { GoldenErrors, goldenPath } from './inference-golden.ts';

const errors = new GoldenErrors('pipeline, whole runs');
const runtime = cpuRuntime();
/** Of the golden data's README. */
const ALLOWED = { text: 2e-5, camera: 5e-6, latents: 5e-5, frames: 2e-4 } as const;

const coder = openVae(runtime, {
  config: readConfig('vae/config.json', readVaeConfig),
  weights: goldenWeights('vae/diffusion_pytorch_model.safetensors'),
  precision: 'float32',
});
afterAll(() => coder.release());

/** The embeddings of the negative prompt and of the prompt. */
async function encodeTexts(run: GoldenRun): Promise<readonly [negative: Tensor, positive: Tensor]> {
  const encoder = {
    config: readConfig('t5/config.json', readTextEncoderConfig),
    weights: goldenWeights('t5/model.safetensors'),
    tokenizerFolder: goldenPath('t5/tokenizer'),
  };
  const [, tokens = 0] = run.tensor('mid_prompt_embeds').dims;
  const embeddings = await encodePrompts(runtime, encoder, run.prompts, {
    tokens,
    precision: 'float32',
    blocksPerGraph: 1,
  });
  const text = (index: number): Tensor => reshaped(part(embeddings, index), embeddings.dims.slice(1));
  return [text(0), text(1)];
}

function openTransformer(run: GoldenRun, halves: 'one-by-one' | 'together'): Promise<Dit> {
  const network = new DitGolden(run.name === 'run_2d' ? '2d' : '4d');
  const hidden = run.tensor('mid_dit_in_step0_hidden_states');
  const batch = halves === 'together' ? 2 : 1;
  const graphs = network.graphs({ ...hidden, dims: [batch, ...hidden.dims.slice(1)] });
  return openDit(runtime, graphs, 'resident');
}

/** Compares the state after each step. */
function watch(run: GoldenRun, halves: string): GroupHooks & { readonly onState: (state: DenoiseState) => void } {
  const expected = run.tensor('mid_latents_after_steps');
  return {
    onState({ stepsDone, latents }) {
      const reference = reshaped(part(expected, stepsDone - 1), latents.dims);
      errors.check(`${run.name}, ${halves}, latents after step ${stepsDone}`, latents, reference, ALLOWED.latents);
    },
  };
}

/** Compares a view's video [1, 3, frames, height, width], in -1..1, with the frames [frames, 3, height, width]. */
function checkFrames(run: GoldenRun, view: number, video: Tensor): void {
  const [, channels = 0, frames = 0, height = 0, width = 0] = video.dims;
  const expected = part(run.tensor('out_frames'), view);
  expect(expected.dims).toEqual([1, frames, channels, height, width]);
  const plane = height * width;
  const values = numbersOf(brightnessOf(video));
  const turned = Float32Array.from({ length: elementCount(video.dims) }, (_, i) => {
    const [frame, channel] = [Math.floor(i / (channels * plane)), Math.floor(i / plane) % channels];
    return values[(channel * frames + frame) * plane + (i % plane)] ?? NaN;
  });
  errors.check(`${run.name}, frames of view ${view}`, floatTensor(turned, expected.dims), expected, ALLOWED.frames);
}

describe.each(['run_4d', 'run_2d'])('%s from prompts and pictures to frames', async (name) => {
  const run = new GoldenRun(name);
  const kind = name === 'run_2d' ? '2d' : '4d';
  const pictures = run.pictures('in_u8_images');
  const [first] = pictures;
  const [poseVideo, reference] = ['in_u8_poses', 'in_u8_refpose'].map((key) => videoOf(run.pictures(key)));
  if (!poseVideo || !reference || !first) throw new Error(`${name} has no pictures`);
  const maker = { coder, scale: run.scale, noise: run.noise() };
  const poses = await poseLatents(poseVideo, reference, maker);
  const [negativePrompt, prompt] = await encodeTexts(run);
  const camera = kind === '4d' ? await makeCameras(run) : undefined;
  const inputs = { poses, prompt, negativePrompt };

  it('encodes prompts, poses and cameras', () => {
    errors.check(`${name}, negative prompt`, negativePrompt, run.last('mid_negative_prompt_embeds', 2), ALLOWED.text);
    errors.check(`${name}, prompt`, prompt, run.last('mid_prompt_embeds', 2), ALLOWED.text);
    errors.check(`${name}, pose latents`, poses, run.last('mid_pose_latents', 4), ALLOWED.latents);
    if (camera) errors.check(`${name}, camera latents`, camera, run.tensor('mid_camera_latents'), ALLOWED.camera);
  });

  it('makes the frames', async () => {
    const dit = await openTransformer(run, 'one-by-one');
    try {
      const networks = { ...maker, denoiser: ditDenoiser(dit, { kind }) };
      const [settings, hooks] = [run.settings('one-by-one'), watch(run, 'one-by-one')];
      if (!camera) {
        checkFrames(run, 0, await run2d(networks, { ...inputs, picture: first }, settings, hooks));
        return;
      }
      let views = 0;
      for await (const { place, video } of runGroup4d(networks, { ...inputs, pictures, camera }, settings, hooks)) {
        checkFrames(run, place, video);
        views++;
      }
      expect(views).toBe(run.views);
    } finally {
      await dit.release();
    }
  });

  it('makes the same latents with both halves of guidance in a batch', async () => {
    const dit = await openTransformer(run, 'together');
    try {
      const conditions = await groupConditions(maker, { ...inputs, pictures, ...(camera && { camera }) });
      errors.check(
        `${name}, image latents`,
        conditions.imageLatents,
        run.last('mid_image_latents', 4),
        ALLOWED.latents,
      );
      const networks = { ...maker, denoiser: ditDenoiser(dit, { kind }) };
      await denoise(networks, conditions, run.settings('together'), watch(run, 'together'));
    } finally {
      await dit.release();
    }
  });
});

function makeCameras(run: GoldenRun): Promise<Tensor> {
  const weights = goldenWeights('camera/camera_guider.safetensors');
  const width = run.tensor('mid_camera_latents').dims.at(-1) ?? 0;
  return cameraLatents(runtime, weights, run.tensor('in_camera_rays'), width);
}
