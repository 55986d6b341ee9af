import { jointAt, MOTION_JOINTS, type Motion } from '../../../core/poses/motion.ts';
import {
  aboutAxis,
  between,
  blend,
  conjugate,
  IDENTITY,
  multiply,
  rotate,
  type Quaternion,
} from '../../../core/quaternion.ts';
import { length, mix, normalize, subtract, type Vector } from '../../../core/vector.ts';
import { BONE, BONES } from '../rig/bones.ts';
import { SIDES, type Joint, type Side } from '../rig/joints.ts';
import type { Rig } from '../rig/rig.ts';
import { partAxes } from './figure-axes.ts';
import { headTurns } from './head-turn.ts';
import { placeRoots, type Placement } from './placement.ts';
import { alignSigns, jointPositions, type BoneRotations } from './posed-bones.ts';

/** Where every bone of a rig is at a frame. */
export interface RigPose {
  readonly rotations: BoneRotations;
  /** Position of each bone's joint. */
  readonly origins: readonly Vector[];
}

/** A sole that is shorter than this over the ground, in parts of the shin, does not tell where it points. */
const SOLE = 0.25;
/** A foot follows its shin by this much where the motion does not know it. */
const FOOT_FOLLOWS = 0.3;

/**
 * Moves a rig as the person of a motion moves (DESIGN 7.5): every bone takes the direction of the person's, and keeps its own
 * length; the feet meet the ground when the person's do.
 */
export function retarget(motion: Motion, rig: Rig, placement: Placement): RigPose[] {
  const chests = motion.frames.map((frame) => partAxes(lineOf(frame, 'shoulder'), spineOf(frame)));
  const heads = headTurns(motion, chests, placement.type === 'same' ? placement.from : undefined);
  const rotations = motion.frames.map((frame, at) => rotateBones(frame, rig, heads[at] ?? IDENTITY));
  const roots = placeRoots(motion, rig, rotations, placement);
  let before = IDENTITY;
  return rotations.map((turned, at) => {
    const aligned = alignSigns(turned, before);
    before = aligned[0] ?? before;
    return { rotations: aligned, origins: jointPositions(rig, aligned, roots[at] ?? [0, 0, 0]) };
  });
}

const pointOf = (frame: Float64Array, name: string): Vector => jointAt(frame, MOTION_JOINTS.indexOf(name));

const lineOf = (frame: Float64Array, joint: 'shoulder' | 'hip'): Vector =>
  subtract(pointOf(frame, `left_${joint}`), pointOf(frame, `right_${joint}`));

const spineOf = (frame: Float64Array): Vector =>
  subtract(pointOf(frame, 'neck'), mix(pointOf(frame, 'right_hip'), pointOf(frame, 'left_hip'), 0.5));

function rotateBones(frame: Float64Array, rig: Rig, head: Quaternion): Quaternion[] {
  const { joints } = rig;
  const restSpine = subtract(joints.neck, joints.hips);
  const turned = (motionLeft: Vector, restLeft: Vector): Quaternion =>
    multiply(partAxes(motionLeft, spineOf(frame)), conjugate(partAxes(restLeft, restSpine)));
  const rotations: Quaternion[] = BONES.map(() => IDENTITY);
  const pelvis = turned(lineOf(frame, 'hip'), subtract(joints.left_hip, joints.right_hip));
  const chest = turned(lineOf(frame, 'shoulder'), subtract(joints.left_shoulder, joints.right_shoulder));
  rotations[BONE.pelvis] = pelvis;
  rotations[BONE.chest] = chest;
  const chestAxes = partAxes(lineOf(frame, 'shoulder'), spineOf(frame));
  const nod = multiply(multiply(chestAxes, head), conjugate(chestAxes));
  rotations[BONE.head] = multiply(nod, chest);
  for (const side of SIDES) {
    const upperArm = swing(
      chest,
      rig,
      `${side}_shoulder`,
      `${side}_elbow`,
      direction(frame, side, 'shoulder', 'elbow'),
    );
    const forearm = swing(upperArm, rig, `${side}_elbow`, `${side}_wrist`, direction(frame, side, 'elbow', 'wrist'));
    const fingers = direction(frame, side, 'wrist', 'middle_finger');
    const thigh = swing(pelvis, rig, `${side}_hip`, `${side}_knee`, direction(frame, side, 'hip', 'knee'));
    const shin = swing(thigh, rig, `${side}_knee`, `${side}_ankle`, direction(frame, side, 'knee', 'ankle'));
    rotations[BONE[`${side}_upper_arm`]] = upperArm;
    rotations[BONE[`${side}_forearm`]] = forearm;
    rotations[BONE[`${side}_hand`]] = swing(forearm, rig, `${side}_wrist`, `${side}_fingers`, fingers);
    rotations[BONE[`${side}_thigh`]] = thigh;
    rotations[BONE[`${side}_shin`]] = shin;
    rotations[BONE[`${side}_foot`]] = footRotation(frame, side, pelvis, shin);
  }
  return rotations;
}

const direction = (frame: Float64Array, side: Side, from: string, to: string): Vector =>
  subtract(pointOf(frame, `${side}_${to}`), pointOf(frame, `${side}_${from}`));

/** The parent's rotation and the smallest further one that gives the bone its direction; the parent's alone without one. */
function swing(parent: Quaternion, { joints }: Rig, from: Joint, to: Joint, wanted: Vector): Quaternion {
  if (!wanted.every(Number.isFinite) || !(length(wanted) > 0)) return parent;
  const rest = rotate(parent, subtract(joints[to], joints[from]));
  return multiply(between(rest, wanted), parent);
}

/**
 * Feet at rest are flat, whichever way the picture shows them. Where the motion knows toe and heel, the foot turns and tilts as they
 * do; else it stays flat, turned as the pelvis is, and follows the shin a little.
 */
function footRotation(frame: Float64Array, side: Side, pelvis: Quaternion, shin: Quaternion): Quaternion {
  const sole = subtract(pointOf(frame, `${side}_toe`), pointOf(frame, `${side}_heel`));
  const [x, y, z] = normalize(sole);
  if (Math.hypot(sole[0], sole[1]) > SOLE * length(direction(frame, side, 'knee', 'ankle'))) {
    const heading = aboutAxis([0, 0, 1], Math.atan2(x, -y));
    return multiply(heading, aboutAxis([1, 0, 0], -Math.asin(Math.min(Math.max(z, -1), 1))));
  }
  return blend(headingOf(pelvis), shin, FOOT_FOLLOWS);
}

/** The part of a rotation that turns about the vertical. */
function headingOf(q: Quaternion): Quaternion {
  const [x, y] = rotate(q, [0, -1, 0]);
  return Math.hypot(x, y) > 1e-6 ? aboutAxis([0, 0, 1], Math.atan2(x, -y)) : IDENTITY;
}
