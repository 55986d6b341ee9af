import { SKELETONS, type SkeletonId } from '../poses/skeleton.ts';

/**
 * The keypoints of one pose as a project keeps them: [K * 3] (x, y, confidence) in pixels of the frame; confidence 0: there
 * is no such point. Every function of this folder takes such lists and gives new ones.
 */
export type Points = readonly number[];

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Coordinates beyond are no places that anybody meant, and a project refuses them. */
const MAX_COORDINATE = 1e5;

/** How many keypoints a skeleton has. */
export const pointCount = (skeleton: SkeletonId): number => SKELETONS[skeleton].names.length;

/** The list in the skeleton's length: what is missing is unknown, what is too much is dropped. */
export const completePoints = (points: Points, skeleton: SkeletonId): Points =>
  points.length === pointCount(skeleton) * 3
    ? points
    : Array.from({ length: pointCount(skeleton) * 3 }, (_, i) => points[i] ?? 0);

export const confidenceAt = (points: Points, joint: number): number => points[joint * 3 + 2] ?? 0;

export const isKnown = (points: Points, joint: number): boolean => confidenceAt(points, joint) > 0;

/** Undefined where the point is unknown. */
export function placeAt(points: Points, joint: number): Place | undefined {
  return isKnown(points, joint) ? { x: points[joint * 3] ?? 0, y: points[joint * 3 + 1] ?? 0 } : undefined;
}

/** Mean of the joints' places; undefined where one is unknown or none is asked for. */
export function middleOf(points: Points, joints: readonly number[]): Place | undefined {
  const places = joints.flatMap((joint) => placeAt(points, joint) ?? []);
  if (places.length === 0 || places.length < joints.length) return undefined;
  const sum = places.reduce((a, b) => ({ x: a.x + b.x, y: a.y + b.y }), { x: 0, y: 0 });
  return { x: sum.x / places.length, y: sum.y / places.length };
}

/** Moves a joint within a list that its caller owns; unknown joints stay unknown. */
export function setPlace(points: number[], joint: number, { x, y }: Place): void {
  points[joint * 3] = tidyCoordinate(x);
  points[joint * 3 + 1] = tidyCoordinate(y);
}

/** Hundredths of a pixel, as pose files have them: a project grows by digits that nobody sees. */
export const tidyCoordinate = (value: number): number =>
  Number.isFinite(value) ? Math.round(Math.min(Math.max(value, -MAX_COORDINATE), MAX_COORDINATE) * 100) / 100 : 0;

/** Keypoints of 32 bits as a project keeps them, see `tidyCoordinate`; confidences in thousandths. */
export const tidyPoints = (keypoints: Float32Array): number[] =>
  Array.from(keypoints, (value, i) => (i % 3 === 2 ? Math.round(value * 1000) / 1000 : tidyCoordinate(value)));

export const distance = (a: Place, b: Place): number => Math.hypot(a.x - b.x, a.y - b.y);

/** Joints whose place or confidence differs. */
export function changedJoints(before: Points, after: Points): number[] {
  const changed: number[] = [];
  for (let i = 0; i < Math.max(before.length, after.length); i += 3) {
    const same = [0, 1, 2].every((part) => (before[i + part] ?? 0) === (after[i + part] ?? 0));
    if (!same) changed.push(i / 3);
  }
  return changed;
}

/** What is drawn around: smallest and largest coordinates of the joints that are known; undefined where none is. */
export function boundsOf(
  points: Points,
  joints: readonly number[],
): { readonly min: Place; readonly max: Place } | undefined {
  const places = joints.flatMap((joint) => placeAt(points, joint) ?? []);
  if (places.length === 0) return undefined;
  const [xs, ys] = [places.map(({ x }) => x), places.map(({ y }) => y)];
  return {
    min: { x: Math.min(...xs), y: Math.min(...ys) },
    max: { x: Math.max(...xs), y: Math.max(...ys) },
  };
}
