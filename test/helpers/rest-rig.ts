import { MOTION_JOINTS, type Motion } from '../../core/poses/motion.ts';
import { add, type Vector } from '../../core/vector.ts';
import { perJoint, type Joint } from '../../native/puppet/rig/joints.ts';
import { makeRig, type Rig } from '../../native/puppet/rig/rig.ts';

const HALF: Readonly<Record<string, Vector>> = {
  shoulder: [0.2, 0, 1.3],
  elbow: [0.45, 0, 1.25],
  wrist: [0.68, 0, 1.2],
  fingers: [0.8, 0, 1.18],
  hip: [0.1, 0, 0.85],
  knee: [0.13, 0, 0.46],
  ankle: [0.15, 0, 0.07],
  toes: [0.16, -0.15, 0.01],
};
const MIDDLE: Readonly<Record<string, Vector>> = {
  hips: [0, 0, 0.85],
  spine: [0, 0, 1.06],
  neck: [0, 0, 1.3],
  crown: [0, 0, 1.6],
};

/** A figure of 1.6 that faces -y with its arms out to the sides, made `size` times as large. */
export function restRig(size = 1): Rig {
  const at = (joint: Joint): Vector => {
    const [side = '', part = ''] = joint.split('_');
    const [x, y, z] = HALF[part] ?? MIDDLE[joint] ?? [0, 0, 0];
    return [(side === 'right' ? -x : x) * size, y * size, z * size];
  };
  return makeRig(perJoint(at));
}

const FACE: Readonly<Record<string, Vector>> = {
  nose: [0, -0.11, 0.18],
  right_eye: [-0.03, -0.09, 0.21],
  left_eye: [0.03, -0.09, 0.21],
  right_ear: [-0.07, 0, 0.19],
  left_ear: [0.07, 0, 0.19],
};

/** A moment of the motion of a person whose joints are those of a rig; heels, toes and fingers unknown unless given. */
export function frameOf({ joints }: Rig, changed: Readonly<Record<string, Vector>> = {}): Float64Array {
  const frame = new Float64Array(MOTION_JOINTS.length * 3).fill(NaN);
  const known = new Map<string, Vector>(Object.entries(joints));
  for (const [index, name] of MOTION_JOINTS.entries()) {
    const face = FACE[name];
    const point = changed[name] ?? (face ? add(joints.neck, face) : known.get(name));
    if (point) frame.set(point, index * 3);
  }
  return frame;
}

export const motionOf = (frames: readonly Float64Array[], fps = 12): Motion => ({ fps, frames });
