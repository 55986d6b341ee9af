import type { Pose, PoseSequence } from './pose-sequence.ts';
import { SKELETONS, type SkeletonId } from './skeleton.ts';

/** The pose in a mirror: left and right exchanged, x counted from the other side of a frame `width` pixels wide. */
export function mirrorPose({ keypoints, depths }: Pose, skeleton: SkeletonId, width: number): Pose {
  const partners = partnersOf(skeleton);
  const mirrored = new Float32Array(keypoints.length);
  partners.forEach((partner, k) => {
    const [x = 0, y = 0, confidence = 0] = keypoints.subarray(partner * 3, partner * 3 + 3);
    mirrored.set(confidence > 0 ? [width - x, y, confidence] : [0, 0, 0], k * 3);
  });
  if (!depths) return { keypoints: mirrored };
  return { keypoints: mirrored, depths: Float32Array.from(partners, (partner) => depths[partner] ?? NaN) };
}

/** All poses in a mirror, within their own frame. */
export const mirrorPoses = (sequence: PoseSequence): PoseSequence => ({
  ...sequence,
  frames: sequence.frames.map((pose) => mirrorPose(pose, sequence.skeleton, sequence.width)),
});

function partnersOf(skeleton: SkeletonId): number[] {
  const { names, mirrored } = SKELETONS[skeleton];
  const partners = names.map((_, k) => k);
  for (const [right, left] of mirrored) [partners[right], partners[left]] = [left, right];
  return partners;
}
