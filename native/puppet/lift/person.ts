import { dot, normalize, scale, subtract, type Vector } from '../../../core/vector.ts';
import { heelOf, liftTips, toesOf } from './ends.ts';
import { bodyFrame } from './frame-of-body.ts';
import { liftHead } from './head.ts';
import { SIDES, type LiftJoint, type Side } from './lift-joints.ts';
import { liftLimbs, type Limb, type Posture } from './limb.ts';
import type { PersonSize } from './person-size.ts';
import { armCost, armsCost, legCost, legsCost, swingCost, type LegScene } from './postures.ts';
import type { Track, Tracks } from './tracks.ts';
import type { Trunk } from './trunk.ts';

export interface PersonInput {
  readonly tracks: Tracks;
  readonly size: PersonSize;
  readonly trunk: Trunk;
  readonly fps: number;
  readonly given: (track: Track, t: number) => number;
  readonly depthSigma: number;
}

/** All joints of a person whose trunk is known: the legs, then the arms, which swing with them, then head and tips. */
export function liftPerson(input: PersonInput, up: Vector): Record<LiftJoint, readonly Vector[]> {
  const { tracks, size, trunk, fps } = input;
  const legs = liftLegs(input);
  const arms = liftArms(input, legs);
  const along = (from: readonly Vector[], to: readonly Vector[]): Vector[] =>
    from.map((start, t) => normalize(subtract(to[t] ?? start, start), scale(up, -1)));
  const tips = (side: Side) => ({
    toe: liftTips(legs[side].end, tracks[`${side}_toe`], size.lengths.foot, trunk.pelvis.map(toesOf), fps),
    heel: liftTips(legs[side].end, tracks[`${side}_heel`], size.lengths.heel, trunk.pelvis.map(heelOf), fps),
    middle_finger: liftTips(
      arms[side].end,
      tracks[`${side}_middle_finger`],
      size.lengths.hand,
      along(arms[side].middle, arms[side].end),
      fps,
    ),
  });
  const [left, right] = [tips('left'), tips('right')];
  return {
    neck: trunk.neck,
    ...trunk.joints,
    ...liftHead(tracks, size, trunk, fps, up),
    left_elbow: arms.left.middle,
    right_elbow: arms.right.middle,
    left_wrist: arms.left.end,
    right_wrist: arms.right.end,
    left_knee: legs.left.middle,
    right_knee: legs.right.middle,
    left_ankle: legs.left.end,
    right_ankle: legs.right.end,
    left_toe: left.toe,
    right_toe: right.toe,
    left_heel: left.heel,
    right_heel: right.heel,
    left_middle_finger: left.middle_finger,
    right_middle_finger: right.middle_finger,
  };
}

const NOWHERE: Vector = [0, 0, 1];
const UPRIGHT = bodyFrame([1, 0, 0], [0, -1, 0]);
/** A chest is about this much as thick, from its axis, as the shoulders are wide. */
const CHEST_THICKNESS = 0.3;

function liftArms(input: PersonInput, legs: Readonly<Record<Side, Limb>>): { left: Limb; right: Limb } {
  const { tracks, size, trunk, fps, given, depthSigma } = input;
  const { upper_arm: upper, forearm: lower, shoulders } = size.lengths;
  const inputs = SIDES.map((side) => {
    const base = trunk.joints[`${side}_shoulder`];
    const strides = stridesOf(input, legs, side);
    const unlikely = (t: number, posture: Posture): number => {
      const chest = trunk.chest[t];
      if (!chest) return 0;
      const shoulder = base[t] ?? NOWHERE;
      const scene = {
        ...{ chest, shoulder, upper, lower, thickness: CHEST_THICKNESS * shoulders },
        hips: trunk.root[t] ?? NOWHERE,
        neck: trunk.neck[t] ?? NOWHERE,
      };
      return armCost(scene, posture) + swingCost(shoulder, chest, upper, posture.middle, strides[t] ?? 0);
    };
    const [middle, end] = [tracks[`${side}_elbow`], tracks[`${side}_wrist`]];
    const relative = (t: number, point: Vector): Vector => {
      const { left, up, forward } = trunk.chest[t] ?? UPRIGHT;
      const offset = subtract(point, base[t] ?? NOWHERE);
      return [dot(offset, left), dot(offset, up), dot(offset, forward)];
    };
    return { ...{ base, middle, end, upper, lower, fps, given, depthSigma, unlikely, relative } };
  });
  const [right = NO_LIMB, left = NO_LIMB] = liftLimbs(inputs, (t, [a, b]) => {
    const chest = trunk.chest[t];
    if (!a || !b || !chest) return 0;
    const bases = [trunk.joints.right_shoulder[t] ?? NOWHERE, trunk.joints.left_shoulder[t] ?? NOWHERE] as const;
    return armsCost(chest, bases, [a, b], upper + lower);
  });
  return { left, right };
}

function liftLegs({ tracks, size, trunk, fps, given, depthSigma }: PersonInput): { left: Limb; right: Limb } {
  const { thigh: upper, shin: lower } = size.lengths;
  const scene = (side: Side, t: number): LegScene => {
    const pelvis = trunk.pelvis[t] ?? UPRIGHT;
    const outward = scale(pelvis.left, side === 'left' ? 1 : -1);
    return { hip: trunk.joints[`${side}_hip`][t] ?? NOWHERE, outward, pelvis, upper, lower };
  };
  const inputs = SIDES.map((side) => ({
    ...{ upper, lower, fps, given, depthSigma },
    base: trunk.joints[`${side}_hip`],
    middle: tracks[`${side}_knee`],
    end: tracks[`${side}_ankle`],
    unlikely: (t: number, posture: Posture) => legCost(scene(side, t), posture),
    relative: (_: number, point: Vector) => point,
  }));
  const [right = NO_LIMB, left = NO_LIMB] = liftLimbs(inputs, (t, [a, b]) =>
    a && b ? legsCost([scene('right', t), scene('left', t)], [a, b]) : 0,
  );
  return { left, right };
}

const NO_LIMB: Limb = { middle: [], end: [] };

/** How far the thigh opposite to a side is before this side's, a frame, in lengths of a thigh. */
function stridesOf({ size, trunk }: PersonInput, legs: Readonly<Record<Side, Limb>>, side: Side): number[] {
  const ahead = (of: Side, t: number): number =>
    dot(
      subtract(legs[of].middle[t] ?? NOWHERE, trunk.joints[`${of}_hip`][t] ?? NOWHERE),
      trunk.pelvis[t]?.forward ?? [0, 0, 0],
    );
  const other = side === 'left' ? 'right' : 'left';
  return trunk.root.map((_, t) => (ahead(other, t) - ahead(side, t)) / size.lengths.thigh);
}
