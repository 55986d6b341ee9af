import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { resizeCamera, type Camera } from '../../core/camera.ts';
import type { Clip } from '../../core/clip.ts';
import { AppError } from '../../core/errors.ts';
import { writeCameras } from '../../core/formats/cameras.ts';
import { writePoses } from '../../core/formats/poses.ts';
import { isRecord } from '../../core/formats/json.ts';
import type { PoseSequence } from '../../core/poses/pose-sequence.ts';
import { asTask, type OnProgress } from '../../core/progress.ts';
import { writeFolder } from '../export/output-place.ts';
import { writeError } from '../files/atomic.ts';
import { readInput } from '../files/read.ts';
import { clipCameras, listViews, publishedLayout, type ClipLayout } from './clip-layout.ts';
import { runPictureTasks } from './picture-pool.ts';
import type { Colour } from './picture-tasks.ts';
import { readPngSize } from './png.ts';
import { readPublishedVideo } from './published-video.ts';

export interface ReadClipOptions {
  /** What transparent pixels show, sRGB 0..1; white without it. */
  readonly background?: Colour;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/** Frames a second where neither clip.json nor poses.json says it. */
const DEFAULT_FPS = 12;

const WHITE: Colour = [1, 1, 1];

/**
 * Reads a clip, from
 * - a clip folder: viewNN/frame_NNNNN.png with any zero padding, and cameras.json; views from 0 and frames without
 *   gaps; other entries are ignored. Pictures of another size than the cameras say scale the intrinsics.
 * - a folder in the published layout, with transforms_train.json in place of cameras.json.
 * - the published inference output, one mp4 of five groups of five views.
 * Frames a second come from clip.json, else from poses.json, else they are 12. Pictures are decoded on several threads.
 * Throws an `AppError` that names the file and the remedy.
 */
export async function readClip(path: string, options: ReadClipOptions = {}): Promise<Clip> {
  const entry = await stat(path).catch(() => undefined);
  if (!entry) throw new AppError('not-found', `${path} is not there; check the path of the clip.`);
  if (entry.isFile()) return readPublishedVideo(path, options);

  const names = await readdir(path);
  const layout = await readLayout(path, names);
  const first = layout.pictures[0]?.[0] ?? '';
  const size = readPngSize(await readInput(first), first);
  const cameras = fitCameras(path, layout.cameras(size.width, size.height), size);
  const images = await readPictures(path, layout, size, options);
  const frames = layout.pictures[0]?.length ?? 0;
  const { background = WHITE } = options;
  return { ...size, fps: await readFps(path, names), frames, cameras, images, background };
}

export interface WriteClipOptions extends Pick<ReadClipOptions, 'onProgress' | 'signal'> {
  /** What the clip was made from, a pose a frame: becomes its poses.json. */
  readonly poses?: PoseSequence;
}

/** Writes a clip as a clip folder, whole or not at all; an older clip of the studio is replaced, nothing else. */
export async function writeClip(
  folder: string,
  clip: Clip,
  { poses, onProgress, signal }: WriteClipOptions = {},
): Promise<void> {
  const { width, height, fps, frames } = clip;
  const total = frames * clip.images.length;
  try {
    await writeFolder(folder, 'clip', (partial) =>
      asTask(onProgress, { task: 'Writing pictures', total, unit: 'pictures' }, async (tick) => {
        await writeFile(join(partial, 'cameras.json'), writeCameras(clip.cameras));
        await writeFile(join(partial, 'clip.json'), `${JSON.stringify({ fps, frames })}\n`);
        if (poses) await writeFile(join(partial, 'poses.json'), writePoses(poses));
        const tasks = [];
        for (const [view, images] of clip.images.entries()) {
          const viewFolder = join(partial, `view${String(view).padStart(2, '0')}`);
          await mkdir(viewFolder);
          for (const [frame, rgb] of images.entries()) {
            const path = join(viewFolder, `frame_${String(frame + 1).padStart(5, '0')}.png`);
            tasks.push({ path, rgb, width, height });
          }
        }
        let written = 0;
        await runPictureTasks(
          'write',
          tasks,
          () => {
            tick(++written);
          },
          signal,
        );
      }),
    );
  } catch (error) {
    throw writeError(folder, error);
  }
}

async function readLayout(path: string, names: readonly string[]): Promise<ClipLayout> {
  if (names.includes('cameras.json')) {
    const pictures = await listViews(path, names);
    return { pictures, cameras: await clipCameras(path, pictures.length) };
  }
  if (names.includes('transforms_train.json')) return publishedLayout(path);
  const remedy = 'a clip folder holds view00, view01, ... and cameras.json';
  throw new AppError('not-found', `${path} has no cameras.json; ${remedy}.`);
}

/** The cameras for pictures of another size; another shape would need to know how they were cut. */
function fitCameras(path: string, cameras: readonly Camera[], size: { width: number; height: number }): Camera[] {
  return cameras.map((camera) => {
    const stretch = (size.width / size.height) * (camera.height / camera.width);
    if (Math.abs(stretch - 1) > 0.01) {
      const shapes = `${size.width}x${size.height}, but its cameras are for ${camera.width}x${camera.height}`;
      throw new AppError(
        'bad-input',
        `The pictures of ${path} are ${shapes}; cut the pictures or correct the cameras.`,
      );
    }
    return resizeCamera(camera, size.width, size.height);
  });
}

async function readPictures(
  path: string,
  { pictures }: ClipLayout,
  { width, height }: { width: number; height: number },
  { background = WHITE, onProgress, signal }: ReadClipOptions,
): Promise<Uint8Array[][]> {
  const frames = pictures[0]?.length ?? 0;
  const inputs = pictures.flat().map((file) => ({ path: file, background }));
  const bytes = inputs.length * width * height * 3;
  if (bytes > totalmem()) {
    const [need, have] = [bytes, totalmem()].map((n) => `${(n / 2 ** 30).toFixed(1)} GB`);
    throw new AppError('bad-input', `${path} needs ${need} of memory and this machine has ${have}; scale it down.`);
  }
  const images = pictures.map(() => new Array<Uint8Array>(frames));
  await asTask(onProgress, { task: 'Reading pictures', total: inputs.length, unit: 'pictures' }, async (tick) => {
    let read = 0;
    const take = (index: number, picture: { width: number; height: number; rgb: Uint8Array }): void => {
      if (picture.width !== width || picture.height !== height) {
        const sizes = `${picture.width}x${picture.height}, the first picture ${width}x${height}`;
        throw new AppError(
          'bad-input',
          `${inputs[index]?.path} is ${sizes}; make all pictures of a clip the same size.`,
        );
      }
      const view = images[Math.floor(index / frames)];
      if (view) view[index % frames] = picture.rgb;
      tick(++read);
    };
    await runPictureTasks('read', inputs, take, signal);
  });
  return images;
}

async function readFps(path: string, names: readonly string[]): Promise<number> {
  for (const name of ['clip.json', 'poses.json'].filter((candidate) => names.includes(candidate))) {
    try {
      const json: unknown = JSON.parse(await readFile(join(path, name), 'utf8'));
      const fps = isRecord(json) ? json.fps : undefined;
      if (typeof fps === 'number' && fps > 0 && fps <= 1000) return fps;
    } catch {
      // Neither file is part of the clip; one that is something else entirely may lie there.
    }
  }
  return DEFAULT_FPS;
}
