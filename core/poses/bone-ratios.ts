import { flatDistance, HEAD_JOINTS, type Figure } from './figure.ts';

/** Bones whose lengths are compared, the two sides of the body pooled. */
const MEASURED = ['spine', 'shoulders', 'hips', 'upper_arm', 'forearm', 'thigh', 'shin', 'head'] as const;
type Measured = (typeof MEASURED)[number];

/** How much longer each part of one body is than another's. */
export type BoneRatios = Readonly<Record<Measured | 'face' | 'hand' | 'foot' | 'leg' | 'whole', number>>;

type Pair = readonly [from: string, to: string];
type Lengths = Readonly<Record<Measured, number>>;

const sides = (from: string, to: string): readonly Pair[] =>
  ['right', 'left'].map((side): Pair => [`${side}_${from}`, `${side}_${to}`]);

const PAIRS: Readonly<Record<Measured, readonly Pair[]>> = {
  spine: [['@hips', '@neck']],
  shoulders: [['right_shoulder', 'left_shoulder']],
  hips: [['right_hip', 'left_hip']],
  upper_arm: sides('shoulder', 'elbow'),
  forearm: sides('elbow', 'wrist'),
  thigh: sides('hip', 'knee'),
  shin: sides('knee', 'ankle'),
  head: [['@neck', '@head']],
};

/** Each way to see how large a face is. */
const FACE_PAIRS: readonly (readonly Pair[])[] = [
  [['right_eye', 'left_eye']],
  [['right_ear', 'left_ear']],
  (['right', 'left'] as const).map((side): Pair => ['nose', `${side}_eye`]),
  (['right', 'left'] as const).map((side): Pair => ['nose', `${side}_ear`]),
];

/**
 * Usual lengths of an adult in parts of the spine (after the segment lengths in D. A. Winter's Biomechanics and Motor Control of
 * Human Movement, rounded): only to know a bone that points at the viewer from one that is short.
 */
const USUAL: Lengths = {
  ...{ spine: 1, shoulders: 0.72, hips: 0.42, upper_arm: 0.57, forearm: 0.5, thigh: 0.84, shin: 0.84, head: 0.42 },
};
/** What is shorter than this part of its usual length is not seen at its length. */
const HIDDEN = 0.3;
/** Of all sights of a bone this share is shorter: a picture only ever foreshortens, and a few keypoints are wrong. */
const LEAST_FORESHORTENED = 0.95;
/** No part is this much larger or smaller than the body as a whole; heads of drawn figures are. */
const MOST = 2.5;
const MOST_HEAD = 4;
/** One bone of a limb points at the viewer where the other is longer by more than this. */
const LEAST_OF_PARTNER = 0.6;

/**
 * How much longer the bones of the body at rest are than those of a moving one, seen in many frames. What one of the two does
 * not show at its length is taken from the rest of the limb, then from the whole. Undefined where they have no bone in common.
 */
export function boneRatios(rest: Figure, moving: readonly Figure[]): BoneRatios | undefined {
  const [still, seen] = [believable(lengthsOf([rest])), believable(lengthsOf(moving))];
  const own = Object.fromEntries(
    MEASURED.map((bone) => [bone, still[bone] > 0 && seen[bone] > 0 ? still[bone] / seen[bone] : NaN]),
  ) as Lengths;
  const whole = wholeOf(own);
  if (whole === undefined) return undefined;
  const spine = limited(own.spine, whole, whole, MOST);
  const [upperArm, forearm] = limbOf(own.upper_arm, own.forearm, whole);
  const [thigh, shin] = limbOf(own.thigh, own.shin, whole);
  const head = limited(own.head, spine, whole, MOST_HEAD);
  const legs = seen.thigh > 0 && seen.shin > 0 ? seen : USUAL;
  const leg = (thigh * legs.thigh + shin * legs.shin) / (legs.thigh + legs.shin);
  return {
    ...{ whole, spine, head, leg, foot: leg, thigh, shin, forearm, upper_arm: upperArm },
    shoulders: limited(own.shoulders, spine, whole, MOST),
    hips: limited(own.hips, spine, whole, MOST),
    face: limited(faceRatio(rest, moving), head, whole, MOST_HEAD),
    hand: (upperArm + forearm) / 2,
  };
}

/** Longest sights, 0 where there is none. */
const lengthsOf = (figures: readonly Figure[]): Lengths =>
  Object.fromEntries(MEASURED.map((bone) => [bone, longest(figures, PAIRS[bone])])) as Lengths;

/**
 * The length of a bone where it is least foreshortened. Depths count where they say more: those of a motion file are
 * exact, then half of all sights are as long as the bone; a detector's tremble, and would lengthen the longest.
 */
function longest(figures: readonly Figure[], pairs: readonly Pair[]): number {
  const ends = figures.flatMap((figure) =>
    pairs.flatMap(([from, to]) => {
      const [a, b] = [figure.get(from), figure.get(to)];
      return a && b ? [{ flat: flatDistance(a, b), depth: b[2] - a[2] }] : [];
    }),
  );
  const inSpace = ends.flatMap(({ flat, depth }) => (Number.isNaN(depth) ? [] : [Math.hypot(flat, depth)]));
  return Math.max(
    quantile(
      ends.map(({ flat }) => flat),
      LEAST_FORESHORTENED,
    ),
    quantile(inSpace, 0.5),
  );
}

/** The lengths without those of bones that are never seen at their length. */
function believable(lengths: Lengths): Lengths {
  const votes = MEASURED.flatMap((bone) => (lengths[bone] > 0 ? [lengths[bone] / USUAL[bone]] : []));
  const spine = quantile(votes, 0.6);
  return Object.fromEntries(
    MEASURED.map((bone) => [bone, lengths[bone] < HIDDEN * USUAL[bone] * spine ? 0 : lengths[bone]]),
  ) as Lengths;
}

const LONG: readonly Measured[] = ['spine', 'upper_arm', 'forearm', 'thigh', 'shin'];

function wholeOf(own: Lengths): number | undefined {
  const known = (bones: readonly Measured[]): number[] => bones.flatMap((b) => (Number.isNaN(own[b]) ? [] : [own[b]]));
  const long = known(LONG);
  const ratios = long.length > 0 ? long : known(MEASURED);
  return ratios.length > 0 ? quantile(ratios, 0.5) : undefined;
}

/** `ratio` within so many times the whole's; `instead` where it is not known. */
function limited(ratio: number, instead: number, whole: number, most: number): number {
  return Math.min(Math.max(Number.isNaN(ratio) ? instead : ratio, whole / most), whole * most);
}

function limbOf(near: number, far: number, whole: number): readonly [number, number] {
  const first = limited(near, Number.isNaN(far) ? whole : far, whole, MOST);
  const second = limited(far, Number.isNaN(near) ? whole : near, whole, MOST);
  return [Math.max(first, LEAST_OF_PARTNER * second), Math.max(second, LEAST_OF_PARTNER * first)];
}

/** A face that is turned looks narrow; how it is least so tells its size. NaN where no pair is seen in both. */
function faceRatio(rest: Figure, moving: readonly Figure[]): number {
  const width = (figure: Figure): number =>
    HEAD_JOINTS.reduce((most, name) => Math.max(most, ...spansFrom(figure, name)), 0);
  const ratios = FACE_PAIRS.flatMap((pairs) => {
    const [still, seen] = [longest([rest], pairs), longest(moving, pairs)];
    return still > HIDDEN * width(rest) && seen > 0 ? [still / seen] : [];
  });
  return ratios.length > 0 ? Math.max(...ratios) : NaN;
}

const spansFrom = (figure: Figure, name: string): number[] =>
  HEAD_JOINTS.flatMap((other) => {
    const [a, b] = [figure.get(name), figure.get(other)];
    return a && b ? [flatDistance(a, b)] : [];
  });

/** Value below which that part of the numbers lies, interpolated; 0 of none. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = part * (sorted.length - 1);
  const low = sorted[Math.floor(position)] ?? 0;
  return low + ((sorted[Math.floor(position) + 1] ?? low) - low) * (position - Math.floor(position));
}
