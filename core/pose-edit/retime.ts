import { type MotionRecord, poseId, type PoseRecord } from '../document/document.ts';
import type { Pose, PoseSequence } from '../poses/pose-sequence.ts';
import { resampled, resamplePoses, type ResampleOptions } from '../poses/resample.ts';
import { completePoints, tidyCoordinate, tidyPoints, type Points } from './points.ts';

export interface RetimedMotion {
  readonly motion: MotionRecord;
  readonly poses: readonly PoseRecord[];
}

/**
 * A motion in another number of frames or at another rate, see `resamplePoses`. Keys and hidden joints go to the nearest
 * frame; what was detected is carried along wherever an edit hides it, so that reset still works; the loop keeps its place
 * in time. Throws a `RangeError` where no frames result.
 */
export function retimeMotion(
  motion: MotionRecord,
  poses: readonly PoseRecord[],
  options: ResampleOptions,
): RetimedMotion {
  const { frames, fps } = resampled(poses.length, motion.fps, options);
  if (frames === motion.frames) return { motion: { ...motion, fps }, poses };
  const points = resamplePoints(motion, poses, (pose) => pose.keypoints, options);
  const originals = poses.some(({ original }) => original)
    ? resamplePoints(motion, poses, (pose) => pose.original ?? pose.keypoints, options)
    : [];
  const toNew = frames === 1 || poses.length === 1 ? 0 : (frames - 1) / (poses.length - 1);
  const nearestOld = (frame: number): PoseRecord | undefined => poses[toNew === 0 ? 0 : Math.round(frame / toNew)];
  const keysAt = keysByNewFrame(poses, toNew);
  const records = points.map((pose, frame): PoseRecord => {
    const around = toNew === 0 ? [poses[0]] : [poses[Math.floor(frame / toNew)], poses[Math.ceil(frame / toNew)]];
    return {
      id: poseId(frame),
      type: 'pose',
      frame,
      keypoints: tidyPoints(pose.keypoints),
      depths: pose.depths ? tidyDepths(pose.depths) : null,
      original: around.some((old) => old?.original) ? tidyPoints(originals[frame]?.keypoints ?? pose.keypoints) : null,
      keys: [...(keysAt.get(frame) ?? [])],
      hidden: nearestOld(frame)?.hidden ?? [],
    };
  });
  const loop = motion.loop && ([Math.round(motion.loop[0] * toNew), Math.round(motion.loop[1] * toNew)] as const);
  return { motion: { ...motion, fps, frames, loop }, poses: records };
}

/** The frames `first` to `last` of a motion alone, both included. */
export function trimMotion(
  motion: MotionRecord,
  poses: readonly PoseRecord[],
  [first, last]: readonly [first: number, last: number],
): RetimedMotion {
  const kept = poses.slice(first, last + 1).map((pose, frame) => ({ ...pose, id: poseId(frame), frame }));
  // The video still begins where it began: its frames would lie under the wrong poses.
  const video = first === 0 ? motion.video : null;
  return { motion: { ...motion, video, frames: kept.length, loop: null }, poses: kept };
}

function keysByNewFrame(poses: readonly PoseRecord[], toNew: number) {
  const keys = new Map<number, Set<PoseRecord['keys'][number]>>();
  poses.forEach((pose, frame) => {
    if (pose.keys.length === 0) return;
    const at = Math.round(frame * toNew);
    keys.set(at, new Set([...(keys.get(at) ?? []), ...pose.keys]));
  });
  return keys;
}

function resamplePoints(
  motion: MotionRecord,
  poses: readonly PoseRecord[],
  pointsOf: (pose: PoseRecord) => Points,
  options: ResampleOptions,
): readonly Pose[] {
  const hasDepths = poses.some(({ depths }) => depths);
  const frames = poses.map((pose): Pose => {
    const keypoints = Float32Array.from(completePoints(pointsOf(pose), motion.skeleton));
    if (!hasDepths) return { keypoints };
    return {
      keypoints,
      depths: Float32Array.from({ length: keypoints.length / 3 }, (_, k) => pose.depths?.[k] ?? NaN),
    };
  });
  const sequence: PoseSequence = { ...motion, frames };
  return resamplePoses(sequence, options).frames;
}

function tidyDepths(depths: Float32Array): PoseRecord['depths'] {
  const tidy = Array.from(depths, (depth) => (Number.isNaN(depth) ? null : tidyCoordinate(depth)));
  return tidy.every((depth) => depth === null) ? null : tidy;
}
