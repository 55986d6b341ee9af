/** The joints of a puppet: those of `openpose18` without the face, and the ends of head, hands and feet. */
export const JOINTS = [
  'hips',
  'spine',
  'neck',
  'crown',
  'right_shoulder',
  'right_elbow',
  'right_wrist',
  'right_fingers',
  'left_shoulder',
  'left_elbow',
  'left_wrist',
  'left_fingers',
  'right_hip',
  'right_knee',
  'right_ankle',
  'right_toes',
  'left_hip',
  'left_knee',
  'left_ankle',
  'left_toes',
] as const;

export type Joint = (typeof JOINTS)[number];

/** Something for every joint. */
export type PerJoint<T> = Readonly<Record<Joint, T>>;

export type Side = 'right' | 'left';
export const SIDES: readonly Side[] = ['right', 'left'];

/** The same for every joint, worked out one by one. */
export function perJoint<T>(make: (joint: Joint) => T): PerJoint<T> {
  return Object.fromEntries(JOINTS.map((joint) => [joint, make(joint)])) as Record<Joint, T>;
}
