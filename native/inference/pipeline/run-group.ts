import { AppError } from '../../../core/errors.ts';
import type { Tensor } from '../../onnx/tensor.ts';
import type { Denoiser } from './contract.ts';
import {
  denoiseStep,
  latentDims,
  startDenoising,
  videoLatents,
  type Conditions,
  type DenoiseSettings,
} from './denoise.ts';
import type { DenoiseState } from './denoise-state.ts';
import { decoded, imageLatents, type LatentMaker } from './latents.ts';
import type { RgbPicture } from './pixels.ts';

export interface GroupNetworks extends LatentMaker {
  readonly denoiser: Denoiser;
}

export interface GroupInputs {
  /** One a view, all of the canvas' size (`toCanvas`). */
  readonly pictures: readonly RgbPicture[];
  /** [F, C, h, w], see `poseLatents`. */
  readonly poses: Tensor;
  /** [T, D] each. */
  readonly prompt: Tensor;
  readonly negativePrompt: Tensor;
  /** [1, V, N, width], see `cameraLatents`; 4D only. */
  readonly camera?: Tensor;
}

export interface GroupHooks {
  /** Told the state after each step, and waited for: what it keeps can be gone on from. */
  readonly onState?: (state: DenoiseState) => void | Promise<void>;
  /** Goes on from here. */
  readonly from?: DenoiseState;
  /** Looked at before every step and every decoded view; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** What the steps of a group need beside the network. Encodes the pictures. */
export async function groupConditions(networks: LatentMaker, inputs: GroupInputs): Promise<Conditions> {
  const { pictures, poses, prompt, negativePrompt, camera } = inputs;
  const latents = await imageLatents(pictures, networks);
  return { imageLatents: latents, poseLatents: poses, prompt, negativePrompt, ...(camera && { camera }) };
}

/** Takes all steps that are left and gives the last state. Throws an `AppError` where `from` is of another run. */
export async function denoise(
  { denoiser, noise }: Pick<GroupNetworks, 'denoiser' | 'noise'>,
  conditions: Conditions,
  settings: DenoiseSettings,
  { onState, from, signal }: GroupHooks = {},
): Promise<DenoiseState> {
  if (from && (from.latents.dims.join() !== latentDims(conditions).join() || from.stepsDone > settings.steps.length)) {
    throw new AppError('bad-input', 'The kept state is of another run; delete it and let the run begin again.');
  }
  let state = from ?? startDenoising(conditions, noise);
  while (state.stepsDone < settings.steps.length) {
    signal?.throwIfAborted();
    state = await denoiseStep(state, conditions, settings, denoiser, noise);
    await onState?.(state);
  }
  return state;
}

/**
 * Makes the videos of one group of views with the 4D network: [1, 3, frames, height, width] each in about -1..1, one after
 * another as they are decoded.
 * @param skip Places in the group that are not decoded.
 */
export async function* runGroup4d(
  networks: GroupNetworks,
  inputs: GroupInputs & { readonly camera: Tensor },
  settings: DenoiseSettings,
  hooks: GroupHooks = {},
  skip: ReadonlySet<number> = new Set(),
): AsyncGenerator<{ readonly place: number; readonly video: Tensor }> {
  const conditions = await groupConditions(networks, inputs);
  const latents = videoLatents(await denoise(networks, conditions, settings, hooks));
  for (const [place, own] of latents.entries()) {
    if (skip.has(place)) continue;
    hooks.signal?.throwIfAborted();
    yield { place, video: await decoded(own, networks.coder, networks.scale) };
  }
}

/** Makes the video of one picture with the 2D network: [1, 3, frames, height, width] in about -1..1. */
export async function run2d(
  networks: GroupNetworks,
  inputs: Omit<GroupInputs, 'pictures' | 'camera'> & { readonly picture: RgbPicture },
  settings: DenoiseSettings,
  hooks: GroupHooks = {},
): Promise<Tensor> {
  const { picture, ...rest } = inputs;
  const conditions = await groupConditions(networks, { ...rest, pictures: [picture] });
  const [latents] = videoLatents(await denoise(networks, conditions, settings, hooks));
  if (!latents) throw new RangeError('Denoising left no view.');
  return decoded(latents, networks.coder, networks.scale);
}
