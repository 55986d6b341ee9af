import { add, dot, length, mix, normalize, scale, subtract, type Vector } from '../../core/vector.ts';
import type { Body } from './body.ts';

/** What hides: a rounded bone, its radius in metres, and what it never hides because it carries it. */
interface Flesh {
  readonly from: string;
  readonly to: string;
  readonly radius: number;
  readonly carries: RegExp;
}

const limb = (side: string): Flesh[] => [
  {
    from: `${side}_shoulder`,
    to: `${side}_elbow`,
    radius: 0.045,
    carries: new RegExp(`^${side}_(shoulder|elbow|wrist|ear)$`),
  },
  { from: `${side}_elbow`, to: `${side}_wrist`, radius: 0.035, carries: new RegExp(`^${side}_(elbow|wrist)$`) },
  { from: `${side}_hip`, to: `${side}_knee`, radius: 0.065, carries: new RegExp(`^${side}_(hip|knee)$`) },
  { from: `${side}_knee`, to: `${side}_ankle`, radius: 0.045, carries: new RegExp(`^${side}_(knee|ankle|heel)$`) },
];

const FLESH: readonly Flesh[] = [
  ...limb('left'),
  ...limb('right'),
  // Shoulders and hips lie at the trunk's rim and are seen from before and behind.
  { from: 'pelvis', to: 'chest', radius: 0.12, carries: /_hip$/ },
  { from: 'chest', to: 'neck', radius: 0.12, carries: /_shoulder$/ },
  { from: 'head', to: 'head_top', radius: 0.075, carries: /^(nose|.*_(eye|ear|shoulder))$/ },
];

/** A point this far behind a surface, in metres, is hidden. */
const BEHIND = 0.06;
/** What a detector gives: what is seen, what it infers from the rest, and what it does not find at all. */
const SEEN = 1;
const HIDDEN = { body: 0.5, hand: 0.35 };
const LOST = 0.1;

/** How sure a detector would be of a point, seen by a camera at `eye`. */
export function confidenceOf(name: string, body: Body, eye: Vector): number {
  const point = body.get(name) ?? [0, 0, 0];
  const face = /^(nose|.*_(eye|ear))$/.test(name);
  if (face && facing(name, point, body, eye) < 0) return LOST;
  const hand = /_(hand|thumb|index|middle|ring|pinky)/.test(name);
  // Fingers count as their wrist does: a finger alone is too thin for this geometry.
  const seenAs = hand ? `${name.split('_')[0] ?? ''}_wrist` : name;
  const target = hand ? mix(body.get(seenAs) ?? point, point, 0.5) : point;
  const hidden = FLESH.some((flesh) => !flesh.carries.test(seenAs) && hides(flesh, body, target, eye));
  if (!hidden) return SEEN;
  return hand ? HIDDEN.hand : HIDDEN.body;
}

/** Above 0 where the skin at a point of the face turns to the camera far enough to be found. */
function facing(name: string, point: Vector, body: Body, eye: Vector): number {
  const at = (other: string): Vector => body.get(other) ?? [0, 0, 0];
  const [leftEar, rightEar] = [at('left_ear'), at('right_ear')];
  const left = normalize(subtract(leftEar, rightEar));
  const ahead = normalize(subtract(mix(at('left_eye'), at('right_eye'), 0.5), mix(leftEar, rightEar, 0.5)));
  const toEye = normalize(subtract(eye, point));
  const own = name.startsWith('left_') ? left : scale(left, -1);
  if (name === 'nose') return dot(toEye, ahead) + 0.1;
  // An ear is found from before and behind; an eye up to the profile.
  if (name.endsWith('_ear')) return dot(toEye, own) + 0.55;
  return dot(toEye, normalize(add(ahead, scale(own, 0.5))));
}

/** Whether the way from the camera to a point passes through a bone's flesh well before the point. */
function hides({ from, to, radius }: Flesh, body: Body, point: Vector, eye: Vector): boolean {
  const [a, b] = [body.get(from) ?? point, body.get(to) ?? point];
  const way = subtract(point, eye);
  const far = length(way);
  const STEPS = 8;
  for (let i = 0; i <= STEPS; i++) {
    const centre = mix(a, b, i / STEPS);
    const along = dot(subtract(centre, eye), way) / far;
    if (along > far - BEHIND) continue;
    const nearest = add(eye, scale(way, along / far));
    if (length(subtract(centre, nearest)) < radius) return true;
  }
  return false;
}
