import type { SkeletonId } from '../poses/skeleton.ts';
import { bodyTree } from './body-tree.ts';
import { distance, isKnown, middleOf, placeAt, type Place, type Points, setPlace } from './points.ts';

/** Below this length in pixels a bone has no direction. */
const SHORTEST = 0.5;

/**
 * The pose with `joint` pulled to a place while all bones keep their lengths: the end of a limb bends it, any other joint
 * turns about what it hangs on, the neck takes everything along, and what hangs on a joint follows rigidly. Where a
 * bone's other end is unknown there is no length to keep, and the joint goes where it is pulled.
 */
export function dragJoint(points: Points, skeleton: SkeletonId, pulled: number, to: Place): Points {
  const tree = bodyTree(skeleton);
  const stand = tree.standsFor.get(pulled);
  const joint = stand !== undefined && isKnown(points, stand) ? stand : pulled;
  const from = placeAt(points, joint);
  if (!from) return points;
  const result = [...points];
  const limb = tree.limbs.get(joint);
  const bent = limb && bendLimb(points, limb.root, limb.bend, joint, to);
  if (bent) {
    const elbow = placeAt(points, limb.bend) ?? from;
    setPlace(result, limb.bend, bent.bend);
    carry(result, points, [joint, ...(tree.followers[joint] ?? [])], elbow, bent.bend, bent.turn);
    return result;
  }
  const followers = [joint, ...(tree.followers[joint] ?? [])];
  const pivot = tree.loose.has(joint) ? undefined : middleOf(points, tree.pivots[joint] ?? []);
  if (pivot && distance(pivot, from) >= SHORTEST && distance(pivot, to) > 0) {
    carry(result, points, followers, pivot, pivot, turnBetween(pivot, from, to));
  } else {
    carry(result, points, followers, from, to, 0);
  }
  return result;
}

/** The pose with joints moved by so many pixels, bones or not. */
export function moveJoints(points: Points, joints: Iterable<number>, dx: number, dy: number): Points {
  const result = [...points];
  for (const joint of joints) {
    const place = placeAt(points, joint);
    if (place) setPlace(result, joint, { x: place.x + dx, y: place.y + dy });
  }
  return result;
}

/** The pose with joints turned (radians, clockwise on the screen) and scaled about a place. */
export function turnJoints(points: Points, joints: Iterable<number>, about: Place, turn: number, scale = 1): Points {
  const result = [...points];
  const [cos, sin] = [Math.cos(turn) * scale, Math.sin(turn) * scale];
  for (const joint of joints) {
    const place = placeAt(points, joint);
    if (!place) continue;
    const [x, y] = [place.x - about.x, place.y - about.y];
    setPlace(result, joint, { x: about.x + x * cos - y * sin, y: about.y + x * sin + y * cos });
  }
  return result;
}

/** Takes joints along as one rigid piece: turned about `about`, which itself comes to lie at `to`. */
function carry(result: number[], points: Points, joints: readonly number[], about: Place, to: Place, turn: number) {
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  for (const joint of joints) {
    const place = placeAt(points, joint);
    if (!place) continue;
    const [x, y] = [place.x - about.x, place.y - about.y];
    setPlace(result, joint, { x: to.x + x * cos - y * sin, y: to.y + x * sin + y * cos });
  }
}

const angleOf = (from: Place, to: Place): number => Math.atan2(to.y - from.y, to.x - from.x);

const turnBetween = (about: Place, from: Place, to: Place): number => angleOf(about, to) - angleOf(about, from);

/**
 * Where a limb of two bones bends so that its end comes as near to a place as it reaches, and how far the outer bone
 * turns. It bends to the side that it was bent to; a straight one to the side nearer to where the bend was.
 * Undefined where a point is unknown or a bone has no length.
 */
function bendLimb(points: Points, rootJoint: number, bendJoint: number, endJoint: number, to: Place) {
  const [root, bend, end] = [placeAt(points, rootJoint), placeAt(points, bendJoint), placeAt(points, endJoint)];
  if (!root || !bend || !end) return undefined;
  const [inner, outer] = [distance(root, bend), distance(bend, end)];
  if (inner < SHORTEST || outer < SHORTEST) return undefined;
  const reach = Math.min(Math.max(distance(root, to), Math.abs(inner - outer), 1e-9), inner + outer);
  const cosine = (inner * inner + reach * reach - outer * outer) / (2 * inner * reach);
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  const side = Math.sign((bend.x - root.x) * (end.y - root.y) - (bend.y - root.y) * (end.x - root.x));
  const aim = angleOf(root, distance(root, to) > 0 ? to : end);
  const bendAt = (sign: number): Place => ({
    x: root.x + inner * Math.cos(aim + sign * angle),
    y: root.y + inner * Math.sin(aim + sign * angle),
  });
  const [one, other] = [bendAt(-1), bendAt(1)];
  const nearer = distance(one, bend) <= distance(other, bend) ? one : other;
  const bentTo = side > 0 ? one : side < 0 ? other : nearer;
  const endTo = { x: root.x + reach * Math.cos(aim), y: root.y + reach * Math.sin(aim) };
  return { bend: bentTo, turn: angleOf(bentTo, endTo) - angleOf(bend, end) };
}
