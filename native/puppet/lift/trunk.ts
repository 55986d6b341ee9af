import { add, distance, dot, length, mix, normalize, scale, subtract, type Vector } from '../../../core/vector.ts';
import { bestPath } from './best-path.ts';
import { faceCue, type FaceCue } from './face-cue.ts';
import { bodyFrame, type BodyFrame } from './frame-of-body.ts';
import { SIDES, type LiftJoint } from './lift-joints.ts';
import { reachOf } from './on-ray.ts';
import type { PersonSize } from './person-size.ts';
import { addScaled, atDepth, middleRay } from './sights.ts';
import { within } from './statistics.ts';
import { steadySeries } from './steady-series.ts';
import type { Tracks } from './tracks.ts';
import { depthNoise, offsetSigma, softened } from './uncertainty.ts';

/** The trunk over time, in camera axes. */
export interface Trunk {
  /** Middle of the hips. */
  readonly root: readonly Vector[];
  readonly neck: readonly Vector[];
  readonly joints: Readonly<Record<TrunkJoint, readonly Vector[]>>;
  readonly chest: readonly BodyFrame[];
  readonly pelvis: readonly BodyFrame[];
}

export type TrunkJoint = 'left_shoulder' | 'right_shoulder' | 'left_hip' | 'right_hip';

/** A width (of shoulders or hips) in every frame: the vector from right to left, depth unknown but for its size. */
interface Width {
  readonly length: number;
  /** What it would be without any depth, in world units, and what each unit of depth adds: the ray to its middle. */
  readonly flat: readonly Vector[];
  readonly perDepth: readonly Vector[];
  /** The two depth differences that give it its length are `centre` plus and minus `half`. */
  readonly centre: readonly number[];
  readonly half: readonly number[];
  /** Depth differences that the source gives, NaN where it does not. */
  readonly given: readonly number[];
}

export interface TrunkInput {
  readonly tracks: Tracks;
  readonly size: PersonSize;
  readonly fps: number;
  readonly up: Vector;
  readonly pixel: number;
  /** Depth of the neck a frame as far as it is known: at first that of the hips. */
  readonly neckDepths: readonly number[];
  /** Standard deviation of the source's depths, in world units. */
  readonly depthSigma: number;
}

/** Nobody twists further than about twice this between hips and shoulders, in radians. */
const TWIST = 0.45;
/** A head is turned against the chest by about this, as a sine. */
const HEAD_TURN = 0.4;
/** How fast a trunk turns, in radians a second and a second squared. */
const TURN_SPEED = 4;
const TURN_ACCELERATION = 20;
const ANGLE_NOISE = 0.15;

const angle = ([x, , z]: Vector): number => Math.atan2(z, x);
const wrapped = (a: number): number => a - 2 * Math.PI * Math.round(a / (2 * Math.PI));
/** Squares up to a limit: one wrong frame must not decide over the others. */
const capped = (value: number, limit = 9): number => Math.min(limit, value * value);

export function liftTrunk(input: TrunkInput): Trunk {
  const { tracks, size } = input;
  const frames = size.depths.map((_, t) => t);
  const root = frames.map((t) => atDepth(middleRay(tracks, 'left_hip', 'right_hip', t), size.depths[t] ?? 1));
  const cues = frames.map((t) => faceCue(tracks, t, size.lengths, size.depths[t] ?? 1));
  const shoulders = widthOf(input, 'left_shoulder', 'right_shoulder', size.lengths.shoulders, input.neckDepths);
  const hips = widthOf(input, 'left_hip', 'right_hip', size.lengths.hips, size.depths);
  const signs = turnSigns(input, shoulders, hips, cues);
  const across = steadyAcross(input, shoulders, hips, cues, signs);
  const flatChest = across.shoulders.map((left) => bodyFrame(left, input.up));
  const neck = liftNeck(input, root, flatChest);
  const spineUp = frames.map((t) => normalize(subtract(neck[t] ?? [0, 0, 0], root[t] ?? [0, 0, 0]), input.up));
  const pelvisUp = spineUp.map((spine) => normalize(mix(spine, input.up, 0.5), input.up));
  const beside = (middle: readonly Vector[], width: readonly Vector[], part: number): Vector[] =>
    frames.map((t) => addScaled(middle[t] ?? [0, 0, 0], width[t] ?? [0, 0, 0], part));
  return {
    root,
    neck,
    joints: {
      left_shoulder: beside(neck, across.shoulders, 0.5),
      right_shoulder: beside(neck, across.shoulders, -0.5),
      left_hip: beside(root, across.hips, 0.5),
      right_hip: beside(root, across.hips, -0.5),
    },
    chest: frames.map((t) => bodyFrame(across.shoulders[t] ?? [1, 0, 0], spineUp[t] ?? input.up)),
    pelvis: frames.map((t) => bodyFrame(across.hips[t] ?? [1, 0, 0], pelvisUp[t] ?? input.up)),
  };
}

function widthOf(
  { tracks, size, pixel }: TrunkInput,
  left: LiftJoint,
  right: LiftJoint,
  width: number,
  depths: readonly number[],
): Width {
  const flat = depths.map((depth, t) =>
    scale(subtract(tracks[left].rays[t] ?? [0, 0, 1], tracks[right].rays[t] ?? [0, 0, 1]), depth),
  );
  const perDepth = depths.map((_, t) => middleRay(tracks, left, right, t));
  const roots = flat.map((v, t) => {
    const ray = perDepth[t] ?? [0, 0, 1];
    const [a, b, c] = [dot(ray, ray), dot(v, ray), dot(v, v) - width * width];
    return { centre: -b / a, half: Math.sqrt(Math.max(0, b * b - a * c)) / a };
  });
  return {
    ...{ length: width, flat, perDepth },
    centre: roots.map(({ centre }) => centre),
    half: roots.map(({ half }) => softened(half, width)),
    given: size.depths.map(
      (depth, t) => ((tracks[left].depths[t] ?? NaN) - (tracks[right].depths[t] ?? NaN)) * pixel * depth,
    ),
  };
}

const depthOf = ({ centre, half }: Width, t: number, sign: number): number => (centre[t] ?? 0) + sign * (half[t] ?? 0);

/** The vector from right to left when the left side lies `depth` behind the right one. */
const acrossAt = ({ flat, perDepth }: Width, t: number, depth: number): Vector =>
  addScaled(flat[t] ?? [0, 0, 0], perDepth[t] ?? [0, 0, 1], depth);

/** Per frame the signs of the depths of shoulders and hips: +1 where the left side is the farther one. */
function turnSigns(input: TrunkInput, shoulders: Width, hips: Width, cues: readonly FaceCue[]): [number, number][] {
  const { fps } = input;
  const signs = [
    [1, 1],
    [-1, -1],
    [1, -1],
    [-1, 1],
  ] as const;
  const anglesOf = (width: Width, which: 0 | 1): number[][] =>
    signs.map((pair) => width.flat.map((_, t) => angle(acrossAt(width, t, depthOf(width, t, pair[which])))));
  const [chest, pelvis] = [anglesOf(shoulders, 0), anglesOf(hips, 1)];
  const speed = Math.hypot(TURN_SPEED / fps, ANGLE_NOISE);
  const acceleration = Math.hypot(TURN_ACCELERATION / (fps * fps), ANGLE_NOISE);
  const bends = cues.map((_, t) => bendCue(input, t));
  const at = (t: number, s: number): number => {
    const pair = signs[s] ?? [1, 1];
    const chestDepth = depthOf(shoulders, t, pair[0]);
    const pelvisDepth = depthOf(hips, t, pair[1]);
    const cue = cues[t];
    const twist = wrapped((chest[s]?.[t] ?? 0) - (pelvis[s]?.[t] ?? 0));
    let cost = capped(twist / TWIST, 16);
    if (cue) cost += cue.trust * capped((cue.sine - chestDepth / shoulders.length) / HEAD_TURN);
    const bend = bends[t] ?? { chest: 0, pelvis: 0 };
    cost -= (bend.chest * chestDepth) / shoulders.length + (bend.pelvis * pelvisDepth) / hips.length;
    return cost + givenCost(shoulders, chestDepth, t, input) + givenCost(hips, pelvisDepth, t, input);
  };
  const change = (angles: readonly (readonly number[])[], t: number, a: number, b: number): number =>
    wrapped((angles[b]?.[t] ?? 0) - (angles[a]?.[t - 1] ?? 0));
  const both = (cost: (angles: readonly (readonly number[])[], weight: number) => number): number =>
    cost(chest, 1) + cost(pelvis, 0.5);
  const path = bestPath({
    frames: cues.length,
    states: signs.length,
    at,
    step: (t, a, b) => both((angles, weight) => weight * capped(change(angles, t, a, b) / speed)),
    turn: (t, a, b, c) =>
      both((angles, weight) => {
        const bend = wrapped(change(angles, t, b, c) - change(angles, t - 1, a, b));
        return weight * capped(bend / acceleration);
      }),
  });
  return path.map((s) => [...(signs[s] ?? [1, 1])] as [number, number]);
}

function givenCost({ given, length: size }: Width, depth: number, t: number, { depthSigma }: TrunkInput): number {
  const known = given[t] ?? NaN;
  return Number.isNaN(known) ? 0 : capped((known - depth) / Math.hypot(depthSigma, 0.15 * size), 25);
}

/**
 * How clearly elbows, knees and toes say that the person looks to the picture's right: knees bend forwards, elbows
 * backwards, toes point forwards. What bends to both sides cancels.
 */
function bendCue({ tracks, size }: TrunkInput, t: number): { readonly chest: number; readonly pelvis: number } {
  const depth = size.depths[t] ?? 1;
  const { thigh, upper_arm: upperArm, foot } = size.lengths;
  let [chest, pelvis] = [0, 0];
  for (const side of SIDES) {
    pelvis += 4 * bulge(tracks, t, [`${side}_hip`, `${side}_knee`, `${side}_ankle`], depth / thigh);
    chest -= 1.5 * bulge(tracks, t, [`${side}_shoulder`, `${side}_elbow`, `${side}_wrist`], depth / upperArm);
    const [ankle, toe] = [tracks[`${side}_ankle`], tracks[`${side}_toe`]];
    const trust = Math.min(ankle.trust[t] ?? 0, toe.trust[t] ?? 0);
    pelvis += 2 * trust * within((((toe.rays[t]?.[0] ?? 0) - (ankle.rays[t]?.[0] ?? 0)) * depth) / foot, -1, 1);
  }
  return { chest, pelvis };
}

/** How far the middle of three joints lies to the right of the line between the others, in units of 1 / `factor`. */
function bulge(tracks: Tracks, t: number, joints: readonly [LiftJoint, LiftJoint, LiftJoint], factor: number): number {
  const [a, b, c] = joints.map((joint) => tracks[joint].rays[t] ?? [0, 0, 1]) as [Vector, Vector, Vector];
  const trust = Math.min(...joints.map((joint) => tracks[joint].trust[t] ?? 0));
  const along = subtract(c, a);
  const part = within(dot(subtract(b, a), along) / Math.max(dot(along, along), 1e-12), 0, 1);
  return trust * within((b[0] - a[0] - along[0] * part) * factor, -1, 1);
}

/** The vectors from right to left with their depths: smooth in time where the picture says little, of constant length. */
function steadyAcross(
  input: TrunkInput,
  shoulders: Width,
  hips: Width,
  cues: readonly FaceCue[],
  signs: readonly (readonly [number, number])[],
): { readonly shoulders: Vector[]; readonly hips: Vector[] } {
  const chest = steadyDepths(
    input,
    shoulders,
    signs.map(([sign]) => sign),
    (t) => {
      const cue = cues[t];
      return {
        depth: (cue?.sine ?? 0) * shoulders.length,
        sigma: (HEAD_TURN * shoulders.length) / ((cue?.trust ?? 0) + 1e-6),
      };
    },
  );
  const ratio = hips.length / shoulders.length;
  const pelvis = steadyDepths(
    input,
    hips,
    signs.map(([, sign]) => sign),
    (t) => ({
      depth: (chest[t] ?? 0) * ratio,
      sigma: (TWIST / 2) * hips.length,
    }),
  );
  const vectors = (width: Width, depths: readonly number[]): Vector[] =>
    width.flat.map((_, t) => scale(normalize(acrossAt(width, t, depths[t] ?? 0), [1, 0, 0]), width.length));
  return { shoulders: vectors(shoulders, chest), hips: vectors(hips, pelvis) };
}

function steadyDepths(
  { fps, depthSigma }: TrunkInput,
  width: Width,
  signs: readonly number[],
  prior: (t: number) => { readonly depth: number; readonly sigma: number },
): number[] {
  const fused = width.half.map((half, t) => {
    const terms = [{ depth: depthOf(width, t, signs[t] ?? 1), sigma: offsetSigma(half, width.length, 1) }, prior(t)];
    const given = width.given[t] ?? NaN;
    if (!Number.isNaN(given)) terms.push({ depth: given, sigma: depthSigma });
    return combined(terms);
  });
  const bend = (TURN_ACCELERATION / (fps * fps)) * width.length;
  return steadySeries(
    fused.map(({ depth }) => depth),
    fused.map(({ sigma }) => sigma),
    bend,
  );
}

/** The mean of several measurements by how sure they are. */
export function combined(terms: readonly { readonly depth: number; readonly sigma: number }[]): {
  readonly depth: number;
  readonly sigma: number;
} {
  const weight = (sigma: number): number => 1 / (sigma * sigma);
  const total = terms.reduce((sum, { sigma }) => sum + weight(sigma), 0);
  const depth = terms.reduce((sum, term) => sum + weight(term.sigma) * term.depth, 0) / total;
  return { depth, sigma: 1 / Math.sqrt(total) };
}

const NOWHERE: Vector = [0, 0, 1];
const NO_REACH = reachOf(NOWHERE, NOWHERE, 1);

/** A spine that looks shorter by less than this part is upright for all that is known. */
const UNSEEN_LEAN = 0.06;
/** People stand this upright, as a standard deviation in parts of the spine. */
const UPRIGHT = 0.1;
const LEAN_ACCELERATION = 14;

/** The neck above the hips, leaning forwards rather than backwards where the spine looks short. */
function liftNeck(
  { tracks, size, fps, depthSigma, pixel, up }: TrunkInput,
  root: readonly Vector[],
  chest: readonly BodyFrame[],
): Vector[] {
  const spine = size.lengths.spine;
  const reaches = root.map((hips, t) => reachOf(hips, tracks.neck.rays[t] ?? [0, 0, 1], spine));
  const halves = reaches.map(({ nearest }, t) => {
    const seen = distance(nearest, root[t] ?? NOWHERE);
    return Math.sqrt(Math.max(0, ((1 - UNSEEN_LEAN) * spine * (size.neckLifts[t] ?? 1)) ** 2 - seen * seen));
  });
  const forwardness = chest.map(({ forward }, t) => dot(forward, reaches[t]?.away ?? [0, 0, 1]));
  const slack = halves.map((half) => Math.max(half, 0.1 * spine));
  const signed = (s: number, t: number): number => (s === 0 ? 1 : -1) * (halves[t] ?? 0);
  const bend = Math.hypot((LEAN_ACCELERATION / (fps * fps)) * spine, 0.1 * spine);
  const givenOf = (t: number): number => {
    const [hips, nearest] = [root[t] ?? [0, 0, 0], reaches[t]?.nearest ?? [0, 0, 0]];
    const depth = (tracks.neck.depths[t] ?? NaN) - middleDepth(tracks, t);
    return hips[2] + depth * pixel * hips[2] - nearest[2];
  };
  const uprightOf = (t: number): number => {
    const [hips, { nearest, away }] = [root[t] ?? NOWHERE, reaches[t] ?? NO_REACH] as const;
    return dot(subtract(addScaled(hips, up, spine), nearest), away);
  };
  const path = bestPath({
    frames: root.length,
    states: 2,
    at: (t, s) => {
      const offset = signed(s, t);
      const lean = (offset * (forwardness[t] ?? 0)) / spine;
      const given = givenOf(t);
      const known = Number.isNaN(given) ? 0 : capped((given - offset) / Math.hypot(depthSigma, 0.1 * spine), 25);
      return known + 6 * Math.max(0, -lean) + 20 * Math.max(0, -lean - 0.3) ** 2;
    },
    step: () => 0,
    turn: (t, a, b, c) => capped((signed(c, t) - 2 * signed(b, t - 1) + signed(a, t - 2)) / bend),
  });
  const fused = path.map((s, t) => {
    const given = givenOf(t);
    const known = !Number.isNaN(given);
    const terms = [
      { depth: uprightOf(t), sigma: (UPRIGHT * spine + 0.3 * (halves[t] ?? 0)) * (known ? 4 : 1) },
      { depth: signed(s, t), sigma: ((known ? 2 : 1) * 0.05 * spine * spine) / (slack[t] ?? spine) },
    ];
    if (known) terms.push({ depth: given, sigma: depthNoise(depthSigma) });
    return combined(terms);
  });
  const offsets = steadySeries(
    fused.map(({ depth }) => depth),
    fused.map(({ sigma }) => sigma),
    (LEAN_ACCELERATION / (fps * fps)) * spine,
  );
  return reaches.map(({ nearest, away }, t) => {
    const hips = root[t] ?? [0, 0, 0];
    const neck = add(nearest, scale(away, offsets[t] ?? 0));
    const reach = length(subtract(neck, hips));
    const allowed = within(reach, (1 - 2 * UNSEEN_LEAN) * spine, (1 + 2 * UNSEEN_LEAN) * spine);
    return add(hips, scale(normalize(subtract(neck, hips), up), allowed));
  });
}

/** Depth of the middle of the hips as the source has it; its own zero, unless it counts from somewhere else. */
export function middleDepth(tracks: Tracks, t: number): number {
  const middle = ((tracks.left_hip.depths[t] ?? NaN) + (tracks.right_hip.depths[t] ?? NaN)) / 2;
  return Number.isNaN(middle) ? 0 : middle;
}
