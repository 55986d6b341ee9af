import { elementCount, floatTensor, type Tensor } from '../../onnx/tensor.ts';
import { dynamicGuidance, guide } from '../schedule/guidance.ts';
import type { NoiseSource } from '../schedule/noise.ts';
import type { Step } from '../schedule/steps.ts';
import { takeStep } from '../schedule/take-step.ts';
import type { Denoiser, DenoiserInput } from './contract.ts';
import type { DenoiseState } from './denoise-state.ts';
import { finiteFloats, floatsOf, part, reshaped, stacked } from './floats.ts';

/** What stays the same in all steps of one group of views (letters as in contract.ts). */
export interface Conditions {
  /** [V, C, h, w], scaled. */
  readonly imageLatents: Tensor;
  /** [F, C, h, w], scaled; the reference pose first. */
  readonly poseLatents: Tensor;
  /** [T, D] each. */
  readonly prompt: Tensor;
  readonly negativePrompt: Tensor;
  /** [1, V, N, width], absent in 2D. */
  readonly camera?: Tensor;
}

export interface DenoiseSettings {
  readonly steps: readonly Step[];
  /** Above 1 the negative prompt is predicted too, and the strength changes from step to step (`dynamicGuidance`). */
  readonly guidanceScale: number;
  /**
   * Whether the two predictions of guidance are made as one batch of two or one after the other, which takes half the memory. The
   * result is the same but for rounding.
   */
  readonly halves: 'one-by-one' | 'together';
}

/** Shape of the latents under these conditions. */
export function latentDims({ imageLatents, poseLatents }: Conditions): number[] {
  const [views = 0, ...rest] = imageLatents.dims;
  return [1, views, poseLatents.dims[0] ?? 0, ...rest];
}

/**
 * The state before the first step. Noise is drawn for all latent frames but one and the picture's latents are put behind it; as every
 * step begins by putting them into frame 0 (the reference frame), its noise counts for nothing, and the LAST frame starts
 * from a clean copy of the picture. Training had noise there: surely a slip, but the published pictures were made with it.
 */
export function startDenoising(conditions: Conditions, noise: NoiseSource): DenoiseState {
  const dims = latentDims(conditions);
  const [, views = 0, frames = 0, channels = 0, height = 0, width = 0] = dims;
  const drawn = floatsOf(noise.draw('start', 0, [1, views, frames - 1, channels, height, width]));
  const frame = channels * height * width;
  const latents = new Float32Array(views * frames * frame);
  for (let view = 0; view < views; view++) {
    const size = (frames - 1) * frame;
    latents.set(drawn.subarray(view * size, (view + 1) * size), view * frames * frame);
    latents.set(floatsOf(part(conditions.imageLatents, view)), view * frames * frame + size);
  }
  return { stepsDone: 0, latents: floatTensor(latents, dims) };
}

/**
 * Takes the next step and gives the state after it; `state` is not changed. Only one noise a step is drawn: torch's library draws
 * two on the middle ones and drops the first.
 * Throws an `AppError` where the network's result holds something that is no number.
 */
export async function denoiseStep(
  state: DenoiseState,
  conditions: Conditions,
  settings: DenoiseSettings,
  denoiser: Denoiser,
  noise: NoiseSource,
): Promise<DenoiseState> {
  const { latents, stepsDone, clean } = state;
  const step = settings.steps[stepsDone];
  if (!step) throw new RangeError(`There is no step ${stepsDone + 1}; denoising has ${settings.steps.length}.`);
  const sample = withReference(latents, conditions.imageLatents);
  const hidden = besidePoses(sample, latents.dims, conditions.poseLatents);
  const prediction = await predict(hidden, step.timestep, conditions, settings, denoiser);
  const output = finiteFloats(prediction, `What the network predicted in step ${stepsDone + 1}`);
  if (output.length !== sample.length) {
    throw new RangeError(`The network gave ${output.length} numbers for ${sample.length} latents.`);
  }
  const drawn = step.noise === 0 ? undefined : floatsOf(noise.draw('step', stepsDone, latents.dims));
  const next = takeStep(step, sample, output, clean && floatsOf(clean), drawn);
  return {
    stepsDone: stepsDone + 1,
    latents: floatTensor(next.sample, latents.dims),
    clean: floatTensor(next.clean, latents.dims),
  };
}

/** The latents with the picture's in frame 0 of every view. */
function withReference(latents: Tensor, imageLatents: Tensor): Float32Array {
  const [, views = 0] = latents.dims;
  const values = floatsOf(latents).slice();
  for (let view = 0; view < views; view++) {
    values.set(floatsOf(part(imageLatents, view)), (values.length / views) * view);
  }
  return values;
}

/** [1, V, F, 2C, h, w]: the channels of every latent frame, then those of its pose, which is the same in all views. */
function besidePoses(sample: Float32Array, dims: readonly number[], poseLatents: Tensor): Tensor {
  const [, views = 0, frames = 0, channels = 0, height = 0, width = 0] = dims;
  const frame = channels * height * width;
  const poses = floatsOf(poseLatents);
  if (poses.length !== frames * frame) throw new RangeError('The pose latents are of another size than the latents.');
  const hidden = new Float32Array(sample.length * 2);
  for (let i = 0; i < views * frames; i++) {
    hidden.set(sample.subarray(i * frame, (i + 1) * frame), 2 * i * frame);
    const pose = (i % frames) * frame;
    hidden.set(poses.subarray(pose, pose + frame), (2 * i + 1) * frame);
  }
  return floatTensor(hidden, [1, views, frames, channels * 2, height, width]);
}

/**
 * The guided prediction. The text stream of the frames takes the first text of the batch, so the negative prompt for both halves: a slip of the
 * published code that its results depend on.
 */
async function predict(
  hidden: Tensor,
  timestep: number,
  { prompt, negativePrompt, camera }: Conditions,
  { guidanceScale, halves, steps }: DenoiseSettings,
  denoiser: Denoiser,
): Promise<Tensor> {
  const isGuided = guidanceScale > 1;
  const texts = isGuided ? [negativePrompt, prompt] : [prompt];
  const frameText = texts[0] ?? prompt;
  const views = hidden.dims[1] ?? 1;
  const input = (batch: readonly Tensor[]): DenoiserInput => ({
    hidden: stacked(batch.map(() => hidden)),
    text: stacked(batch.map((text) => perView(text, views))),
    frameText,
    ...(camera && { camera: stacked(batch.map(() => camera)) }),
    timestep,
  });
  const outputs: Tensor[] = [];
  for (const batch of halves === 'together' ? [texts] : texts.map((text) => [text])) {
    outputs.push(await denoiser.predict(input(batch)));
  }
  const all = stacked(outputs);
  if (!isGuided) return all;
  const [negative, positive] = [floatsOf(part(all, 0)), floatsOf(part(all, 1))];
  const strength = dynamicGuidance(guidanceScale, steps.length, timestep);
  return floatTensor(guide(negative, positive, strength), [1, ...all.dims.slice(1)]);
}

/** [1, V, T, D] of [T, D]. */
function perView(text: Tensor, views: number): Tensor {
  const [tokens = 0, width = 0] = text.dims;
  const repeated = stacked(Array.from({ length: views }, () => text));
  return reshaped(repeated, [1, views, tokens, width]);
}

/**
 * The latents of each view's video, [1, C, F - 1, h, w]: without the reference frame and not yet divided by the scaling factor.
 */
export function videoLatents({ latents }: DenoiseState): Tensor[] {
  const [, views = 0, frames = 0, channels = 0, height = 0, width = 0] = latents.dims;
  const plane = height * width;
  return Array.from({ length: views }, (_, view) => {
    const own = floatsOf(part(reshaped(latents, [views, elementCount(latents.dims) / views]), view));
    const video = new Float32Array((frames - 1) * channels * plane);
    for (let frame = 1; frame < frames; frame++) {
      for (let channel = 0; channel < channels; channel++) {
        const from = (frame * channels + channel) * plane;
        video.set(own.subarray(from, from + plane), (channel * (frames - 1) + frame - 1) * plane);
      }
    }
    return floatTensor(video, [1, channels, frames - 1, height, width]);
  });
}
