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
