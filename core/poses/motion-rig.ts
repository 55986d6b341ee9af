import type { RigPart } from './motion-names.ts';
import type { Vector } from './motion.ts';
import { scale } from '../vector.ts';
import { unit } from './motion-vectors.ts';

export interface RigJoint {
  readonly name: string;
  /** Index of the joint it hangs on, or -1. */
  readonly parent: number;
}

/** A hierarchy of joints in motion, as motion files hold it, in the file's own axes and units. */
export interface Rig {
  readonly joints: readonly RigJoint[];
  readonly fps: number;
  readonly frameCount: number;
  /** Places and rotations at rest: 3x4 row-major, joint to world, one a joint. */
  readonly rest: Float64Array;
  /** Writes the same for a frame. */
  readonly evaluate: (frame: number, transforms: Float64Array) => void;
  /** The direction up, where the file's format states it. */
  readonly up?: Vector;
  /** Which joint is what, where the file itself says so. */
  readonly parts?: ReadonlyMap<RigPart, number>;
}

/** Where each part of a person is found in a rig. */
export type RigParts = ReadonlyMap<RigPart, number>;

export const positionOf = (transforms: Float64Array, joint: number): Vector => [
  transforms[joint * 12 + 3] ?? NaN,
  transforms[joint * 12 + 7] ?? NaN,
  transforms[joint * 12 + 11] ?? NaN,
];

/** The joint's own axes in the world, one vector an axis, scaling left out. */
export const axesOf = (transforms: Float64Array, joint: number): readonly [Vector, Vector, Vector] => {
  const column = (c: number): Vector =>
    unit([
      transforms[joint * 12 + c] ?? NaN,
      transforms[joint * 12 + 4 + c] ?? NaN,
      transforms[joint * 12 + 8 + c] ?? NaN,
    ]);
  return [column(0), column(1), column(2)];
};

export function childrenOf(joints: readonly RigJoint[]): number[][] {
  const children = joints.map((): number[] => []);
  joints.forEach(({ parent }, joint) => children[parent]?.push(joint));
  return children;
}

/** Whether `joint` hangs on `ancestor`, at any distance. */
export function hangsOn(joints: readonly RigJoint[], joint: number, ancestor: number): boolean {
  for (let at = joints[joint]?.parent ?? -1; at >= 0; at = joints[at]?.parent ?? -1) if (at === ancestor) return true;
  return false;
}

/** The end of the chain that starts at a joint, along first children. */
export function tipOf(children: readonly (readonly number[])[], joint: number): number {
  let tip = joint;
  for (let next = children[tip]?.[0]; next !== undefined; next = children[tip]?.[0]) tip = next;
  return tip;
}

/** The coordinate axis, with its sign, that a direction follows to within 25 degrees. */
export function nearestAxis(direction: Vector): Vector | undefined {
  const along = unit(direction);
  const axis = [0, 1, 2].find((c) => Math.abs(along[c as 0 | 1 | 2]) > 0.9);
  if (axis === undefined) return undefined;
  const sign = Math.sign(along[axis as 0 | 1 | 2]);
  return scale([axis === 0 ? 1 : 0, axis === 1 ? 1 : 0, axis === 2 ? 1 : 0], sign);
}
