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

/** Raised arms lift the shoulders, and with them the neck, by up to this part of the spine above level arms. */
const SHRUG = 0.06;

/** How much longer the spine looks than with level arms, as a factor. */
export function liftOfNeck(tracks: Tracks, t: number): number {
  let raised = 0;
  for (const side of SIDES) {
    const [shoulder, elbow] = [tracks[`${side}_shoulder`], tracks[`${side}_elbow`]];
    if (Math.min(shoulder.trust[t] ?? 0, elbow.trust[t] ?? 0) <= 0) continue;
    const arm = subtract(elbow.rays[t] ?? [0, 0, 1], shoulder.rays[t] ?? [0, 0, 1]);
    const spine = sightsOf(tracks, 'spine', t)[0]?.length ?? 0;
    raised -= spine > 0 ? within(arm[1] / (USUAL.upper_arm * spine), -1, 1) / 2 : 0;
  }
  return 1 + SHRUG * raised;
}
