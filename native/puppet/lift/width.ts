import { dot, scale, subtract, type Vector } from '../../../core/vector.ts';
import type { LiftJoint } from './lift-joints.ts';
import { addScaled, middleRay } from './sights.ts';
import type { Tracks } from './tracks.ts';
import { softened } from './uncertainty.ts';

/** A width (of shoulders or hips) in every frame: the vector from right to left, depth unknown but for its size. */
export interface Width {
  readonly length: number;
  /** What it would be without any depth, in world units, and what each unit of depth adds: the ray to its middle. */
  readonly flat: readonly Vector[];
  readonly perDepth: readonly Vector[];
  /** The two depth differences that give it its length are `centre` plus and minus `half`. */
  readonly centre: readonly number[];
  readonly half: readonly number[];
  /** Depth differences that the source gives, NaN where it does not. */
  readonly given: readonly number[];
}

/** What is known of the distance between two joints of a pair. `depths` are those of their middle, `pixel` that of `View`. */
export function widthOf(
  tracks: Tracks,
  [left, right]: readonly [LiftJoint, LiftJoint],
  width: number,
  depths: readonly number[],
  pixel: number,
): Width {
  const flat = depths.map((depth, t) =>
    scale(subtract(tracks[left].rays[t] ?? [0, 0, 1], tracks[right].rays[t] ?? [0, 0, 1]), depth),
  );
  const perDepth = depths.map((_, t) => middleRay(tracks, left, right, t));
  const roots = flat.map((v, t) => {
    const ray = perDepth[t] ?? [0, 0, 1];
    const [a, b, c] = [dot(ray, ray), dot(v, ray), dot(v, v) - width * width];
    return { centre: -b / a, half: Math.sqrt(Math.max(0, b * b - a * c)) / a };
  });
  return {
    ...{ length: width, flat, perDepth },
    centre: roots.map(({ centre }) => centre),
    half: roots.map(({ half }) => softened(half, width)),
    given: depths.map(
      (depth, t) => ((tracks[left].depths[t] ?? NaN) - (tracks[right].depths[t] ?? NaN)) * pixel * depth,
    ),
  };
}

/** Depth of the left side behind the right one, if the left is the farther (sign 1) or the nearer one (-1). */
export const depthOf = ({ centre, half }: Width, t: number, sign: number): number =>
  (centre[t] ?? 0) + sign * (half[t] ?? 0);

/** The vector from right to left when the left side lies `depth` behind the right one. */
export const acrossAt = ({ flat, perDepth }: Width, t: number, depth: number): Vector =>
  addScaled(flat[t] ?? [0, 0, 0], perDepth[t] ?? [0, 0, 1], depth);
