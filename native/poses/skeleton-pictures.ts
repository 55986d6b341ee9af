import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import type { Pose, PoseSequence } from '../../core/poses/pose-sequence.ts';
import { readSkeletonPicture } from '../../core/poses/read-drawing/read-skeleton-picture.ts';
import { wholeBody } from '../../core/poses/read-drawing/whole-body.ts';
import { OPENPOSE18 } from '../../core/poses/skeleton.ts';
import { asTask, type OnProgress } from '../../core/progress.ts';
import { decodeVideo } from '../media/decode-video.ts';
import { readPicture } from '../media/read-picture.ts';

export interface ReadSkeletonsOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

export interface ReadSkeletonPicturesOptions extends ReadSkeletonsOptions {
  /** Pictures a second. */
  readonly fps: number;
}

/** As many as a pose sequence may have. */
const MAX_FRAMES = 216_000;
/** Frames a second where a video does not say it. */
const DEFAULT_FPS = 25;

const PICTURE = /^\D*(\d+)\D*\.(?:png|jpe?g)$/i;

/**
 * Reads the pose out of every picture of a folder that has drawn skeletons (PNG or JPEG), in the order of the numbers in
 * their names; other entries are ignored. Keypoints are pixels of the first picture, of `coco-wholebody133` where any picture
 * shows hands or a face that can be told, else of `openpose18`. A picture without a readable skeleton gives a frame whose keypoints
 * are unknown. Throws an `AppError` when no picture has one.
 */
export async function readSkeletonPictures(
  folder: string,
  { fps, signal, onProgress }: ReadSkeletonPicturesOptions,
): Promise<PoseSequence> {
  if (!(fps > 0 && fps <= 1000))
    throw new AppError('bad-input', `${fps} is no number of pictures a second; use 1 to 1000.`);
  const files = await listSkeletonPictures(folder);
  let size: { width: number; height: number } | undefined;
  const frames = await asTask(
    onProgress,
    { task: 'Reading pose pictures', total: files.length, unit: 'pictures' },
    async (tick) => {
      const read: Frame[] = [];
      for (const file of files) {
        signal?.throwIfAborted();
        const { width, height, rgba } = await readPicture(join(folder, file));
        size ??= { width, height };
        const frame = frameOf(width, height, overBlack(rgba));
        read.push(scaled(frame, size.width / width, size.height / height));
        tick(read.length);
      }
      return read;
    },
  );
  return sequenceOf(folder, frames, size ?? { width: 1, height: 1 }, fps);
}

/** Reads the pose out of every frame of a video of drawn skeletons, like `readSkeletonPictures`. */
export async function readSkeletonVideo(
  file: string,
  { signal, onProgress }: ReadSkeletonsOptions = {},
): Promise<PoseSequence> {
  const { width, height, fps, frames } = await decodeVideo(file, signal ? { signal } : {});
  const poses = await asTask(onProgress, { task: 'Reading the pose video', total: 0, unit: 'frames' }, async (tick) => {
    const read: Frame[] = [];
    for await (const rgb of frames) {
      signal?.throwIfAborted();
      if (read.length === MAX_FRAMES) throw new AppError('bad-input', `${file} is too long; cut it to an hour.`);
      read.push(frameOf(width, height, rgb));
      tick(read.length);
    }
    return read;
  });
  return sequenceOf(file, poses, { width, height }, fps > 0 ? fps : DEFAULT_FPS);
}

/** Names of a folder's numbered pictures, sorted by number. Throws an `AppError` where there are none, or far too many. */
export async function listSkeletonPictures(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new AppError('not-found', `${folder} is no folder that can be read; check its path.`, cause);
  });
  const numbered = names.flatMap((name) => {
    const digits = PICTURE.exec(name)?.[1];
    return digits === undefined ? [] : [{ name, number: Number(digits) }];
  });
  if (numbered.length === 0 || numbered.length > MAX_FRAMES) {
    const found = `${folder} has ${numbered.length} pictures with a number in their name`;
    throw new AppError('bad-input', `${found}; pose pictures are named 0.png, 1.png and so on, at most ${MAX_FRAMES}.`);
  }
  numbered.sort((a, b) => a.number - b.number || (a.name < b.name ? -1 : 1));
  return numbered.map(({ name }) => name);
}

/** What one picture shows: the body as `openpose18`, and all of it where there are hands or a face. */
interface Frame {
  readonly body: Pose;
  readonly whole?: Pose;
}

function frameOf(width: number, height: number, rgb: Uint8Array): Frame {
  const read = readSkeletonPicture({ width, height, rgb });
  if (!read) return { body: { keypoints: new Float32Array(OPENPOSE18.names.length * 3) } };
  const hasMore = read.face !== undefined || read.hands.left !== undefined || read.hands.right !== undefined;
  return { body: read.pose, ...(hasMore ? { whole: wholeBody(read) } : {}) };
}

/** Transparent pixels are background, which is black. */
function overBlack(rgba: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    const alpha = (rgba[from + 3] ?? 0) / 255;
    for (let c = 0; c < 3; c++) rgb[to + c] = (rgba[from + c] ?? 0) * alpha;
  }
  return rgb;
}

const scaled = ({ body, whole }: Frame, x: number, y: number): Frame => ({
  body: scalePose(body, x, y),
  ...(whole ? { whole: scalePose(whole, x, y) } : {}),
});

const scalePose = ({ keypoints }: Pose, x: number, y: number): Pose => ({
  keypoints: keypoints.map((value, i) => (i % 3 === 0 ? value * x : i % 3 === 1 ? value * y : value)),
});

function sequenceOf(
  source: string,
  frames: readonly Frame[],
  size: { readonly width: number; readonly height: number },
  fps: number,
): PoseSequence {
  if (!frames.some(({ body }) => body.keypoints.some((value, i) => i % 3 === 2 && value > 0))) {
    throw new AppError(
      'bad-input',
      `${source} shows no skeleton in the colours of OpenPose; choose pose pictures or a pose video.`,
    );
  }
  if (!frames.some(({ whole }) => whole)) {
    return { skeleton: 'openpose18', ...size, fps, frames: frames.map(({ body }) => body) };
  }
  const whole = frames.map((frame) => frame.whole ?? wholeBody({ pose: frame.body, hands: {} }));
  return { skeleton: 'coco-wholebody133', ...size, fps, frames: whole };
}
