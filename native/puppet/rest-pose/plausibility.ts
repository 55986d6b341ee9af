import { MIN_CONFIDENCE, type Pose } from '../../../core/poses/pose-sequence.ts';
import { COCO_WHOLEBODY133 } from '../../../core/poses/skeleton.ts';
import { apart, between, type Point } from '../body/grid.ts';
import { extentOf, type Silhouette } from './silhouette.ts';

const BODY_JOINTS = ['shoulder', 'elbow', 'wrist', 'hip', 'knee', 'ankle'].flatMap((joint) =>
  ['right', 'left'].map((side) => `${side}_${joint}`),
);

/** Bones whose way must lead through the character. */
const WAYS = ['right', 'left'].flatMap((side) =>
  (
    [
      ['shoulder', 'elbow'],
      ['elbow', 'wrist'],
      ['hip', 'knee'],
      ['knee', 'ankle'],
      ['shoulder', 'hip'],
    ] as const
  ).map(([from, to]) => [`${side}_${from}`, `${side}_${to}`] as const),
);

/** Where a joint of a pose is, in cells of the silhouette; undefined where it is unknown. */
function jointIn({ keypoints }: Pose, name: string, cell: number): Point | undefined {
  const index = COCO_WHOLEBODY133.names.indexOf(name) * 3;
  const known = (keypoints[index + 2] ?? 0) >= MIN_CONFIDENCE;
  return known ? [(keypoints[index] ?? 0) / cell, (keypoints[index + 1] ?? 0) / cell] : undefined;
}

/**
 * How well a pose fits an outline, 0 to 1: are the bones within it, does the pose reach from its top to its bottom, and are
 * its limbs of some length? A detector is sure of itself also where it sees a man in a cloud; the outline knows better.
 */
export function plausibility(pose: Pose, silhouette: Silhouette): number {
  const extent = extentOf(silhouette);
  if (!extent) return 0;
  const joint = (name: string): Point | undefined => jointIn(pose, name, silhouette.cell);
  const known = BODY_JOINTS.filter((name) => joint(name)).length / BODY_JOINTS.length;
  if (known < 0.5) return 0;
  const along: number[] = [];
  for (const [from, to] of WAYS) {
    const [a, b] = [joint(from), joint(to)];
    if (!a || !b) continue;
    for (const t of [0, 0.25, 0.5, 0.75, 1]) along.push(isNear(silhouette, between(a, b, t)) ? 1 : 0);
  }
  const inside = along.reduce((sum, value) => sum + value, 0) / Math.max(along.length, 1);
  const feet = ['right_ankle', 'left_ankle'].flatMap((name) => joint(name)?.[1] ?? []);
  const tops = ['nose', 'right_eye', 'left_eye', 'right_shoulder', 'left_shoulder'].flatMap(
    (name) => joint(name)?.[1] ?? [],
  );
  const reach = Math.max(...feet, -Infinity) - Math.min(...tops, Infinity);
  const tall = Math.min(1, Math.max(0, reach) / (0.7 * extent.height));
  return inside * tall * (0.5 + 0.5 * known) * upright(joint, extent.height);
}

/** Whether shoulders, hips and feet follow one another with some distance between them. */
function upright(joint: (name: string) => Point | undefined, height: number): number {
  const middle = (name: string): Point | undefined => {
    const [right, left] = [joint(`right_${name}`), joint(`left_${name}`)];
    return right && left ? between(right, left, 0.5) : (right ?? left);
  };
  const [shoulders, hips, ankles] = [middle('shoulder'), middle('hip'), middle('ankle')];
  if (!shoulders || !hips || !ankles) return 0.5;
  const long = apart(shoulders, hips) > 0.08 * height && apart(hips, ankles) > 0.08 * height;
  return long ? 1 : 0.3;
}

/** Whether a cell or one next to it belongs to the character. */
function isNear({ width, height, inside }: Silhouette, [x, y]: Point): boolean {
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) {
      const [column, row] = [Math.floor(x) + dx, Math.floor(y) + dy];
      if (column >= 0 && row >= 0 && column < width && row < height && inside[row * width + column]) return true;
    }
  }
  return false;
}
