import type { Joint } from './joints.ts';

export interface Bone {
  readonly name: string;
  /** Index of the bone it hangs on; -1 for the first. */
  readonly parent: number;
  /** The joint it turns about, and its far end. */
  readonly from: Joint;
  readonly to: Joint;
}

const TABLE = [
  ['pelvis', '', 'hips', 'spine'],
  ['chest', 'pelvis', 'spine', 'neck'],
  ['head', 'chest', 'neck', 'crown'],
  ['right_upper_arm', 'chest', 'right_shoulder', 'right_elbow'],
  ['right_forearm', 'right_upper_arm', 'right_elbow', 'right_wrist'],
  ['right_hand', 'right_forearm', 'right_wrist', 'right_fingers'],
  ['left_upper_arm', 'chest', 'left_shoulder', 'left_elbow'],
  ['left_forearm', 'left_upper_arm', 'left_elbow', 'left_wrist'],
  ['left_hand', 'left_forearm', 'left_wrist', 'left_fingers'],
  ['right_thigh', 'pelvis', 'right_hip', 'right_knee'],
  ['right_shin', 'right_thigh', 'right_knee', 'right_ankle'],
  ['right_foot', 'right_shin', 'right_ankle', 'right_toes'],
  ['left_thigh', 'pelvis', 'left_hip', 'left_knee'],
  ['left_shin', 'left_thigh', 'left_knee', 'left_ankle'],
  ['left_foot', 'left_shin', 'left_ankle', 'left_toes'],
] as const;

export type BoneName = (typeof TABLE)[number][0];

/** The bones of a puppet, parents before children. */
export const BONES: readonly Bone[] = TABLE.map(([name, parent, from, to]) => ({
  ...{ name, from, to },
  parent: TABLE.findIndex(([other]) => other === parent),
}));

/** Index of each bone. */
export const BONE = Object.fromEntries(TABLE.map(([name], index) => [name, index])) as Readonly<
  Record<BoneName, number>
>;
