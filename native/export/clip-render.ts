import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Camera } from '../../core/camera.ts';
import type { Scene } from '../../core/deformation/deformation.ts';
import { writeCameras } from '../../core/formats/cameras.ts';
import { asTask, type OnProgress } from '../../core/progress.ts';
import { encodeVideo } from '../media/ffmpeg.ts';
import { encodePng } from '../media/png.ts';
import { SceneRenderer } from '../render.ts';
import { writeFolder } from './output-place.ts';
import { frameFileName } from './ply-sequence.ts';

export interface ClipRenderOptions {
  /** The times to render, 0..1, one a frame. */
  readonly times: readonly number[];
  readonly fps: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/**
 * Renders a scene from cameras of one picture size, by view number, into a clip folder (viewNN/frame_NNNNN.png,
 * cameras.json and the frames a second in clip.json), whole or not at all. Pictures are written as they come, so that the
 * clip need not fit into memory. Throws when aborted.
 */
export async function renderClip(
  scene: Scene,
  folder: string,
  cameras: ReadonlyMap<number, Camera>,
  { times, fps, signal, onProgress }: ClipRenderOptions,
): Promise<void> {
  const begin = { task: 'Rendering views', total: cameras.size * times.length, unit: 'pictures' };
  const renderer = new SceneRenderer(scene);
  try {
    await writeFolder(folder, 'clip', (partial) =>
      asTask(onProgress, begin, async (tick) => {
        await writeFile(join(partial, 'cameras.json'), writeCameras(cameras));
        await writeFile(join(partial, 'clip.json'), `${JSON.stringify({ fps, frames: times.length })}\n`);
        const viewFolder = (view: number): string => join(partial, `view${String(view).padStart(2, '0')}`);
        for (const view of cameras.keys()) await mkdir(viewFolder(view));
        let done = 0;
        // One moment after the other: the renderer moves the Gaussians once for all cameras.
        for (const [frame, time] of times.entries()) {
          for (const [view, camera] of cameras) {
            signal?.throwIfAborted();
            const picture = await renderer.render(camera, time);
            const png = encodePng(picture, camera.width, camera.height);
            await writeFile(join(viewFolder(view), frameFileName(frame + 1, 'png')), png);
            tick(++done);
          }
        }
      }),
    );
  } finally {
    renderer.dispose();
  }
}

/** Renders a scene from one camera as an MP4 video. Throws when aborted. */
export async function renderVideo(
  scene: Scene,
  out: string,
  camera: Camera,
  { times, fps, signal, onProgress }: ClipRenderOptions,
): Promise<void> {
  const renderer = new SceneRenderer(scene);
  try {
    await asTask(onProgress, { task: 'Rendering video', total: times.length, unit: 'pictures' }, (tick) => {
      const frames = async function* (): AsyncGenerator<Uint8Array> {
        for (const [frame, time] of times.entries()) {
          signal?.throwIfAborted();
          yield await renderer.render(camera, time);
          tick(frame + 1);
        }
      };
      const { width, height } = camera;
      const { background } = scene;
      return encodeVideo({ fps, width, height, background, frames: frames(), out, ...(signal ? { signal } : {}) });
    });
  } finally {
    renderer.dispose();
  }
}
