import { AppError } from '../errors.ts';
import { attachedAt, attachmentsOf, type Attachment } from './motion-attachments.ts';
import type { RigPart } from './motion-names.ts';
import { findParts } from './motion-parts.ts';
import { frontOf, place, standingAxis, statureOf, upOf, type Posture } from './motion-posture.ts';
import { positionOf, type Rig, type RigParts } from './motion-rig.ts';
import { jointAt, mapMotion, middleOfHips, MOTION_JOINTS, type Motion, type Vector } from './motion.ts';
import { add, distance } from '../vector.ts';
import { middle } from './motion-vectors.ts';

export interface RigMotionOptions {
  /** Frame of the result in which the character is to face -y; without it the mean of the first half second does. */
  readonly facingFrame?: number;
}

/** Height of the person that a motion is scaled to, in metres. */
export const MOTION_STATURE = 1.7;
/** Time at the start whose mean direction counts as the front, in seconds. */
const FACING_SECONDS = 0.5;
/** The lowest soles of this part of the frames may be under the floor: a stumble of the recording, not the floor. */
const BELOW_FLOOR = 0.02;

/**
 * The motion of a rig as a person's, see `Motion` for its coordinates: turned so that the character faces -y at the
 * start, scaled to a stature of 1.7, the soles at z = 0, the way of the hips centred. Face points and heels, which rigs
 * do not have, are placed by the proportions of adults. A reference pose in front of the motion is left out. Throws an
 * `AppError` where the rig is no person's; `name` stands for the file.
 */
export function rigMotion(rig: Rig, name: string, options: RigMotionOptions = {}): Motion {
  const parts = findParts(rig, name);
  const up = upOf(rig, parts);
  const frames = trace(rig, parts, up, name);
  const reference = hasReferencePose(frames) ? 1 : 0;
  const postures = frames.slice(reference).map(({ points }) => upright(points, up));
  const fronts = frames.slice(reference).map(({ front }) => upright(Float64Array.from(front), up));
  const stature = frames[reference]?.stature ?? NaN;
  const turn = facing(fronts, rig.fps, options.facingFrame);
  return settle(turned({ fps: rig.fps, frames: postures }, turn), MOTION_STATURE / stature);
}

/** One frame in the axes of the file. */
interface Traced {
  readonly points: Float64Array;
  readonly front: Vector;
  readonly stature: number;
}

/** Points of `MOTION_JOINTS` that a rig has a joint for. */
const PART_POINTS: readonly (readonly [RigPart, number])[] = (['left', 'right'] as const).flatMap((side) =>
  (['shoulder', 'elbow', 'wrist', 'hip', 'knee', 'ankle', 'eye', 'toe', 'middle_finger'] as const).map(
    (part): [RigPart, number] => [`${side}_${part}`, MOTION_JOINTS.indexOf(`${side}_${part}`)],
  ),
);
const NECK = MOTION_JOINTS.indexOf('neck');

function trace(rig: Rig, parts: RigParts, up: Vector, name: string): Traced[] {
  const transforms = new Float64Array(rig.rest.length);
  let attachments: Attachment[] | undefined;
  return Array.from({ length: rig.frameCount }, (_, frame) => {
    rig.evaluate(frame, transforms);
    const posture = { transforms, parts };
    attachments ??= attachmentsAtRest(rig, posture, up);
    const stature = statureOf(posture);
    if (!(stature > 0 && stature < Infinity)) {
      throw new AppError('bad-input', `${name}: frame ${frame} is no pose of a person; the file is damaged.`);
    }
    return { points: pointsOf(posture, attachments, stature), front: frontOf(posture, up), stature };
  });
}

/** The rest pose looks ahead by convention. Where it is no standing person the first frame is the best there is. */
function attachmentsAtRest(rig: Rig, first: Posture, up: Vector): Attachment[] {
  const rest = { transforms: rig.rest, parts: first.parts };
  const axis = standingAxis(rest);
  return axis && statureOf(rest) > 0 ? attachmentsOf(rest, axis) : attachmentsOf(first, up);
}

function pointsOf(posture: Posture, attachments: readonly Attachment[], stature: number): Float64Array {
  const points = new Float64Array(MOTION_JOINTS.length * 3).fill(NaN);
  for (const [part, point] of PART_POINTS) points.set(place(posture, part), point * 3);
  points.set(middle(place(posture, 'left_shoulder'), place(posture, 'right_shoulder')), NECK * 3);
  for (const attachment of attachments) {
    const from = positionOf(posture.transforms, attachment.joint);
    points.set(attachedAt(posture.transforms, attachment, from, stature), attachment.point * 3);
  }
  return points;
}

/**
 * Whether the first frame stands apart: files of some recordings begin with the T-pose of the actor, and the motion
 * jumps away from it in one step that is much longer than those after it.
 */
function hasReferencePose(frames: readonly Traced[]): boolean {
  const steps = frames.slice(0, 12).map(({ points, stature }, i) => {
    const next = frames[i + 1];
    return next ? longestStep(points, next.points) / stature : 0;
  });
  const [first = 0, ...others] = steps;
  return frames.length > steps.length && first > 0.1 && first > 5 * Math.max(...others);
}

function longestStep(from: Float64Array, to: Float64Array): number {
  const steps = MOTION_JOINTS.map((_, joint) => distance(jointAt(from, joint), jointAt(to, joint)));
  return Math.max(...steps.filter((step) => !Number.isNaN(step)), 0);
}

/** Points with z up instead of `up`, which is an axis or its opposite. */
function upright(points: Float64Array, up: Vector): Float64Array {
  const turned = new Float64Array(points.length);
  for (let i = 0; i < points.length; i += 3) {
    const [x = 0, y = 0, z = 0] = points.subarray(i, i + 3);
    turned.set(zUp([x, y, z], up), i);
  }
  return turned;
}

function zUp([x, y, z]: Vector, up: Vector): Vector {
  if (up[0] !== 0) return up[0] > 0 ? [y, z, x] : [y, -z, -x];
  if (up[1] !== 0) return up[1] > 0 ? [x, -z, y] : [x, z, -y];
  return up[2] > 0 ? [x, y, z] : [x, -y, -z];
}

/** Angle about z that turns the front at the start to -y, in radians. */
function facing(fronts: readonly Float64Array[], fps: number, frame?: number): number {
  const looked =
    frame === undefined
      ? fronts.slice(0, Math.max(1, Math.round(FACING_SECONDS * fps)))
      : fronts.slice(frame, frame + 1);
  const sum = looked.reduce<Vector>((total, [x = 0, y = 0]) => add(total, [x, y, 0]), [0, 0, 0]);
  return Math.hypot(sum[0], sum[1]) > 1e-6 ? -Math.PI / 2 - Math.atan2(sum[1], sum[0]) : 0;
}

function turned(motion: Motion, angle: number): Motion {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return mapMotion(motion, ([x, y, z]) => [cos * x - sin * y, sin * x + cos * y, z]);
}

const SOLES = ['left_ankle', 'right_ankle', 'left_toe', 'right_toe', 'left_heel', 'right_heel'].map((name) =>
  MOTION_JOINTS.indexOf(name),
);

/** Scaled, the soles on the floor, the hips' way around the origin. */
function settle(motion: Motion, factor: number): Motion {
  const soles = motion.frames
    .map((frame) => Math.min(...SOLES.map((joint) => frame[joint * 3 + 2] ?? NaN).filter((z) => !Number.isNaN(z))))
    .sort((a, b) => a - b);
  const floor = soles[Math.floor(soles.length * BELOW_FLOOR)] ?? 0;
  const hips = motion.frames.map(middleOfHips);
  const centre = ([0, 1] as const).map((c) => {
    const [low, high] = hips.reduce(([a, b], hip) => [Math.min(a, hip[c]), Math.max(b, hip[c])], [Infinity, -Infinity]);
    return (low + high) / 2;
  });
  return mapMotion(motion, ([x, y, z]) => [
    (x - (centre[0] ?? 0)) * factor,
    (y - (centre[1] ?? 0)) * factor,
    (z - floor) * factor,
  ]);
}
