import type { Camera } from '../../../core/camera.ts';
import { AppError } from '../../../core/errors.ts';
import { MOTION_JOINTS, type Motion } from '../../../core/poses/motion.ts';
import type { PoseSequence } from '../../../core/poses/pose-sequence.ts';
import { distance, dot, normalize, scale, subtract, type Vector } from '../../../core/vector.ts';
import { bodyFrame } from './frame-of-body.ts';
import { heelOf, liftTips, toesOf } from './ends.ts';
import { liftHead } from './head.ts';
import { SIDES, type LiftJoint, type Side } from './lift-joints.ts';
import { liftLimbs, type Limb, type Posture } from './limb.ts';
import { personSize, refinedLengths, type PersonSize } from './person-size.ts';
import { armCost, armsCost, legCost, legsCost, swingCost, type LegScene } from './postures.ts';
import type { BoneLengths } from './proportions.ts';
import { middleRay } from './sights.ts';
import { median, within } from './statistics.ts';
import { tracksOf, type Track, type Tracks } from './tracks.ts';
import { liftTrunk, middleDepth, type Trunk } from './trunk.ts';
import { viewOf, type View } from './view.ts';

export interface LiftOptions {
  /** The camera that sees the sequence's frame in its pixels. */
  readonly camera: Camera;
  /** y of the middle of the hips in the world at the start; 0 unless given. */
  readonly rootDepth?: number;
  /** Known lengths in world units, where the person is the character; otherwise they are estimated. */
  readonly lengths?: BoneLengths;
}

/** A pose sequence in space: all joints known in all frames, in world coordinates. */
export interface LiftedMotion extends Motion {
  /** What was used, in world units. */
  readonly lengths: BoneLengths;
  /** Per frame where the chest looks, in radians: 0 towards -y of the world, positive towards +x. */
  readonly facing: readonly number[];
  /** Per frame the joints (as `MOTION_JOINTS`) whose place no keypoint of that frame tells. */
  readonly guessed: readonly (readonly number[])[];
}

/**
 * Lifts a 2D pose sequence to 3D. A bone's foreshortening gives its depth up to the sign; the signs come from what
 * bodies can do and from smooth movement over all frames. The world is z up; a person who faces -y looks
 * into ring view 0. Depths of the poses are used as evidence where there are any.
 * Throws an `AppError` where the sequence shows nobody.
 */
export function liftPoses(sequence: PoseSequence, { camera, rootDepth = 0, lengths }: LiftOptions): LiftedMotion {
  if (sequence.frames.length === 0) throw new AppError('bad-input', 'The pose sequence has no frames to lift.');
  const view = viewOf(camera);
  const tracks = tracksOf(sequence, view);
  const { fps } = sequence;
  const start = view.depthAt(middleRay(tracks, 'left_hip', 'right_hip', 0), rootDepth);
  const first = personSize(tracks, start, fps, lengths);
  const rough = liftAll(tracks, first, fps, view, first.depths);
  // Perspective needs depths, and depths need lengths: the second round starts from the first one's.
  const size = lengths ? first : { ...first, lengths: refinedLengths(tracks, first, rough.points) };
  const neckDepths = rough.points.neck.map(([, , depth]) => depth);
  const { points, trunk } = liftAll(tracks, size, fps, view, neckDepths);
  const frames = sequence.frames.map((_, t) => {
    const frame = new Float64Array(MOTION_JOINTS.length * 3);
    MOTION_JOINTS.forEach((joint, j) => {
      frame.set(view.toWorld(points[joint as LiftJoint][t] ?? [0, 0, 1]), j * 3);
    });
    return frame;
  });
  const origin = view.toWorld([0, 0, 0]);
  return {
    fps,
    frames,
    lengths: size.lengths,
    facing: trunk.chest.map(({ forward }) => {
      const [x, y] = subtract(view.toWorld(forward), origin);
      return Math.atan2(x, -y);
    }),
    guessed: frames.map((_, t) =>
      MOTION_JOINTS.flatMap((joint, j) => ((tracks[joint as LiftJoint].trust[t] ?? 0) < 0.1 ? [j] : [])),
    ),
  };
}

interface Lifted {
  readonly points: Record<LiftJoint, readonly Vector[]>;
  readonly trunk: Trunk;
}

function liftAll(
  tracks: Tracks,
  size: PersonSize,
  fps: number,
  { up, pixel }: View,
  neckDepths: readonly number[],
): Lifted {
  const depthSigma = depthSigmaOf(tracks, size, pixel);
  const trunk = liftTrunk({ tracks, size, fps, up, pixel, neckDepths, depthSigma });
  const given = (track: Track, t: number): number => {
    const root = size.depths[t] ?? 1;
    return root + ((track.depths[t] ?? NaN) - middleDepth(tracks, t)) * pixel * root;
  };
  return { trunk, points: assemble({ tracks, size, trunk, fps, given, depthSigma }, up) };
}

interface LimbsInput {
  readonly tracks: Tracks;
  readonly size: PersonSize;
  readonly trunk: Trunk;
  readonly fps: number;
  readonly given: (track: Track, t: number) => number;
  readonly depthSigma: number;
}

function assemble(input: LimbsInput, up: Vector): Record<LiftJoint, readonly Vector[]> {
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

function liftArms(input: LimbsInput, legs: Readonly<Record<Side, Limb>>): { left: Limb; right: Limb } {
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

function liftLegs({ tracks, size, trunk, fps, given, depthSigma }: LimbsInput): { left: Limb; right: Limb } {
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
function stridesOf({ size, trunk }: LimbsInput, legs: Readonly<Record<Side, Limb>>, side: Side): number[] {
  const ahead = (of: Side, t: number): number =>
    dot(
      subtract(legs[of].middle[t] ?? NOWHERE, trunk.joints[`${of}_hip`][t] ?? NOWHERE),
      trunk.pelvis[t]?.forward ?? [0, 0, 0],
    );
  const other = side === 'left' ? 'right' : 'left';
  return trunk.root.map((_, t) => (ahead(other, t) - ahead(side, t)) / size.lengths.thigh);
}

/** Depths are as good as they agree with foreshortening where that is plain. In world units. */
function depthSigmaOf(tracks: Tracks, size: PersonSize, pixel: number): number {
  const bones: readonly (readonly [LiftJoint, LiftJoint, number])[] = [
    ['left_shoulder', 'left_elbow', size.lengths.upper_arm],
    ['right_shoulder', 'right_elbow', size.lengths.upper_arm],
    ['left_elbow', 'left_wrist', size.lengths.forearm],
    ['right_elbow', 'right_wrist', size.lengths.forearm],
    ['left_hip', 'left_knee', size.lengths.thigh],
    ['right_hip', 'right_knee', size.lengths.thigh],
    ['left_knee', 'left_ankle', size.lengths.shin],
    ['right_knee', 'right_ankle', size.lengths.shin],
  ];
  const errors = bones.flatMap(([from, to, bone]) =>
    size.depths.flatMap((depth, t) => {
      const [a, b] = [tracks[from], tracks[to]];
      const given = ((b.depths[t] ?? NaN) - (a.depths[t] ?? NaN)) * pixel * depth;
      const seen = depth * distance(b.rays[t] ?? [0, 0, 1], a.rays[t] ?? [0, 0, 1]);
      const half = Math.sqrt(Math.max(0, bone * bone - seen * seen));
      return Number.isNaN(given) || half < 0.4 * bone ? [] : [Math.abs(Math.abs(given) - half)];
    }),
  );
  const spine = size.lengths.spine;
  return within(1.5 * median(errors, 0.08 * spine), 0.02 * spine, 0.5 * spine);
}
