import type { PoseSequence } from '../../core/poses/pose-sequence.ts';
import { resamplePoses } from '../../core/poses/resample.ts';
import { MAX_FRAMES } from '../generate/contract.ts';

/** The poses in the number of frames that a clip has: `frames`, or their own number up to `MAX_FRAMES`. Says so when it is another. */
export function clipPoses(
  poses: PoseSequence,
  frames: number | undefined,
  onWarning?: (message: string) => void,
): PoseSequence {
  const count = poses.frames.length;
  const wanted = frames ?? Math.min(count, MAX_FRAMES);
  if (wanted === count) return poses;
  const how = frames === undefined ? '; --frames takes another number' : '';
  onWarning?.(`The poses are resampled from ${count} to ${wanted}, one a frame of the clip${how}.`);
  return resamplePoses(poses, { frames: wanted });
}
