import { jointAt, MOTION_JOINTS, type Motion } from '../../../core/poses/motion.ts';
import {
  aboutAxis,
  conjugate,
  IDENTITY,
  limited,
  multiply,
  rotate,
  type Quaternion,
} from '../../../core/quaternion.ts';
import { length, mix, subtract, type Vector } from '../../../core/vector.ts';
import { nodAxes } from './figure-axes.ts';

/** A head turns no farther than this against the chest, in radians. */
const LIMIT = 1.2;
/** Turns read off five points of a face are too large as often as too small; a little less looks right. */
const TRUST = 0.85;

const [NOSE, RIGHT_EYE, LEFT_EYE, RIGHT_EAR, LEFT_EAR] = ['nose', 'right_eye', 'left_eye', 'right_ear', 'left_ear'].map(
  (name) => MOTION_JOINTS.indexOf(name),
) as [number, number, number, number, number];

/**
 * How the head is turned against the chest at each frame. How the person holds the head on average counts as straight up and down:
 * where the nose sits differs from face to face.
 * @param chest The chest's axes at each frame.
 * @param rest The frame in which the head is turned as the character's is at rest, where there is one.
 */
export function headTurns(motion: Motion, chest: readonly Quaternion[], rest?: number): Quaternion[] {
  const turns = motion.frames.map((frame, at) => {
    const axes = headAxes(frame);
    return axes && multiply(conjugate(chest[at] ?? IDENTITY), axes);
  });
  const atRest = rest === undefined ? undefined : turns[rest];
  if (atRest) return turns.map((turn) => (turn ? trusted(multiply(turn, conjugate(atRest))) : IDENTITY));
  const pitches = turns.flatMap((turn) => (turn ? [pitchOf(turn)] : []));
  const usual = pitches.reduce((sum, pitch) => sum + pitch, 0) / Math.max(pitches.length, 1);
  const level = aboutAxis([1, 0, 0], -usual);
  return turns.map((turn) => (turn ? trusted(multiply(turn, level)) : IDENTITY));
}

function headAxes(frame: Float64Array): Quaternion | undefined {
  const at = (joint: number): Vector => jointAt(frame, joint);
  const ears: Vector = subtract(at(LEFT_EAR), at(RIGHT_EAR));
  const left = length(ears) > 0 ? ears : subtract(at(LEFT_EYE), at(RIGHT_EYE));
  const middle = length(ears) > 0 ? mix(at(RIGHT_EAR), at(LEFT_EAR), 0.5) : mix(at(RIGHT_EYE), at(LEFT_EYE), 0.5);
  const forward = subtract(at(NOSE), middle);
  return [...left, ...forward].every(Number.isFinite) && length(forward) > 0 ? nodAxes(left, forward) : undefined;
}

/** Angle about the line through the ears: positive looks down. */
function pitchOf(turn: Quaternion): number {
  const [, y, z] = rotate(turn, [0, -1, 0]);
  return Math.atan2(-z, -y);
}

function trusted(turn: Quaternion): Quaternion {
  const [w] = turn;
  const angle = 2 * Math.acos(Math.min(1, Math.abs(w)));
  return limited(turn, Math.min(angle * TRUST, LIMIT));
}
