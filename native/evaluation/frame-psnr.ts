import type { Clip } from '../../core/clip.ts';
import type { Scene } from '../../core/deformation/deformation.ts';
import { frameTime } from '../../core/frame-time.ts';
import { rgbPicture } from '../../core/metrics/picture.ts';
import { psnr } from '../../core/metrics/psnr.ts';
import { asTask, type OnProgress } from '../../core/progress.ts';
import { SceneRenderer } from '../render.ts';

export interface FramePsnrOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/**
 * How well a scene repeats its clip at each frame: the mean PSNR over all views, dB, one number a frame. Much quicker than
 * `evaluate`, which measures everything. Throws when aborted.
 */
export async function framePsnr(
  scene: Scene,
  clip: Clip,
  { signal, onProgress }: FramePsnrOptions = {},
): Promise<number[]> {
  const { width, height, frames, cameras, images } = clip;
  const renderer = new SceneRenderer(scene);
  try {
    return await asTask(onProgress, { task: 'Measuring', total: frames, unit: 'frames' }, async (tick) => {
      const means: number[] = [];
      for (let frame = 0; frame < frames; frame++) {
        let sum = 0;
        for (const [view, camera] of cameras.entries()) {
          signal?.throwIfAborted();
          const rendered = rgbPicture(await renderer.render(camera, frameTime(frame, frames)), width, height);
          sum += psnr(rendered, rgbPicture(images[view]?.[frame] ?? new Uint8Array(), width, height));
        }
        means.push(sum / cameras.length);
        tick(frame + 1);
      }
      return means;
    });
  } finally {
    renderer.dispose();
  }
}
