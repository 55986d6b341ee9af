import { LIMB_GROUPS, type LimbGroup } from '../document/document.ts';
import { SKELETONS, type SkeletonId } from '../poses/skeleton.ts';

/** What a group is called in the interface. */
export const GROUP_LABELS: Readonly<Record<LimbGroup, string>> = {
  head: 'Head',
  torso: 'Torso',
  rightArm: 'Right arm',
  leftArm: 'Left arm',
  rightLeg: 'Right leg',
  leftLeg: 'Left leg',
  rightHand: 'Right hand',
  leftHand: 'Left hand',
  face: 'Face',
};

const HEAD = /^(nose|(left|right)_(eye|ear))$/;
const TORSO = /^(neck|(left|right)_(shoulder|hip))$/;

function groupOfName(name: string): LimbGroup {
  if (name.startsWith('face_')) return 'face';
  if (HEAD.test(name)) return 'head';
  if (TORSO.test(name)) return 'torso';
  const side = name.startsWith('right_') ? 'right' : 'left';
  if (/_(elbow|wrist)$/.test(name) && !name.includes('hand')) return `${side}Arm`;
  return /_(knee|ankle|heel|big_toe|small_toe)$/.test(name) ? `${side}Leg` : `${side}Hand`;
}

const groupsBySkeleton: Readonly<Record<SkeletonId, readonly LimbGroup[]>> = {
  openpose18: SKELETONS.openpose18.names.map(groupOfName),
  'coco-wholebody133': SKELETONS['coco-wholebody133'].names.map(groupOfName),
};

/**
 * The group whose keys a joint belongs to. Shoulders and hips are the torso's: where they are decides where the limbs
 * begin, and a limb's key is how it bends from there.
 */
export const groupOf = (skeleton: SkeletonId, joint: number): LimbGroup => groupsBySkeleton[skeleton][joint] ?? 'torso';

/** Joint indices of a group; empty where the skeleton has none of it. */
export const jointsOf = (skeleton: SkeletonId, group: LimbGroup): readonly number[] =>
  groupsBySkeleton[skeleton].flatMap((of, joint) => (of === group ? [joint] : []));

/** The groups that a skeleton has, in the order of `LIMB_GROUPS`. */
export const groupsOf = (skeleton: SkeletonId): readonly LimbGroup[] =>
  LIMB_GROUPS.filter((group) => groupsBySkeleton[skeleton].includes(group));

/** Groups of the joints, each once, in the order of `LIMB_GROUPS`. */
export function groupsOfJoints(skeleton: SkeletonId, joints: Iterable<number>): LimbGroup[] {
  const found = new Set(Array.from(joints, (joint) => groupOf(skeleton, joint)));
  return LIMB_GROUPS.filter((group) => found.has(group));
}

/** What a joint is called in the interface: "Right wrist", "Left index finger 2", "Face 31". */
export function jointLabel(skeleton: SkeletonId, joint: number): string {
  const name = SKELETONS[skeleton].names[joint] ?? `joint_${joint}`;
  const words = name
    .replace(/_(index|middle|ring|pinky)_/, '_$1_finger_')
    .replace('_hand_wrist', '_hand_root')
    .replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
