import { AppError } from '../../../core/errors.ts';
import type { Pose, PoseSequence } from '../../../core/poses/pose-sequence.ts';
import { asTask, type OnProgress } from '../../../core/progress.ts';
import { WHOLEBODY } from '../../../core/poses/skeleton.ts';
import { decodeVideo } from '../../media/decode-video.ts';
import { composite, type RgbPicture } from '../../media/picture-tasks.ts';
import { readPicture } from '../../media/read-picture.ts';
import type { PoseDetector } from './detector.ts';
import { steadyMotion } from './steady-motion.ts';
import { steadySides } from './steady-sides.ts';

export interface SequenceOptions {
  /** Frames a second of the result. For a video at most its own, which it has without this; 12 for pictures. */
  readonly fps?: number;
  /** At most so many frames, from the start. */
  readonly frames?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** For videos that state no rate of their own. */
const USUAL_FPS = 25;
const PICTURES_FPS = 12;
/** What is transparent in a picture shows this, the background of the clips. */
const WHITE = [1, 1, 1] as const;

/**
 * The poses of the most prominent person in a video, followed through it. Frames in which that person is not seen have
 * confidence 0 throughout. Throws an `AppError` when the file holds no video or nobody is seen in it at all, or the signal's
 * reason.
 */
export async function detectInVideo(
  path: string,
  detector: PoseDetector,
  options: SequenceOptions = {},
): Promise<PoseSequence> {
  const { signal, frames: limit = Infinity } = options;
  const video = await decodeVideo(path, signal ? { signal } : {});
  const { width, height } = video;
  const source = video.fps > 0 ? video.fps : USUAL_FPS;
  const fps = Math.min(options.fps ?? source, source);
  async function* pictures(): AsyncGenerator<RgbPicture> {
    let [index, taken] = [0, 0];
    for await (const rgb of video.frames) {
      // A frame is taken when the slower clock ticks while it is shown.
      if (Math.floor((index * fps) / source + 1e-6) < taken) {
        index++;
        continue;
      }
      index++;
      taken++;
      yield { width, height, rgb };
      if (taken >= limit) return;
    }
  }
  const poses = await detectAll(path, detector, pictures(), Number.isFinite(limit) ? limit : 0, options);
  return { skeleton: 'coco-wholebody133', width, height, fps, frames: poses };
}

/**
 * The poses of the most prominent person in pictures that follow one another in time, put in the order of the numbers in their
 * names. All must have one size. Errors are those of `detectInVideo`.
 */
export async function detectInPictures(
  paths: readonly string[],
  detector: PoseDetector,
  options: SequenceOptions = {},
): Promise<PoseSequence> {
  const ordered = [...paths].sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).slice(0, options.frames);
  const [first] = ordered;
  if (first === undefined) throw new AppError('bad-input', 'There are no pictures to find poses in; choose some.');
  let size: { width: number; height: number } | undefined;
  async function* pictures(): AsyncGenerator<RgbPicture> {
    for (const path of ordered) {
      const picture = composite(await readPicture(path), WHITE);
      const { width, height } = (size ??= picture);
      if (picture.width !== width || picture.height !== height) {
        const found = `${picture.width}x${picture.height} pixels, not the ${width}x${height} of ${first ?? ''}`;
        throw new AppError('bad-input', `${path} has ${found}; give all pictures one size.`);
      }
      yield picture;
    }
  }
  const frames = await detectAll(first, detector, pictures(), ordered.length, options);
  const { width, height } = size ?? { width: 1, height: 1 };
  return { skeleton: 'coco-wholebody133', width, height, fps: options.fps ?? PICTURES_FPS, frames };
}

async function detectAll(
  name: string,
  detector: PoseDetector,
  pictures: AsyncIterable<RgbPicture>,
  total: number,
  { signal, onProgress }: SequenceOptions,
): Promise<Pose[]> {
  detector.reset();
  const task = { task: 'Finding poses', total, unit: 'frames' };
  return asTask(onProgress, task, async (tick) => {
    const found: (Pose | undefined)[] = [];
    for await (const picture of pictures) {
      signal?.throwIfAborted();
      found.push((await detector.detect(picture))?.pose);
      tick(found.length);
    }
    if (found.every((pose) => pose === undefined)) {
      throw new AppError('bad-input', `Nobody is seen in ${name}; choose one that shows a person from head to foot.`);
    }
    return steadyMotion(steadySides(found.map((pose) => pose ?? unknownPose())));
  });
}

const unknownPose = (): Pose => ({ keypoints: new Float32Array(WHOLEBODY.count * 3) });
