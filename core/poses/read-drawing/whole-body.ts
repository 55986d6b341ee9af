import { convertPoses } from '../convert.ts';
import type { Pose } from '../pose-sequence.ts';
import { WHOLEBODY } from '../skeleton.ts';
import type { ReadSkeleton } from './read-skeleton-picture.ts';

/** All that was read of a drawing as one pose of `coco-wholebody133`. */
export function wholeBody({ pose, hands, face }: Pick<ReadSkeleton, 'pose' | 'hands' | 'face'>): Pose {
  // A size that says nothing: keypoints stay as they are.
  const body = { skeleton: 'openpose18', width: 1, height: 1, fps: 1, frames: [pose] } as const;
  const [whole] = convertPoses(body, 'coco-wholebody133').frames;
  const keypoints = whole?.keypoints ?? new Float32Array(WHOLEBODY.count * 3);
  if (face) keypoints.set(face, WHOLEBODY.face * 3);
  if (hands.left) keypoints.set(hands.left, WHOLEBODY.leftHand * 3);
  if (hands.right) keypoints.set(hands.right, WHOLEBODY.rightHand * 3);
  return { keypoints };
}
