import { AppError } from '../../../core/errors.ts';
import type { Tensor } from '../../onnx/tensor.ts';
import type { DenoiseSettings } from './denoise.ts';
import type { DenoiseState } from './denoise-state.ts';
import { picturesOf, type RgbPicture } from './pixels.ts';
import { runGroup4d, type GroupInputs, type GroupNetworks } from './run-group.ts';
import { viewGroups } from './view-groups.ts';

export interface ViewsInputs extends Omit<GroupInputs, 'pictures' | 'camera'> {
  /** One a view of the ring, in its order, all of the canvas' size (`toCanvas`). */
  readonly pictures: readonly RgbPicture[];
  /** The camera latents of some views, [1, views, N, width] (`cameraLatents`). */
  readonly camera: (views: readonly number[]) => Promise<Tensor>;
  /** Frames of the result: those behind are cut. All that the network makes without it. */
  readonly frames?: number;
}

export interface ViewsHooks {
  /** Told the state after each step of a group, and waited for. */
  readonly onState?: (group: number, state: DenoiseState) => void | Promise<void>;
  /** Goes on in this group: those before it are not made again. Without a state it begins from the start. */
  readonly from?: { readonly group: number; readonly state?: DenoiseState };
  readonly signal?: AbortSignal;
}

export interface MadeView {
  readonly group: number;
  readonly view: number;
  readonly frames: readonly RgbPicture[];
}

/**
 * Makes all views of a ring, group after group, and gives each as soon as it is decoded. View 0, which every group makes, is taken
 * from the first. All groups start from the same noise, as in the published code.
 */
export async function* makeViews(
  networks: GroupNetworks,
  { pictures, camera, frames, ...shared }: ViewsInputs,
  settings: DenoiseSettings,
  { onState, from, signal }: ViewsHooks = {},
): AsyncGenerator<MadeView> {
  const groups = viewGroups(pictures.length);
  for (const [group, views] of groups.entries()) {
    if (group < (from?.group ?? 0)) continue;
    const inputs = {
      ...shared,
      pictures: views.map((view) => pictures[view] ?? missing(view)),
      camera: await camera(views),
    };
    const state = group === from?.group ? from.state : undefined;
    const hooks = {
      ...(onState && { onState: (next: DenoiseState) => onState(group, next) }),
      ...(state && { from: state }),
      ...(signal && { signal }),
    };
    const skip = new Set(group === 0 ? [] : [0]);
    for await (const { place, video } of runGroup4d(networks, inputs, settings, hooks, skip)) {
      yield { group, view: views[place] ?? 0, frames: picturesOf(video, frames) };
    }
  }
}

function missing(view: number): never {
  throw new AppError('not-found', `View ${view} has no picture; bring one for every view of the ring.`);
}
