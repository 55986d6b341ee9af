import { AppError } from '../errors.ts';
import { boneRatios, quantile, type BoneRatios } from './bone-ratios.ts';
import { HEAD_JOINTS, figureOf, flatDistance, middleParts, MIDDLES, seenJoints, spotOf } from './figure.ts';
import type { Figure, MiddleParts, Spot } from './figure.ts';
import { fillGaps } from './fill-gaps.ts';
import type { Pose, PoseSequence } from './pose-sequence.ts';
import { SKELETONS, type SkeletonId } from './skeleton.ts';

/** A character as it stands in its picture. */
export interface CharacterAtRest {
  readonly skeleton: SkeletonId;
  /** Of the picture, whose pixels the keypoints are in. */
  readonly width: number;
  readonly height: number;
  readonly pose: Pose;
}

export interface CharacterFit {
  /** In pixels of the character's picture. */
  readonly poses: PoseSequence;
  /** Whether the poses lay over the character already and were only scaled with their frame. */
  readonly overlay: boolean;
}

/** Poses lie over the character where one frame's joints are this near on average, in spines. */
const OVERLAY = 0.08;
/** The ground is where the lower foot is in this share of the frames or above: it outlasts a few bad ones. */
const GROUND_SHARE = 0.9;

/**
 * A person's movement as the character would make it, over its picture: every bone keeps its direction, foreshortening
 * included, and gets the character's length; the feet stand on the character's ground when the person's do, and the way
 * from place to place is scaled as the legs are. Hands, feet and face are scaled as a whole. Confidences stay; what is unknown stays unknown.
 * Poses that lie over the character already, as those made for this picture do, are only scaled from their frame to the picture.
 * Throws an `AppError` where poses and character have no bone in common.
 */
export function fitToCharacter(sequence: PoseSequence, character: CharacterAtRest): CharacterFit {
  const sane = { ...sequence, frames: sequence.frames.map((pose) => saneOf(pose, sequence.skeleton)) };
  const head = sharedHead(sane, character);
  const rest = restFigure(character, head.rest);
  const stretched = stretchedTo(sane, character);
  if (liesOver(stretched, rest)) return { poses: stretched, overlay: true };

  const parts = partsOf(sane.skeleton, sane.frames, head.moving);
  const ratios = boneRatios(
    rest,
    sane.frames.map((pose) => figureOf(pose, sane.skeleton, parts)),
  );
  if (!ratios) throw nothingInCommon(rest);
  const { width, height } = character;
  const frames = moved(sane, parts, rest, ratios);
  return { poses: { ...sequence, width, height, frames }, overlay: false };
}

const nothingInCommon = (rest: Figure): AppError =>
  new AppError(
    'bad-input',
    rest.size === 0
      ? "The character's rest pose is empty; place its joints, or let them be found."
      : 'The poses and the rest pose show no bone that both know; use poses of a whole body.',
  );

/** As the picture shows it: how deep a drawing's joints lie is anybody's guess. */
function restFigure({ skeleton, pose: { keypoints } }: CharacterAtRest, head: readonly string[]): Figure {
  const pose = { keypoints };
  return figureOf(pose, skeleton, partsOf(skeleton, [pose], head));
}

const partsOf = (skeleton: SkeletonId, frames: readonly Pose[], head: readonly string[]): MiddleParts =>
  middleParts(seenJoints(skeleton, frames), head);

/** The joints that stand for the head: those that both know, or where there are none what each knows. */
function sharedHead(sequence: PoseSequence, { skeleton, pose }: CharacterAtRest) {
  const [inRest, inMotion] = [seenJoints(skeleton, [pose]), seenJoints(sequence.skeleton, sequence.frames)];
  const rest = HEAD_JOINTS.filter((name) => inRest.has(name));
  const moving = HEAD_JOINTS.filter((name) => inMotion.has(name));
  const both = rest.filter((name) => moving.includes(name));
  return both.length > 0 ? { rest: both, moving: both } : { rest: [], moving };
}

/** Keypoints that are no numbers, or far out of any picture, are unknown. */
function saneOf(pose: Pose, skeleton: SkeletonId): Pose {
  const keypoints = new Float32Array(SKELETONS[skeleton].names.length * 3);
  for (let k = 0; k * 3 < keypoints.length; k++) {
    const spot = spotOf(pose, k);
    if (spot) keypoints.set([spot[0], spot[1], pose.keypoints[k * 3 + 2] ?? 0], k * 3);
  }
  return { ...pose, keypoints };
}

function stretchedTo(sequence: PoseSequence, { width, height }: { readonly width: number; readonly height: number }) {
  const [right, down] = [width / sequence.width, height / sequence.height];
  const frames = sequence.frames.map(({ keypoints, depths }): Pose => {
    const points = keypoints.map((value, k) => value * ([right, down, 1][k % 3] ?? 1));
    return { keypoints: points, ...(depths ? { depths: depths.map((depth) => depth * right) } : {}) };
  });
  return { ...sequence, width, height, frames };
}

const BODY_JOINTS = ['shoulder', 'elbow', 'wrist', 'hip', 'knee', 'ankle'].flatMap((joint) => [
  `right_${joint}`,
  `left_${joint}`,
]);

/** Whether some frame's joints lie where the character's do; told by half of them at least. */
function liesOver({ skeleton, frames }: PoseSequence, rest: Figure): boolean {
  const [hips, neck] = [rest.get('@hips'), rest.get('@neck')];
  if (!hips || !neck) return false;
  const nearest = OVERLAY * flatDistance(hips, neck);
  return frames.some((pose) => {
    const figure = figureOf(pose, skeleton, { '@hips': [], '@neck': [], '@head': [] });
    const offsets = BODY_JOINTS.flatMap((name) => {
      const [seen, still] = [figure.get(name), rest.get(name)];
      return seen && still ? [flatDistance(seen, still)] : [];
    });
    return offsets.length >= BODY_JOINTS.length / 2 && offsets.reduce((a, b) => a + b, 0) < nearest * offsets.length;
  });
}

/** What a joint hangs on, and the bone whose ratio its offset gets. */
interface Hold {
  readonly on: string;
  readonly bone: keyof BoneRatios;
}

const CHAIN: Readonly<Record<string, readonly [on: string, bone: keyof BoneRatios]>> = {
  elbow: ['shoulder', 'upper_arm'],
  wrist: ['elbow', 'forearm'],
  knee: ['hip', 'thigh'],
  ankle: ['knee', 'shin'],
  heel: ['ankle', 'foot'],
  big_toe: ['ankle', 'foot'],
  small_toe: ['ankle', 'foot'],
};

function holdOf(name: string): Hold | undefined {
  if (name === '@hips') return undefined;
  if (name === '@neck') return { on: '@hips', bone: 'spine' };
  if (name === '@head') return { on: '@neck', bone: 'head' };
  const [, side, part = name] = /^(right|left)_(.+)$/.exec(name) ?? [];
  if (part === 'neck' || part === 'shoulder') return { on: '@neck', bone: 'shoulders' };
  if (part === 'hip') return { on: '@hips', bone: 'hips' };
  const [on, bone] = CHAIN[part] ?? [];
  if (on !== undefined && bone !== undefined) return { on: `${side}_${on}`, bone };
  const isOfHead = part === 'nose' || part === 'eye' || part === 'ear' || name.startsWith('face_');
  return isOfHead ? { on: '@head', bone: 'face' } : { on: `${side}_wrist`, bone: 'hand' };
}

/** The figure's own way from the root to each of its joints. */
class BodyWalk {
  readonly #places = new Map<string, Spot>();
  readonly #figure: Figure;
  readonly #ratios: BoneRatios;
  readonly #root: string | undefined;

  /** The first middle, or joint, that the figure has is its root: the rest hangs on it. */
  constructor(figure: Figure, ratios: BoneRatios) {
    this.#figure = figure;
    this.#ratios = ratios;
    this.#root = MIDDLES.find((middle) => figure.has(middle)) ?? [...figure.keys()][0];
  }

  /** Where a joint of the figure comes to lie. */
  placeOf(name: string): Spot | undefined {
    const known = this.#places.get(name);
    if (known) return known;
    const spot = this.#figure.get(name);
    const place = spot && this.placeFor(name, spot);
    if (place) this.#places.set(name, place);
    return place;
  }

  /** Where a joint comes to lie that is at `spot`, which need not be where the figure has it. */
  placeFor(name: string, spot: Spot): Spot {
    const { whole, leg } = this.#ratios;
    const hold = holdOf(name);
    const on = this.#nearest(hold?.on);
    if (name === this.#root || on === undefined) return scaled(spot, this.#root === '@hips' ? leg : whole);
    const [from, to] = [this.#figure.get(on) ?? spot, this.placeOf(on) ?? spot];
    const ratio = hold ? this.#ratios[hold.bone] : whole;
    return [0, 1, 2].map((c) => (to[c] ?? 0) + ((spot[c] ?? 0) - (from[c] ?? 0)) * ratio) as unknown as Spot;
  }

  /** The joint itself or the nearest that it hangs on; the root where none of those is there. */
  #nearest(name: string | undefined): string | undefined {
    let at = name;
    while (at !== undefined && !this.#figure.has(at)) at = holdOf(at)?.on;
    return at ?? this.#root;
  }
}

const scaled = ([x, y, depth]: Spot, factor: number): Spot => [x * factor, y * factor, depth * factor];

const ANKLES = ['right_ankle', 'left_ankle'];

function moved(sequence: PoseSequence, parts: MiddleParts, rest: Figure, ratios: BoneRatios): Pose[] {
  const { skeleton, fps } = sequence;
  // What a frame does not show is bridged over time, so that nothing jumps where a joint comes and goes; it is not shown.
  const whole = fillGaps(sequence, { longest: (2 * sequence.frames.length + 2) / fps });
  const figures = whole.frames.map((pose) => figureOf(pose, skeleton, parts));
  const walks = figures.map((figure) => new BodyWalk(figure, ratios));
  const lifts = onGround(figures, walks, ratios.leg);
  const shift = shiftOnto(rest, figures, walks, lifts);
  return sequence.frames.map((pose, t) => {
    const walk = walks[t];
    return walk ? movedPose(pose, skeleton, walk, [shift[0], shift[1] + (lifts[t] ?? 0)]) : pose;
  });
}

/**
 * How much lower each frame has to be so that the lower foot is above the ground, which is at 0, by as much as the person's is, in its
 * legs; none where no ankle is ever seen.
 */
function onGround(figures: readonly Figure[], walks: readonly BodyWalk[], leg: number): number[] {
  const lowest = (spots: readonly (Spot | undefined)[]): number =>
    Math.max(...spots.flatMap((spot) => (spot ? [spot[1]] : [])));
  const before = figures.map((figure) => lowest(ANKLES.map((name) => figure.get(name))));
  if (!before.every(Number.isFinite)) return [];
  const ground = quantile(before, GROUND_SHARE);
  return walks.map((walk, t) => {
    const after = lowest(ANKLES.map((name) => walk.placeOf(name)));
    return ((before[t] ?? 0) - ground) * leg - after;
  });
}

/** From where the walks are to the character: across over its hips, down to its ground, or else to its hips too. */
function shiftOnto(
  rest: Figure,
  figures: readonly Figure[],
  walks: readonly BodyWalk[],
  lifts: readonly number[],
): readonly [number, number] {
  const [first] = figures;
  const anchor = [...MIDDLES, ...rest.keys()].find((name) => rest.has(name) && first?.has(name)) ?? '';
  const [x = 0, y = 0] = rest.get(anchor) ?? [];
  const middle = (c: 0 | 1): number =>
    quantile(
      walks.flatMap((walk, t) => {
        const place = walk.placeOf(anchor);
        return place ? [place[c] + (c === 1 ? (lifts[t] ?? 0) : 0)] : [];
      }),
      0.5,
    );
  const grounds = ANKLES.flatMap((name) => rest.get(name)?.[1] ?? []);
  const down = lifts.length > 0 && grounds.length > 0 ? Math.max(...grounds) : y - middle(1);
  return [x - middle(0), down];
}

function movedPose(pose: Pose, skeleton: SkeletonId, walk: BodyWalk, [right, down]: readonly [number, number]): Pose {
  const keypoints = new Float32Array(pose.keypoints.length);
  const depths = pose.depths && new Float32Array(pose.depths.length).fill(NaN);
  SKELETONS[skeleton].names.forEach((name, k) => {
    const spot = spotOf(pose, k);
    if (!spot) return;
    const [x, y, depth] = walk.placeFor(name, spot);
    keypoints.set([x + right, y + down, pose.keypoints[k * 3 + 2] ?? 0], k * 3);
    if (depths) depths[k] = depth;
  });
  return { keypoints, ...(depths ? { depths } : {}) };
}
