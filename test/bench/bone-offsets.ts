import { median } from './statistics.ts';

export type Point = readonly [number, number];

/** [frame][joint], lengths of the trunk: by how much each found joint is off, and where its bone points in the picture. */
export interface Errors {
  readonly off: readonly (readonly Point[])[];
  /** Unit vectors, from the joint before towards this one. */
  readonly along: readonly (readonly Point[])[];
}

export const NOWHERE: Point = [NaN, NaN];

export const length = ([x, y]: Point): number => Math.hypot(x, y);

/** The unit vector from a to b. */
export function direction(a: Point, b: Point): Point {
  const [x, y] = [b[0] - a[0], b[1] - a[1]];
  const size = Math.max(1e-6, Math.hypot(x, y));
  return [x / size, y / size];
}

/**
 * Every joint's median offset along its bone and across it, the same on both sides of the body: how the places that a detector
 * marks differ from the bones' ends. `partners` has each joint's counterpart, itself in the middle of the body.
 */
export function boneOffsets(errors: Errors, partners: readonly number[]): Point[] {
  const turned = inBones(errors);
  return partners.map((partner, joint): Point => {
    const pairs = turned.map((row) => [row[joint] ?? NOWHERE, row[partner] ?? NOWHERE] as const);
    // Across a bone the two sides are mirror images.
    return [median(pairs.flatMap(([a, b]) => [a[0], b[0]])), median(pairs.flatMap(([a, b]) => [a[1], -b[1]]))];
  });
}

/** What is left of the errors without those offsets. One half of the frames gives them to the other, so that none explains itself. */
export function withoutBoneOffsets({ off, along }: Errors, partners: readonly number[]): Point[][] {
  const half = off.length >> 1;
  const parts = [
    { off: off.slice(0, half), along: along.slice(0, half) },
    { off: off.slice(half), along: along.slice(half) },
  ] as const;
  return parts.flatMap((part, i) => {
    const offsets = boneOffsets(parts[i === 0 ? 1 : 0], partners);
    return inBones(part).map((row) =>
      row.map(([x, y], joint): Point => [x - (offsets[joint]?.[0] ?? 0), y - (offsets[joint]?.[1] ?? 0)]),
    );
  });
}

/** Errors turned into (along the bone, across it). */
const inBones = ({ off, along }: Errors): Point[][] =>
  off.map((row, frame) =>
    row.map(([x, y], joint): Point => {
      const [ax, ay] = along[frame]?.[joint] ?? [1, 0];
      return [x * ax + y * ay, y * ax - x * ay];
    }),
  );
