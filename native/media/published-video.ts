import type { Camera } from '../../core/camera.ts';
import type { Clip } from '../../core/clip.ts';
import { AppError } from '../../core/errors.ts';
import { asTask, type OnProgress } from '../../core/progress.ts';
import { RING_VIEWS, ringCameras } from '../../core/ring.ts';
import { decodeVideo } from './ffmpeg.ts';
import type { Colour } from './picture-tasks.ts';

/**
 * The order in which the published inference writes its views, each with all frames, one after another: five groups
 * of five that all begin with view 0.
 */
const VIEW_ORDER = [1, 2, 3, 4, 5].flatMap((first) => [0, first, first + 5, first + 10, first + 15]);

/**
 * Reads the published inference output: one mp4 with all views one after another. Of view 0, which comes five times, the
 * first is kept. Its pictures show the ring's squares in their middle. Throws an `AppError` that names the file.
 */
export async function readPublishedVideo(
  file: string,
  options: { readonly background?: Colour; readonly onProgress?: OnProgress; readonly signal?: AbortSignal } = {},
): Promise<Clip> {
  const { background = [1, 1, 1], onProgress, signal } = options;
  const { width, height, fps, frames } = await decodeVideo(file, signal ? { signal } : {});
  const pictures: Uint8Array[] = [];
  await asTask(onProgress, { task: 'Reading video', total: VIEW_ORDER.length * 25, unit: 'pictures' }, async (tick) => {
    for await (const frame of frames) tick(pictures.push(frame));
  });
  const count = pictures.length / VIEW_ORDER.length;
  if (!Number.isInteger(count) || count === 0) {
    const layout = `${VIEW_ORDER.length} views of the same length one after another`;
    throw new AppError('bad-input', `${file} has ${pictures.length} pictures and so cannot hold ${layout}.`);
  }
  const images = Array.from({ length: RING_VIEWS }, (_, view) => {
    const start = VIEW_ORDER.indexOf(view) * count;
    return pictures.slice(start, start + count);
  });
  return { width, height, fps, frames: count, cameras: centredRing(width, height), images, background };
}

/** The ring's cameras for pictures that hold the ring's squares in their middle. */
function centredRing(width: number, height: number): Camera[] {
  return ringCameras(Math.min(width, height)).map((camera) => ({
    ...camera,
    width,
    height,
    cx: width / 2,
    cy: height / 2,
  }));
}
