import { convertPoses } from '../poses/convert.ts';
import type { SkeletonId } from '../poses/skeleton.ts';
import { withJoints } from './edit-record.ts';
import { completePoints, isKnown, pointCount, tidyPoints, type Points } from './points.ts';

/** Joints of a pose, to be put into others. */
export interface CopiedPose {
  readonly skeleton: SkeletonId;
  readonly points: Points;
  /** Which of them; the others are not touched where it is pasted. */
  readonly joints: readonly number[];
}

/** `joints` empty: the whole pose, with what it leaves unknown. */
export const copyPose = (skeleton: SkeletonId, points: Points, joints: readonly number[]): CopiedPose => ({
  skeleton,
  points: completePoints(points, skeleton),
  joints: joints.length > 0 ? joints : Array.from({ length: pointCount(skeleton) }, (_, joint) => joint),
});

/** `points` with the copied joints. Into another skeleton come the joints that both have and that are known. */
export function pastePose(points: Points, skeleton: SkeletonId, copied: CopiedPose): Points {
  if (copied.skeleton === skeleton) return withJoints(points, copied.points, copied.joints);
  const picked = withJoints(new Array<number>(copied.points.length).fill(0), copied.points, copied.joints);
  const [converted] = convertPoses(
    // The size is not looked at: joints stay where they are.
    { skeleton: copied.skeleton, width: 1, height: 1, fps: 1, frames: [{ keypoints: Float32Array.from(picked) }] },
    skeleton,
  ).frames;
  const from = converted ? tidyPoints(converted.keypoints) : [];
  const joints = Array.from({ length: pointCount(skeleton) }, (_, joint) => joint).filter((k) => isKnown(from, k));
  return withJoints(points, from, joints);
}
