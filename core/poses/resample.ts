import { MIN_CONFIDENCE, type Pose, type PoseSequence } from './pose-sequence.ts';

export interface ResampleOptions {
  /** Number of poses wanted. Alone it keeps the duration, and the rate follows from it. */
  readonly frames?: number;
  /** Poses a second wanted. Alone it keeps the duration, to half a frame; with `frames` it may change the speed. */
  readonly fps?: number;
}

/**
 * The same motion in another number of frames, spread evenly from the first pose to the last, which both stay. Between
 * two poses position, confidence and depth are interpolated, but a keypoint that is trusted in one of them alone is
 * taken from the nearer one as it is: half way to an unknown place is nowhere.
 */
export function resamplePoses(sequence: PoseSequence, options: ResampleOptions): PoseSequence {
  const { frames, fps } = resampled(sequence.frames.length, sequence.fps, options);
  const last = sequence.frames.length - 1;
  return {
    ...sequence,
    fps,
    frames: Array.from({ length: frames }, (_, i) =>
      poseAt(sequence.frames, frames === 1 ? 0 : (i * last) / (frames - 1)),
    ),
  };
}

/** Number and rate of frames that `count` frames at `rate` become. Throws a `RangeError` where no frames result. */
export function resampled(
  count: number,
  rate: number,
  { frames, fps }: ResampleOptions,
): { readonly frames: number; readonly fps: number } {
  if (count < 1) throw new RangeError('There are no frames to resample.');
  if (frames !== undefined && !(Number.isInteger(frames) && frames >= 1)) {
    throw new RangeError(`${frames} is no number of frames.`);
  }
  if (fps !== undefined && !(Number.isFinite(fps) && fps > 0)) throw new RangeError(`${fps} is no rate of frames.`);
  if (frames !== undefined) {
    const steps = count > 1 && frames > 1 ? (frames - 1) / (count - 1) : 1;
    return { frames, fps: fps ?? rate * steps };
  }
  if (fps === undefined) return { frames: count, fps: rate };
  return { frames: Math.round(((count - 1) * fps) / rate) + 1, fps };
}

function poseAt(frames: readonly Pose[], position: number): Pose {
  const index = Math.min(Math.floor(position), frames.length - 1);
  const [before, after] = [frames[index], frames[Math.min(index + 1, frames.length - 1)]];
  if (!before || !after) throw new RangeError(`No pose at ${position}.`);
  return betweenPoses(before, after, position - index);
}

/** The pose `part` (0 to 1) of the way from one to another. */
function betweenPoses(before: Pose, after: Pose, part: number): Pose {
  const keypoints = new Float32Array(before.keypoints.length);
  const [depthsBefore, depthsAfter] = [before.depths, after.depths];
  const depths = depthsBefore && depthsAfter ? new Float32Array(keypoints.length / 3) : undefined;
  const nearer = part < 0.5 ? before : after;
  for (let k = 0; k < keypoints.length / 3; k++) {
    const [x = 0, y = 0, c = 0] = before.keypoints.subarray(k * 3, k * 3 + 3);
    const [toX = 0, toY = 0, toC = 0] = after.keypoints.subarray(k * 3, k * 3 + 3);
    const alike = c > 0 && toC > 0 && c >= MIN_CONFIDENCE === toC >= MIN_CONFIDENCE;
    if (alike) {
      keypoints.set([x + (toX - x) * part, y + (toY - y) * part, c + (toC - c) * part], k * 3);
    } else {
      keypoints.set(nearer.keypoints.subarray(k * 3, k * 3 + 3), k * 3);
    }
    if (depths) depths[k] = depthBetween(depthsBefore?.[k], depthsAfter?.[k], part, alike);
  }
  return depths ? { keypoints, depths } : { keypoints };
}

function depthBetween(before = NaN, after = NaN, part: number, alike: boolean): number {
  const between = before + (after - before) * part;
  return alike && !Number.isNaN(between) ? between : part < 0.5 ? before : after;
}
