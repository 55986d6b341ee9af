import type { Camera } from '../../../core/camera.ts';
import { AppError } from '../../../core/errors.ts';
import { MOTION_JOINTS, type Motion } from '../../../core/poses/motion.ts';
import type { PoseSequence } from '../../../core/poses/pose-sequence.ts';
import { distance, subtract, type Vector } from '../../../core/vector.ts';
import type { LiftJoint } from './lift-joints.ts';
import { personSize, refinedLengths, type PersonSize } from './person-size.ts';
import { liftPerson } from './person.ts';
import type { BoneLengths } from './proportions.ts';
import { middleDepth, middleRay } from './sights.ts';
import { median, within } from './statistics.ts';
import { tracksOf, type Track, type Tracks } from './tracks.ts';
import { liftTrunk, type Trunk } from './trunk.ts';
import { viewOf, type View } from './view.ts';

export interface LiftOptions {
  /** The camera that sees the sequence's frame in its pixels. */
  readonly camera: Camera;
  /** y of the middle of the hips in the world at the start; 0 unless given. */
  readonly rootDepth?: number;
  /** Known lengths in world units, where the person has the character's; the others are estimated. */
  readonly lengths?: Partial<BoneLengths>;
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
  return { trunk, points: liftPerson({ tracks, size, trunk, fps, given, depthSigma }, up) };
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
