import { availableParallelism } from 'node:os';
import type { Camera } from '../core/camera.ts';
import { gaussiansAt } from '../core/deformation/deform.ts';
import type { Scene } from '../core/deformation/deformation.ts';
import type { Gaussians } from '../core/gaussians.ts';
import { nativeAddon, rasterCamera, type RenderArguments } from './addon/index.ts';

export interface SceneRendererOptions {
  /** Default: all cores. */
  readonly threads?: number;
}

/** Pictures of a 4D scene from any camera at any time. */
export class SceneRenderer {
  readonly #threads: number;
  #scene: Scene | undefined;
  #last: { readonly time: number; readonly gaussians: Gaussians } | undefined;

  constructor(scene: Scene, { threads = availableParallelism() }: SceneRendererOptions = {}) {
    this.#scene = scene;
    this.#threads = threads;
  }

  /** The Gaussians at `time`, 0..1. The last time is kept: a ring of views asks for the same one again and again. */
  at(time: number): Gaussians {
    if (!this.#scene) throw new Error('the renderer has been disposed of');
    if (this.#last?.time !== time) this.#last = { time, gaussians: gaussiansAt(this.#scene, time) };
    return this.#last.gaussians;
  }

  /** 8-bit sRGB, height x width x 3. */
  render(camera: Camera, time: number): Promise<Uint8Array> {
    return nativeAddon().render(this.#arguments(camera, time));
  }

  /** The same picture, and the opacity of each pixel, height x width. */
  renderWithAlpha(camera: Camera, time: number): Promise<{ readonly rgb: Uint8Array; readonly alpha: Uint8Array }> {
    return nativeAddon().renderWithAlpha(this.#arguments(camera, time));
  }

  #arguments(camera: Camera, time: number): RenderArguments {
    const gaussians = this.at(time);
    const background = Float32Array.from(this.#scene?.background ?? [1, 1, 1]);
    return { gaussians, camera: rasterCamera(camera), background, threads: this.#threads };
  }

  /** Lets go of the scene. */
  dispose(): void {
    this.#scene = undefined;
    this.#last = undefined;
  }
}
