import { between, leftOf, place, statureOf, type Posture } from './motion-posture.ts';
import { axesOf } from './motion-rig.ts';
import { MOTION_JOINTS, type Vector } from './motion.ts';
import { add, cross, distance, dot, length, scale, subtract } from '../vector.ts';
import { across, middle, unit } from './motion-vectors.ts';

/** A point that no rig has a joint for and that moves with one, such as the nose with the head. */
export interface Attachment {
  /** Index in `MOTION_JOINTS`. */
  readonly point: number;
  readonly joint: number;
  /** Offset from the joint in its own axes, in units of the person's height. */
  readonly offset: Vector;
}

/** Directions of the body at rest. */
interface Body {
  readonly left: Vector;
  readonly front: Vector;
  readonly up: Vector;
}

/** Height of an adult's head in units of the body's, and how far the base of the skull is above the shoulders. */
const HEAD_HEIGHT = 0.13;
const SKULL_ABOVE_SHOULDERS = 0.07;

/** From the base of the skull, (to the left, to the front, up) in head heights, measured on adults. */
const FACE: readonly (readonly [point: string, ...offset: Vector])[] = [
  ['nose', 0, 0.6, 0.15],
  ['left_eye', 0.14, 0.5, 0.35],
  ['right_eye', -0.14, 0.5, 0.35],
  ['left_ear', 0.33, 0.05, 0.28],
  ['right_ear', -0.33, 0.05, 0.28],
];

/** The same from the middle between the eyes, for rigs that have eyes. */
const FACE_FROM_EYES: typeof FACE = [
  ['nose', 0, 0.1, -0.2],
  ['left_ear', 0.33, -0.45, -0.07],
  ['right_ear', -0.33, -0.45, -0.07],
];

/** Behind the ankle, as a part of the way from ankle to toe tip. */
const HEEL_BEHIND = 0.25;

/** The points of face and heels, from a pose in which the person looks straight ahead. `up` is that pose's. */
export function attachmentsOf(rest: Posture, up: Vector): Attachment[] {
  const left = leftOf(rest, up);
  const body = { left, front: cross(left, up), up };
  return [...faceOf(rest, body), ...heelOf(rest, body, 'left'), ...heelOf(rest, body, 'right')];
}

/** Where an attachment is in a pose of a person of that height. */
export function attachedAt(
  transforms: Float64Array,
  { joint, offset }: Attachment,
  from: Vector,
  stature: number,
): Vector {
  return axesOf(transforms, joint).reduce((sum, axis, c) => add(sum, scale(axis, (offset[c] ?? 0) * stature)), from);
}

function faceOf(rest: Posture, body: Body): Attachment[] {
  const joint = rest.parts.get('head') ?? rest.parts.get('neck');
  if (joint === undefined) return [];
  const stature = statureOf(rest);
  const base = place(rest, rest.parts.has('head') ? 'head' : 'neck');
  const top = distance(place(rest, 'head_top'), base);
  const size = Math.max(HEAD_HEIGHT, Number.isNaN(top) ? 0 : top / stature);
  const eyes = middle(place(rest, 'left_eye'), place(rest, 'right_eye'));
  const hasEyes = !Number.isNaN(eyes[0]);
  // A head joint at the root of the neck would put the face onto the chest.
  const above = dot(subtract(base, between(rest, 'shoulder')), body.up) / stature;
  const lift = scale(body.up, Math.max(0, SKULL_ABOVE_SHOULDERS - above));
  const start = hasEyes ? scale(subtract(eyes, base), 1 / stature) : lift;
  return (hasEyes ? FACE_FROM_EYES : FACE).map(([point, toLeft, toFront, up]) => {
    const offset = add(add(scale(body.left, toLeft), scale(body.front, toFront)), scale(body.up, up));
    return attachment(rest, point, joint, add(start, scale(offset, size)));
  });
}

function heelOf(rest: Posture, body: Body, side: 'left' | 'right'): Attachment[] {
  const joint = rest.parts.get(`${side}_ankle`);
  const foot = subtract(place(rest, `${side}_toe`), place(rest, `${side}_ankle`));
  if (joint === undefined || Number.isNaN(foot[0])) return [];
  const flat = across(foot, body.up);
  const ahead = length(flat) > 0 ? unit(flat) : body.front;
  const offset = add(scale(ahead, -HEEL_BEHIND * length(foot)), scale(body.up, Math.min(0, dot(foot, body.up))));
  return [attachment(rest, `${side}_heel`, joint, scale(offset, 1 / statureOf(rest)))];
}

function attachment(rest: Posture, point: string, joint: number, offset: Vector): Attachment {
  const [x, y, z] = axesOf(rest.transforms, joint);
  return { point: MOTION_JOINTS.indexOf(point), joint, offset: [dot(x, offset), dot(y, offset), dot(z, offset)] };
}
