/**
 * The named keypoint sets. Left and right are the character's own. Both sets are those of the field: `openpose18` is
 * OpenPose's COCO order (with a neck), `coco-wholebody133` is COCO-WholeBody's (no neck).
 */
export type SkeletonId = 'openpose18' | 'coco-wholebody133';

export interface Skeleton {
  readonly id: SkeletonId;
  /** One name a keypoint, in the order of the set. */
  readonly names: readonly string[];
  /** Pairs of keypoint indices that a bone joins, from the trunk outwards. */
  readonly limbs: readonly (readonly [number, number])[];
  /** Pairs (right, left) of keypoint indices that a mirror exchanges; what is in no pair mirrors onto itself. */
  readonly mirrored: readonly (readonly [number, number])[];
}

const OPENPOSE18_NAMES = [
  'nose',
  'neck',
  'right_shoulder',
  'right_elbow',
  'right_wrist',
  'left_shoulder',
  'left_elbow',
  'left_wrist',
  'right_hip',
  'right_knee',
  'right_ankle',
  'left_hip',
  'left_knee',
  'left_ankle',
  'right_eye',
  'left_eye',
  'right_ear',
  'left_ear',
] as const;

/** A body keypoint of `openpose18`. */
export type BodyJoint = (typeof OPENPOSE18_NAMES)[number];

/** Index of each body keypoint in `openpose18`. */
export const BODY = Object.fromEntries(OPENPOSE18_NAMES.map((name, index) => [name, index])) as Readonly<
  Record<BodyJoint, number>
>;

const COCO_BODY_NAMES = [
  'nose',
  'left_eye',
  'right_eye',
  'left_ear',
  'right_ear',
  'left_shoulder',
  'right_shoulder',
  'left_elbow',
  'right_elbow',
  'left_wrist',
  'right_wrist',
  'left_hip',
  'right_hip',
  'left_knee',
  'right_knee',
  'left_ankle',
  'right_ankle',
] as const;

const FOOT_NAMES = [
  'left_big_toe',
  'left_small_toe',
  'left_heel',
  'right_big_toe',
  'right_small_toe',
  'right_heel',
] as const;

export const FACE_POINTS = 68;
export const HAND_POINTS = 21;

/** First index of each part of `coco-wholebody133`. */
export const WHOLEBODY = { body: 0, feet: 17, face: 23, leftHand: 91, rightHand: 112, count: 133 } as const;

const FINGERS = ['thumb', 'index', 'middle', 'ring', 'pinky'] as const;

const handNames = (side: 'left' | 'right'): string[] => [
  `${side}_hand_wrist`,
  ...FINGERS.flatMap((finger) => [1, 2, 3, 4].map((joint) => `${side}_${finger}_${joint}`)),
];

/** Bones of one hand: the wrist to the root of each finger, then along it. Indices within the hand. */
export const HAND_LIMBS: readonly (readonly [number, number])[] = [0, 1, 2, 3, 4].flatMap((finger) =>
  [0, 1, 2, 3].map((joint): [number, number] => {
    const tip = finger * 4 + joint + 1;
    return [joint === 0 ? 0 : tip - 1, tip];
  }),
);

/** Indices of the 68 face points that a mirror exchanges, within the face (the iBUG 300-W order). */
export const FACE_MIRRORED: readonly (readonly [number, number])[] = [
  ...Array.from({ length: 8 }, (_, i): [number, number] => [i, 16 - i]), // jaw
  ...Array.from({ length: 5 }, (_, i): [number, number] => [17 + i, 26 - i]), // brows
  ...[31, 32].map((i): [number, number] => [i, 66 - i]), // nostrils
  ...([36, 37, 38, 39] as const).map((i): [number, number] => [i, 81 - i]), // eyes, upper lids
  ...([40, 41] as const).map((i): [number, number] => [i, 87 - i]), // eyes, lower lids
  ...([48, 49, 50] as const).map((i): [number, number] => [i, 102 - i]), // outer upper lip
  ...([58, 59] as const).map((i): [number, number] => [i, 114 - i]), // outer lower lip
  ...([60, 61] as const).map((i): [number, number] => [i, 124 - i]), // inner upper lip
  [67, 65], // inner lower lip
];

const byName = (names: readonly string[], pairs: readonly (readonly [string, string])[]): [number, number][] =>
  pairs.map(([from, to]) => [names.indexOf(from), names.indexOf(to)]);

/** Pairs (right, left) of all names that differ by the side alone. */
const sides = (names: readonly string[]): [number, number][] =>
  names.flatMap((name, right): [number, number][] =>
    name.startsWith('right_') ? [[right, names.indexOf(name.replace('right_', 'left_'))]] : [],
  );

export const OPENPOSE18: Skeleton = {
  id: 'openpose18',
  names: OPENPOSE18_NAMES,
  limbs: byName(OPENPOSE18_NAMES, [
    ['neck', 'right_shoulder'],
    ['neck', 'left_shoulder'],
    ['right_shoulder', 'right_elbow'],
    ['right_elbow', 'right_wrist'],
    ['left_shoulder', 'left_elbow'],
    ['left_elbow', 'left_wrist'],
    ['neck', 'right_hip'],
    ['right_hip', 'right_knee'],
    ['right_knee', 'right_ankle'],
    ['neck', 'left_hip'],
    ['left_hip', 'left_knee'],
    ['left_knee', 'left_ankle'],
    ['neck', 'nose'],
    ['nose', 'right_eye'],
    ['right_eye', 'right_ear'],
    ['nose', 'left_eye'],
    ['left_eye', 'left_ear'],
  ]),
  mirrored: sides(OPENPOSE18_NAMES),
};

const WHOLEBODY_NAMES: readonly string[] = [
  ...COCO_BODY_NAMES,
  ...FOOT_NAMES,
  ...Array.from({ length: FACE_POINTS }, (_, i) => `face_${i}`),
  ...handNames('left'),
  ...handNames('right'),
];

const hand = (first: number): [number, number][] => HAND_LIMBS.map(([from, to]) => [first + from, first + to]);

export const COCO_WHOLEBODY133: Skeleton = {
  id: 'coco-wholebody133',
  names: WHOLEBODY_NAMES,
  limbs: [
    ...byName(WHOLEBODY_NAMES, [
      ['left_shoulder', 'right_shoulder'],
      ['left_hip', 'right_hip'],
      ['left_shoulder', 'left_hip'],
      ['right_shoulder', 'right_hip'],
      ['left_shoulder', 'left_elbow'],
      ['left_elbow', 'left_wrist'],
      ['right_shoulder', 'right_elbow'],
      ['right_elbow', 'right_wrist'],
      ['left_hip', 'left_knee'],
      ['left_knee', 'left_ankle'],
      ['right_hip', 'right_knee'],
      ['right_knee', 'right_ankle'],
      ['nose', 'left_eye'],
      ['nose', 'right_eye'],
      ['left_eye', 'left_ear'],
      ['right_eye', 'right_ear'],
      ['left_ankle', 'left_heel'],
      ['left_ankle', 'left_big_toe'],
      ['left_ankle', 'left_small_toe'],
      ['right_ankle', 'right_heel'],
      ['right_ankle', 'right_big_toe'],
      ['right_ankle', 'right_small_toe'],
      ['left_wrist', 'left_hand_wrist'],
      ['right_wrist', 'right_hand_wrist'],
    ]),
    ...hand(WHOLEBODY.leftHand),
    ...hand(WHOLEBODY.rightHand),
  ],
  mirrored: [
    ...sides(WHOLEBODY_NAMES),
    ...FACE_MIRRORED.map(([a, b]): [number, number] => [WHOLEBODY.face + a, WHOLEBODY.face + b]),
  ],
};

export const SKELETONS: Readonly<Record<SkeletonId, Skeleton>> = {
  openpose18: OPENPOSE18,
  'coco-wholebody133': COCO_WHOLEBODY133,
};
