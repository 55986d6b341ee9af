/**
 * The 17 body joints of COCO, which every network here speaks: rows (x, y, score) in pixels of the picture, the order of the
 * first 17 keypoints of `coco-wholebody133`.
 */
export type CocoJoints = Float32Array;

export const COCO = {
  nose: 0,
  leftEye: 1,
  rightEye: 2,
  leftEar: 3,
  rightEar: 4,
  leftShoulder: 5,
  rightShoulder: 6,
  leftElbow: 7,
  rightElbow: 8,
  leftWrist: 9,
  rightWrist: 10,
  leftHip: 11,
  rightHip: 12,
  leftKnee: 13,
  rightKnee: 14,
  leftAnkle: 15,
  rightAnkle: 16,
  count: 17,
} as const;

export type Point = readonly [x: number, y: number];

export const jointAt = (joints: Float32Array, index: number): Point => [
  joints[index * 3] ?? 0,
  joints[index * 3 + 1] ?? 0,
];

export const scoreOf = (joints: Float32Array, index: number): number => joints[index * 3 + 2] ?? 0;

export const middle = (a: Point, b: Point): Point => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];

export const distance = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

export const midHip = (joints: Float32Array): Point =>
  middle(jointAt(joints, COCO.leftHip), jointAt(joints, COCO.rightHip));

export const midShoulder = (joints: Float32Array): Point =>
  middle(jointAt(joints, COCO.leftShoulder), jointAt(joints, COCO.rightShoulder));

/** From the middle of the hips to that of the shoulders, in pixels. */
export const torsoLength = (joints: Float32Array): number => distance(midHip(joints), midShoulder(joints));

/** Indices of the joints whose score is above `limit`. */
export const seenJoints = (joints: Float32Array, limit: number): number[] =>
  Array.from({ length: COCO.count }, (_, index) => index).filter((index) => scoreOf(joints, index) > limit);

/** The mean score of all 17. */
export const meanScore = (joints: Float32Array): number =>
  Array.from({ length: COCO.count }, (_, index) => scoreOf(joints, index)).reduce((sum, score) => sum + score, 0) /
  COCO.count;

/** `joints` with left and right named as `reference` names them. */
export function sidesAs(reference: CocoJoints, joints: CocoJoints): CocoJoints {
  const mirrored = exchangeSides(joints);
  return meanDistance(mirrored, reference) < meanDistance(joints, reference) ? mirrored : joints;
}

/** The same joints with left called right: in COCO's order every left joint stands before its right one. */
export function exchangeSides(joints: CocoJoints): CocoJoints {
  const result = Float32Array.from(joints);
  for (let left: number = COCO.leftEye; left < COCO.count; left += 2) {
    result.set(joints.subarray((left + 1) * 3, (left + 2) * 3), left * 3);
    result.set(joints.subarray(left * 3, (left + 1) * 3), (left + 1) * 3);
  }
  return result;
}

/** The mean distance of the joints from the shoulders down that `a` sees, in pixels. */
export function meanDistance(a: CocoJoints, b: CocoJoints): number {
  const pairs: (readonly [Point, Point])[] = [];
  for (let k: number = COCO.leftShoulder; k < COCO.count; k++) {
    if (scoreOf(a, k) > 0.2) pairs.push([jointAt(a, k), jointAt(b, k)]);
  }
  return pairs.length === 0 ? Infinity : pairs.reduce((sum, [p, q]) => sum + distance(p, q), 0) / pairs.length;
}
