import type { Camera } from './camera.ts';

/** V x F pictures of one character with their cameras: the multi-view video. */
export interface Clip {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** Number of time steps, F. Frame f is at time f / (F - 1). */
  readonly frames: number;
  /** One camera a view, of the clip's width x height. */
  readonly cameras: readonly Camera[];
  /** [view][frame]: 8-bit sRGB, height x width x 3; what was transparent is composited on `background`. */
  readonly images: readonly (readonly Uint8Array[])[];
  /** sRGB 0..1. */
  readonly background: readonly [number, number, number];
}
