import type { Place } from '../../../core/pose-edit/points.ts';
import type { PoseModel } from '../pose-model.ts';

/** What a pointer does over the canvas. `at` is in pixels of the canvas as the page counts them. */
export interface PointerInput {
  readonly at: Place;
  readonly button: number;
  readonly shift: boolean;
  readonly alt: boolean;
  /** The space bar is held. */
  readonly space: boolean;
}

/**
 * One state of the tool. Handlers give the state that follows, or nothing to stay. Whatever a state holds open it closes in
 * `exit`; `cancel` takes back what it did.
 */
export interface ToolState {
  readonly name: 'idle' | 'drag' | 'box' | 'pan';
  readonly enter?: () => void;
  readonly exit?: () => void;
  readonly pointerDown?: (input: PointerInput) => ToolState | undefined;
  readonly pointerMove?: (input: PointerInput) => ToolState | undefined;
  readonly pointerUp?: (input: PointerInput) => ToolState | undefined;
  readonly cancel?: () => ToolState | undefined;
}

export type StateOf = (model: PoseModel, input: PointerInput) => ToolState;

/** How far a finger may be beside a joint, in pixels of the page. */
export const REACH = 12;
/** Moves below this many pixels are a click by an unsteady hand. */
export const CLICK_SLOP = 3;
