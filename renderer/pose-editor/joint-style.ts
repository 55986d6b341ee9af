import { BODY_COLOURS, HAND_COLOURS, LIMB_BRIGHTNESS, type Colour } from '../../core/poses/draw/palette.ts';
import { BODY, HAND_LIMBS, SKELETONS, WHOLEBODY, type BodyJoint, type SkeletonId } from '../../core/poses/skeleton.ts';

/** How a joint is drawn in the editor. */
export interface JointStyle {
  readonly colour: Colour;
  /** Pixels of the page. */
  readonly radius: number;
}

/** A bone that is drawn; one end may be the middle of two joints. */
export interface BoneStyle {
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly colour: Colour;
  readonly width: number;
}

export interface SkeletonStyle {
  readonly joints: readonly JointStyle[];
  readonly bones: readonly BoneStyle[];
}

const WHITE: Colour = [255, 255, 255];
const HAND_JOINT: Colour = [255, 60, 60];

/** The pictures that the method makes have red and blue exchanged; the editor shows what the model sees. */
const shown = ([red, green, blue]: Colour): Colour => [blue, green, red];

const dim = ([red, green, blue]: Colour, by: number): Colour => [red * by, green * by, blue * by];

function bodyBones(skeleton: SkeletonId): BoneStyle[] {
  const { names } = SKELETONS[skeleton];
  const end = (joint: number): readonly number[] => {
    const name = SKELETONS.openpose18.names[joint] ?? '';
    const own = names.indexOf(name);
    return own >= 0 ? [own] : [names.indexOf('right_shoulder'), names.indexOf('left_shoulder')];
  };
  return SKELETONS.openpose18.limbs.map(([from, to], limb) => ({
    from: end(from),
    to: end(to),
    colour: dim(shown(BODY_COLOURS[limb] ?? WHITE), LIMB_BRIGHTNESS + 0.2),
    width: 5,
  }));
}

function handBones(first: number): BoneStyle[] {
  return HAND_LIMBS.map(([from, to], bone) => ({
    from: [first + from],
    to: [first + to],
    colour: shown(dim(HAND_COLOURS[bone] ?? WHITE, 255)),
    width: 2,
  }));
}

function footBones(): BoneStyle[] {
  const { names } = SKELETONS['coco-wholebody133'];
  return ['right', 'left'].flatMap((side) =>
    ['heel', 'big_toe', 'small_toe'].map((part) => ({
      from: [names.indexOf(`${side}_ankle`)],
      to: [names.indexOf(`${side}_${part}`)],
      colour: [150, 150, 150] as const,
      width: 1.5,
    })),
  );
}

function jointStyle(skeleton: SkeletonId, joint: number): JointStyle {
  const name = SKELETONS[skeleton].names[joint] ?? '';
  if (Object.hasOwn(BODY, name)) return { colour: shown(BODY_COLOURS[BODY[name as BodyJoint]] ?? WHITE), radius: 5 };
  if (joint < WHOLEBODY.face) return { colour: [190, 190, 190], radius: 3.5 };
  return joint < WHOLEBODY.leftHand ? { colour: WHITE, radius: 2 } : { colour: HAND_JOINT, radius: 3 };
}

const styleOf = (skeleton: SkeletonId): SkeletonStyle => ({
  joints: SKELETONS[skeleton].names.map((_, joint) => jointStyle(skeleton, joint)),
  bones:
    skeleton === 'openpose18'
      ? bodyBones(skeleton)
      : [...bodyBones(skeleton), ...footBones(), ...handBones(WHOLEBODY.leftHand), ...handBones(WHOLEBODY.rightHand)],
});

/** Colours of the method's own drawings, red and blue as in its pictures. Feet, which it does not draw, are grey. */
export const SKELETON_STYLES: Readonly<Record<SkeletonId, SkeletonStyle>> = {
  openpose18: styleOf('openpose18'),
  'coco-wholebody133': styleOf('coco-wholebody133'),
};
