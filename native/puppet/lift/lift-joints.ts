import type { BodyJoint } from '../../../core/poses/skeleton.ts';
import { SIDES, type Side } from '../rig/joints.ts';

export { SIDES, type Side };

/** Joints of the trunk and the limbs: those that every pose has or is given. */
export const TRUNK_AND_LIMBS = [
  'neck',
  'right_shoulder',
  'left_shoulder',
  'right_hip',
  'left_hip',
  'right_elbow',
  'left_elbow',
  'right_wrist',
  'left_wrist',
  'right_knee',
  'left_knee',
  'right_ankle',
  'left_ankle',
] as const satisfies readonly BodyJoint[];

export const FACE = ['nose', 'right_eye', 'left_eye', 'right_ear', 'left_ear'] as const satisfies readonly BodyJoint[];

/** The ends of feet and hands, which only some skeletons know. */
export const ENDS = [
  'right_toe',
  'left_toe',
  'right_heel',
  'left_heel',
  'right_middle_finger',
  'left_middle_finger',
] as const;

export type CoreJoint = (typeof TRUNK_AND_LIMBS)[number];
export type FaceJoint = (typeof FACE)[number];
export type EndJoint = (typeof ENDS)[number];
export type LiftJoint = CoreJoint | FaceJoint | EndJoint;

export const LIFT_JOINTS: readonly LiftJoint[] = [...TRUNK_AND_LIMBS, ...FACE, ...ENDS];

/** Something for each of some joints. */
export function forEachOf<Name extends string, T>(names: readonly Name[], make: (name: Name) => T): Record<Name, T> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, T>;
}
