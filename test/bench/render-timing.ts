import { nativeAddon, type Addon, type RenderArguments } from '../../native/addon/index.ts';
import { mediansOf } from './statistics.ts';
import type { SplatScene } from './splat-scene.ts';

/** Passes of the renderer, in the order in which the engine reports their times. */
export const RENDER_PASSES = ['project', 'bin', 'rasterise', 'backward', 'projectBackward'] as const;

export type RenderTimes = Record<(typeof RENDER_PASSES)[number], number>;

/** Not part of the engine's typed door: only tests and benches call it. */
interface GradientRenderer {
  renderGradients(
    call: RenderArguments & { readonly gradRgb: Float32Array; readonly repeat: number; readonly depth: boolean },
  ): { readonly rgb: Float32Array; readonly timings: Float32Array };
}

const WHITE = Float32Array.of(1, 1, 1);
/** The gradient of the loss with respect to every pixel, as in yardstick.cpp. */
const PIXEL_GRADIENT = [0.1, -0.2, 0.3];

function renderGradients(
  scene: SplatScene,
  threads: number,
  repeat: number,
): { rgb: Float32Array; timings: Float32Array } {
  const { gaussians, camera } = scene;
  const pixels = camera.width * camera.height;
  const gradRgb = Float32Array.from({ length: 3 * pixels }, (_, i) => PIXEL_GRADIENT[Math.floor(i / pixels)] ?? 0);
  const engine = nativeAddon() as Addon & GradientRenderer;
  return engine.renderGradients({ gaussians, camera, background: WHITE, threads, gradRgb, repeat, depth: false });
}

/** Median milliseconds of each pass. */
export function timeRender(scene: SplatScene, threads: number, repetitions: number): RenderTimes {
  const count = RENDER_PASSES.length;
  const { timings } = renderGradients(scene, threads, repetitions + 1);
  // The first repetition allocates.
  const runs = Array.from({ length: repetitions }, (_, run) => {
    const times = RENDER_PASSES.map((name, pass) => [name, timings[(run + 1) * count + pass] ?? NaN]);
    return Object.fromEntries(times) as RenderTimes;
  });
  return mediansOf(RENDER_PASSES, runs);
}

/** The scene's picture, 8-bit, height x width x 3. */
export function pictureOf(scene: SplatScene): Uint8Array {
  const { rgb } = renderGradients(scene, 1, 1);
  const pixels = rgb.length / 3;
  return Uint8Array.from({ length: rgb.length }, (_, i) => {
    const value = rgb[(i % 3) * pixels + Math.floor(i / 3)] ?? 0;
    return Math.round(Math.min(Math.max(value, 0), 1) * 255);
  });
}
