/**
 * Everything that can be posed, at the relaxed stand. Angles in degrees, lengths in centimetres. What belongs to a side is
 * told as that side sees it, so that the same numbers on the other side are the mirror image.
 */
export const STAND = {
  root: {
    /** Pelvis against its place at rest: to the character's left, ahead, up. */
    x: 0,
    ahead: 0,
    z: -0.5,
    /** Turned to the left; bent forward; left hip lowered. */
    turn: 0,
    lean: 0,
    tilt: 0,
  },
  /** Bent forward, to the left side, twisted to the left; over two joints. */
  spine: { bend: 0, side: 0, twist: 0 },
  /** The same of neck and head together. */
  head: { bend: 0, side: 0, twist: 0 },
  leftArm: standingArm(),
  rightArm: standingArm(),
  leftFoot: standingFoot(),
  rightFoot: standingFoot(),
};

function standingArm() {
  return {
    /** The collar bone lifted, besides what a lifted arm brings with it. */
    shrug: 0,
    /** The upper arm from hanging: lifted to the front, then out to the side, then turned outwards about itself. */
    front: 0,
    out: 9,
    twist: 5,
    elbow: 14,
    /** The forearm turned inwards about itself: at 0 the thumb points ahead, at 90 the back of the hand does. */
    pronate: 25,
    /** The hand bent to the palm, and to the thumb's side. */
    wrist: 4,
    toThumb: 0,
    /** Fingers from flat (0) to a fist (90). */
    curl: 22,
  };
}

function standingFoot() {
  return {
    /** Where the sole would lie flat: from the middle outwards, and ahead. */
    out: 10,
    ahead: 0,
    /** Height of the lowest part of the sole. */
    lift: 0,
    /** Toes up about the heel; below 0 the heel goes up about the toes. */
    pitch: 0,
    /** Toes turned out. */
    yaw: 9,
    /** The foot's whole place on the ground carried round the middle of the picture, to the left. */
    turn: 0,
    /** The knee pointed further out than the foot says. */
    knee: 0,
  };
}

export type Part = keyof typeof STAND;
export type Channel<P extends Part> = keyof (typeof STAND)[P];
export type Posture = { readonly [P in Part]: Readonly<Record<Channel<P>, number>> };

/** Least and greatest value of every channel: what joints allow, and what keeps the person in the picture. */
type Range = readonly [number, number];
const ARM: Record<Channel<'leftArm'>, Range> = {
  shrug: [-8, 20],
  front: [-60, 180],
  out: [-45, 180],
  twist: [-90, 100],
  elbow: [0, 150],
  pronate: [-90, 90],
  wrist: [-70, 80],
  toThumb: [-35, 25],
  curl: [0, 90],
};
const FOOT: Record<Channel<'leftFoot'>, Range> = {
  out: [-15, 75],
  ahead: [-60, 95],
  lift: [0, 110],
  pitch: [-90, 60],
  yaw: [-30, 60],
  turn: [-400, 400],
  knee: [-30, 60],
};
export const LIMITS: { readonly [P in Part]: Readonly<Record<Channel<P>, Range>> } = {
  root: { x: [-30, 30], ahead: [-25, 25], z: [-45, 30], turn: [-360, 360], lean: [-30, 80], tilt: [-20, 20] },
  spine: { bend: [-30, 80], side: [-35, 35], twist: [-45, 45] },
  head: { bend: [-45, 50], side: [-40, 40], twist: [-75, 75] },
  leftArm: ARM,
  rightArm: ARM,
  leftFoot: FOOT,
  rightFoot: FOOT,
};
