import { add, length, mix, scale, subtract, type Vector } from '../../../core/vector.ts';
import { SIDES, type LiftJoint } from './lift-joints.ts';
import { USUAL, type BoneName } from './proportions.ts';
import { within } from './statistics.ts';
import type { Tracks } from './tracks.ts';

/** Length of a bone in one frame's picture, at depth 1, and how much the sight is worth. */
export interface Sight {
  readonly length: number;
  readonly trust: number;
}

type Place = LiftJoint | readonly [LiftJoint, LiftJoint];

const HIPS: Place = ['left_hip', 'right_hip'];
const EARS: Place = ['left_ear', 'right_ear'];

/** Between which joints (or middles of two) each bone is seen. */
const ENDS_OF: Readonly<Record<BoneName, readonly (readonly [Place, Place])[]>> = {
  spine: [[HIPS, 'neck']],
  shoulders: [['left_shoulder', 'right_shoulder']],
  hips: [['left_hip', 'right_hip']],
  upper_arm: bothSides('shoulder', 'elbow'),
  forearm: bothSides('elbow', 'wrist'),
  hand: bothSides('wrist', 'middle_finger'),
  thigh: bothSides('hip', 'knee'),
  shin: bothSides('knee', 'ankle'),
  foot: bothSides('ankle', 'toe'),
  heel: bothSides('ankle', 'heel'),
  head: [['neck', EARS]],
  ears: [['left_ear', 'right_ear']],
};

function bothSides(from: string, to: string): [LiftJoint, LiftJoint][] {
  return [
    [`left_${from}` as LiftJoint, `left_${to}` as LiftJoint],
    [`right_${from}` as LiftJoint, `right_${to}` as LiftJoint],
  ];
}

function sightOf(tracks: Tracks, place: Place, t: number): { readonly ray: Vector; readonly trust: number } {
  const names = typeof place === 'string' ? [place, place] : place;
  const [a, b] = names.map((name) => tracks[name]);
  const trust = Math.min(a?.trust[t] ?? 0, b?.trust[t] ?? 0);
  return { ray: mix(a?.rays[t] ?? [0, 0, 1], b?.rays[t] ?? [0, 0, 1], 0.5), trust };
}

/** How long a bone looks in frame `t`, one sight for each side of the body. */
export function sightsOf(tracks: Tracks, bone: BoneName, t: number): Sight[] {
  return ENDS_OF[bone].map(([from, to]) => {
    const [a, b] = [sightOf(tracks, from, t), sightOf(tracks, to, t)];
    return { length: length(subtract(b.ray, a.ray)), trust: Math.min(a.trust, b.trust) };
  });
}

/** The ray to the middle of two joints. */
export const middleRay = (tracks: Tracks, a: LiftJoint, b: LiftJoint, t: number): Vector =>
  mix(tracks[a].rays[t] ?? [0, 0, 1], tracks[b].rays[t] ?? [0, 0, 1], 0.5);

/** The point of a ray (which has depth 1) at a depth. */
export const atDepth = (ray: Vector, depth: number): Vector => scale(ray, depth);

/** `a` + `b` times `factor`. */
export const addScaled = (a: Vector, b: Vector, factor: number): Vector => add(a, scale(b, factor));

/** Raised arms lift the shoulders, and with them the neck, by usually this part of the spine above level arms. */
const USUAL_SHRUG = 0.04;
const MOST_SHRUG = 0.2;
/** How much movement of the arms it takes to learn a person's own shrug. */
const SHRUG_DOUBT = 0.02;

/**
 * How much longer the spine looks in each frame than with level arms, as a factor. How far the shoulders go with the
 * arms is learnt from the sequence: rigs differ from people, and people from each other.
 */
export function neckLifts(tracks: Tracks): number[] {
  const samples = tracks.neck.rays.map((_, t) => ({
    raised: raisedArms(tracks, t),
    spine: Math.log(Math.max(sightsOf(tracks, 'spine', t)[0]?.length ?? 0, 1e-6)),
    trust: Math.min(...sightsOf(tracks, 'spine', t).map(({ trust }) => trust)),
  }));
  const known = samples.filter(({ trust }) => trust > 0.1);
  const mean = (of: (sample: (typeof samples)[number]) => number): number =>
    known.reduce((sum, sample) => sum + of(sample), 0) / Math.max(known.length, 1);
  const [raised0, spine0] = [mean(({ raised }) => raised), mean(({ spine }) => spine)];
  const variance = mean(({ raised }) => (raised - raised0) ** 2);
  const covariance = mean(({ raised, spine }) => (raised - raised0) * (spine - spine0));
  const shrug = within((covariance + SHRUG_DOUBT * USUAL_SHRUG) / (variance + SHRUG_DOUBT), 0, MOST_SHRUG);
  return samples.map(({ raised }) => 1 + shrug * raised);
}

/** How high both upper arms are raised in the picture: -1 hanging, 0 level, 1 overhead. */
function raisedArms(tracks: Tracks, t: number): number {
  let raised = 0;
  for (const side of SIDES) {
    const [shoulder, elbow] = [tracks[`${side}_shoulder`], tracks[`${side}_elbow`]];
    if (Math.min(shoulder.trust[t] ?? 0, elbow.trust[t] ?? 0) <= 0) continue;
    const arm = subtract(elbow.rays[t] ?? [0, 0, 1], shoulder.rays[t] ?? [0, 0, 1]);
    const spine = sightsOf(tracks, 'spine', t)[0]?.length ?? 0;
    raised -= spine > 0 ? within(arm[1] / (USUAL.upper_arm * spine), -1, 1) / 2 : 0;
  }
  return raised;
}

/** Depth of the middle of the hips as the source has it; its own zero, unless it counts from somewhere else. */
export function middleDepth(tracks: Tracks, t: number): number {
  const middle = ((tracks.left_hip.depths[t] ?? NaN) + (tracks.right_hip.depths[t] ?? NaN)) / 2;
  return Number.isNaN(middle) ? 0 : middle;
}
