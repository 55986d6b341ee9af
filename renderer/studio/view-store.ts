import { createStore } from 'zustand/vanilla';
import type { ViewMode } from '../viewport/splat-cloud.ts';

/** How the viewport shows the scene; belongs to the window, not to a project. */
export interface ViewState {
  readonly mode: ViewMode;
  readonly showCameras: boolean;
  readonly turntable: boolean;
  /** The clip's camera that is looked through, and how much of its picture lies over the scene. */
  readonly lookThrough: number | null;
  readonly compare: number | null;
  /** Whether the scene from before the last optimisation is shown in place of the project's. */
  readonly showsEarlier: boolean;
  /** Whether the list of cameras is open. */
  readonly choosesCamera: boolean;
}

export const START_VIEW: ViewState = {
  mode: 'gaussians',
  showCameras: false,
  turntable: false,
  lookThrough: null,
  compare: null,
  showsEarlier: false,
  choosesCamera: false,
};

export const viewStore = createStore<ViewState>()(() => START_VIEW);

/**
 * Looks through a camera of the clip, its picture over the left half; from one camera to the next the picture stays as it is.
 * null: looks around again.
 */
export const lookThrough = (view: number | null): void => {
  const { compare, lookThrough: before } = viewStore.getState();
  const kept = before === null ? 0.5 : compare;
  viewStore.setState({ lookThrough: view, compare: view === null ? null : kept, turntable: false });
};
