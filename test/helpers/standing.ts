import { COCO, type CocoJoints } from '../../native/poses/detect/coco-joints.ts';

/** Offsets from the middle of the hips of someone who stands and faces the camera: left is at the right. */
const OFFSETS: readonly (readonly [number, number])[] = [
  ...([
    [0, -60],
    [3, -63],
    [-3, -63],
    [7, -61],
    [-7, -61],
  ] as const),
  ...([
    [15, -40],
    [-15, -40],
    [22, -20],
    [-22, -20],
    [25, 0],
    [-25, 0],
  ] as const),
  ...([
    [8, 0],
    [-8, 0],
    [8, 40],
    [-8, 40],
    [8, 80],
    [-8, 80],
  ] as const),
];

/** The 17 joints of someone who stands, 140 pixels from nose to ankle; all seen, or only some. */
export function standing({
  x = 100,
  y = 100,
  seen,
}: { x?: number; y?: number; seen?: readonly number[] } = {}): CocoJoints {
  const joints = new Float32Array(COCO.count * 3);
  OFFSETS.forEach(([dx, dy], k) => {
    joints.set([x + dx, y + dy, !seen || seen.includes(k) ? 1 : 0], k * 3);
  });
  return joints;
}
