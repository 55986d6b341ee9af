import type { Pose } from '../../../core/poses/pose-sequence.ts';
import { WHOLEBODY } from '../../../core/poses/skeleton.ts';
import { BLAZEPOSE, BLAZEPOSE_COCO, type BlazePoseResult } from './blazepose.ts';
import { COCO, jointAt, scoreOf, type CocoJoints } from './coco-joints.ts';
import type { Face } from './face.ts';
import type { Hand } from './hands.ts';

export interface BodyParts {
  readonly joints: CocoJoints;
  readonly blazepose?: BlazePoseResult | undefined;
  readonly leftHand?: Hand | undefined;
  readonly rightHand?: Hand | undefined;
  readonly face?: Face | undefined;
}

/** Feet that BlazePose knows: index in `coco-wholebody133`, landmark. It has no small toe. */
const FEET: readonly (readonly [number, number])[] = [
  [WHOLEBODY.feet, BLAZEPOSE.leftToe],
  [WHOLEBODY.feet + 2, BLAZEPOSE.leftHeel],
  [WHOLEBODY.feet + 3, BLAZEPOSE.rightToe],
  [WHOLEBODY.feet + 5, BLAZEPOSE.rightHeel],
];

/** Puts what was found together as one pose of `coco-wholebody133`; what was not found has confidence 0. */
export function wholeBodyPose({ joints, blazepose, leftHand, rightHand, face }: BodyParts): Pose {
  const keypoints = new Float32Array(WHOLEBODY.count * 3);
  const depths = new Float32Array(WHOLEBODY.count).fill(NaN);
  keypoints.set(joints);
  if (!blazepose) return { keypoints };
  const { landmarks } = blazepose;
  const depthOf = (landmark: number): number => landmarks[landmark * 4 + 2] ?? NaN;
  BLAZEPOSE_COCO.forEach((landmark, k) => (depths[k] = depthOf(landmark)));
  for (const [k, landmark] of FEET) {
    const [x = 0, y = 0, depth = NaN, visibility = 0] = landmarks.subarray(landmark * 4, landmark * 4 + 4);
    keypoints.set([x, y, visibility], k * 3);
    depths[k] = depth;
  }
  /** Points with depths of their own, hung on a joint of the body. */
  const place = (first: number, points: Float32Array, joint: number, confidence: number): void => {
    for (let k = 0; k < points.length / 3; k++) {
      keypoints.set([points[k * 3] ?? 0, points[k * 3 + 1] ?? 0, confidence], (first + k) * 3);
      depths[first + k] = (depths[joint] ?? NaN) + (points[k * 3 + 2] ?? NaN);
    }
  };
  if (face) place(WHOLEBODY.face, face.points, COCO.nose, face.presence);
  if (leftHand) place(WHOLEBODY.leftHand, leftHand.points, COCO.leftWrist, leftHand.presence);
  if (rightHand) place(WHOLEBODY.rightHand, rightHand.points, COCO.rightWrist, rightHand.presence);
  return { keypoints, depths };
}

/** The rectangle around the keypoints above `limit`; nothing when there are none. */
export function keypointBox(
  keypoints: Float32Array,
  limit: number,
): { x: number; y: number; width: number; height: number } | undefined {
  const known = Array.from({ length: keypoints.length / 3 }, (_, k) => k).filter((k) => scoreOf(keypoints, k) > limit);
  if (known.length === 0) return undefined;
  const points = known.map((k) => jointAt(keypoints, k));
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}
