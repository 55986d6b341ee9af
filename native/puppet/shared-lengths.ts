import { boneRatios } from '../../core/poses/bone-ratios.ts';
import { figureOf, middleParts, seenJoints, type Figure, type Spot } from '../../core/poses/figure.ts';
import type { PoseSequence } from '../../core/poses/pose-sequence.ts';
import { distance, mix, type Vector } from '../../core/vector.ts';
import type { BoneLengths, BoneName } from './lift/proportions.ts';
import { SIDES, type Joint, type PerJoint } from './rig/joints.ts';

const BONES = ['spine', 'shoulders', 'hips', 'upper_arm', 'forearm', 'thigh', 'shin'] as const satisfies BoneName[];
type Bone = (typeof BONES)[number];

/** A bone is the character's when its length is, in proportion, within this part of it. */
const ALIKE = 0.03;
/** As many of the bones as no two bodies share by chance; the others may never be seen at their length. */
const LEAST_ALIKE = 5;

/**
 * Lengths of a person whose proportions are the character's, in world units, `pixel` being a pixel's size there: poses that were fitted
 * to it, or drawn over it. Of a body of unusual proportions they cannot be told from the poses alone, where a short leg looks
 * like a bent one. Undefined where the person is somebody else.
 */
export function sharedLengths(
  sequence: PoseSequence,
  joints: PerJoint<Vector>,
  pixel: number,
): Partial<BoneLengths> | undefined {
  const { skeleton, frames } = sequence;
  const parts = middleParts(seenJoints(skeleton, frames), []);
  const ratios = boneRatios(
    figureOfRig(joints),
    frames.map((pose) => figureOf(pose, skeleton, parts)),
  );
  if (!ratios) return undefined;
  const alike = BONES.filter((bone) => Math.abs(ratios[bone] / ratios.whole - 1) < ALIKE);
  if (alike.length < LEAST_ALIKE) return undefined;
  const lengths = lengthsOf(joints);
  return Object.fromEntries(BONES.map((bone) => [bone, (lengths[bone] * pixel) / ratios[bone]]));
}

const SEEN = ['shoulder', 'elbow', 'wrist', 'hip', 'knee', 'ankle'].flatMap((joint) =>
  SIDES.map((side) => `${side}_${joint}`),
) as Joint[];

/** The rig as its picture shows it. */
function figureOfRig(joints: PerJoint<Vector>): Figure {
  const spot = ([x, , z]: Vector): Spot => [x, -z, NaN];
  return new Map([
    ...SEEN.map((name): [string, Spot] => [name, spot(joints[name])]),
    ['@hips', spot(mix(joints.right_hip, joints.left_hip, 0.5))],
    ['@neck', spot(mix(joints.right_shoulder, joints.left_shoulder, 0.5))],
  ]);
}

function lengthsOf(joints: PerJoint<Vector>): Record<Bone, number> {
  const pair = (from: 'shoulder' | 'elbow' | 'hip' | 'knee', to: 'elbow' | 'wrist' | 'knee' | 'ankle'): number =>
    Math.max(...SIDES.map((side) => flat(joints[`${side}_${from}`], joints[`${side}_${to}`])));
  return {
    spine: flat(mix(joints.right_hip, joints.left_hip, 0.5), mix(joints.right_shoulder, joints.left_shoulder, 0.5)),
    shoulders: flat(joints.right_shoulder, joints.left_shoulder),
    hips: flat(joints.right_hip, joints.left_hip),
    ...{ upper_arm: pair('shoulder', 'elbow'), forearm: pair('elbow', 'wrist') },
    ...{ thigh: pair('hip', 'knee'), shin: pair('knee', 'ankle') },
  };
}

/** What the picture shows of a distance. */
const flat = ([ax, , az]: Vector, [bx, , bz]: Vector): number => distance([ax, 0, az], [bx, 0, bz]);
