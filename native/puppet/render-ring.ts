import type { Clip } from '../../core/clip.ts';
import type { Scene } from '../../core/deformation/deformation.ts';
import { frameTime } from '../../core/frame-time.ts';
import { asTask } from '../../core/progress.ts';
import { ringCameras } from '../../core/ring.ts';
import type { GenerateOptions } from '../generate/contract.ts';
import { SceneRenderer } from '../render.ts';

/** The scene as the ring's cameras see it, in square pictures of `size` pixels. Throws the signal's reason when aborted. */
export async function renderRing(scene: Scene, size: number, { signal, onProgress }: GenerateOptions): Promise<Clip> {
  const cameras = ringCameras(size);
  const images = cameras.map((): Uint8Array[] => []);
  const renderer = new SceneRenderer(scene);
  const total = cameras.length * scene.frames;
  await asTask(onProgress, { task: 'Rendering views', total, unit: 'pictures' }, async (tick) => {
    let done = 0;
    for (let frame = 0; frame < scene.frames; frame++) {
      for (const [view, camera] of cameras.entries()) {
        signal?.throwIfAborted();
        images[view]?.push(await renderer.render(camera, frameTime(frame, scene.frames)));
        tick(++done);
      }
    }
  }).finally(() => {
    renderer.dispose();
  });
  const { fps, frames, background } = scene;
  return { width: size, height: size, fps, frames, cameras, images, background };
}
