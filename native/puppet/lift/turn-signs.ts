import { dot, subtract, type Vector } from '../../../core/vector.ts';
import { bestPath } from './best-path.ts';
import type { FaceCue } from './face-cue.ts';
import { SIDES, type LiftJoint } from './lift-joints.ts';
import { within } from './statistics.ts';
import type { Tracks } from './tracks.ts';
import type { TrunkInput } from './trunk.ts';
import { capped } from './uncertainty.ts';
import { acrossAt, depthOf, type Width } from './width.ts';

/** Nobody twists further than about twice this between hips and shoulders, in radians. */
export const TWIST = 0.45;
/** A head is turned against the chest by about this, as a sine. */
export const HEAD_TURN = 0.4;
/** How fast a trunk turns, in radians a second and a second squared. */
const TURN_SPEED = 4;
export const TURN_ACCELERATION = 20;
const ANGLE_NOISE = 0.15;

const angle = ([x, , z]: Vector): number => Math.atan2(z, x);
const wrapped = (a: number): number => a - 2 * Math.PI * Math.round(a / (2 * Math.PI));
/** Per frame the signs of the depths of shoulders and hips: +1 where the left side is the farther one. */
export function turnSigns(
  input: TrunkInput,
  shoulders: Width,
  hips: Width,
  cues: readonly FaceCue[],
): [number, number][] {
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
