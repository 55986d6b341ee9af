import { between, rotate } from '../../../core/quaternion.ts';
import { add, dot, length, scale, subtract, type Vector } from '../../../core/vector.ts';
import type { BodyFrame } from './frame-of-body.ts';
import type { Posture } from './limb.ts';
import { within } from './statistics.ts';

const over = (value: number, limit: number): number => Math.max(0, value - limit) ** 2;

/** The side of a limb that looks forwards while it hangs, as it turns with the limb. */
function frontOf(bone: Vector, { up, forward }: BodyFrame): Vector {
  return rotate(between(scale(up, -1), bone), forward);
}

/** What there is to know about an arm's surroundings. */
export interface ArmScene {
  readonly shoulder: Vector;
  readonly chest: BodyFrame;
  /** Ends of the trunk's axis, and how thick it is around it. */
  readonly hips: Vector;
  readonly neck: Vector;
  readonly thickness: number;
  readonly upper: number;
  readonly lower: number;
}

/** How unlikely an arm's posture is: elbows bend forwards, arms rather move before the body than behind, never through it. */
export function armCost(
  { shoulder, chest, hips, neck, thickness, upper, lower }: ArmScene,
  { middle: elbow, end: wrist }: Posture,
): number {
  const bone = scale(subtract(elbow, shoulder), 1 / upper);
  const forearm = scale(subtract(wrist, elbow), 1 / lower);
  const reach = scale(subtract(wrist, shoulder), 1 / (upper + lower));
  const backward = -dot(bone, chest.forward);
  const behind = -dot(reach, chest.forward);
  const wrongBend = -dot(forearm, frontOf(bone, chest));
  // A raised arm may bend to the back of the head.
  const hanging = within(0.7 - dot(bone, chest.up), 0, 1);
  return (
    8 * hanging * over(wrongBend, 0.1) +
    over(backward, 0) +
    0.15 * backward +
    25 * over(backward, 0.7) +
    3 * over(behind, 0.05) +
    throughTrunk(elbow, hips, neck, thickness) +
    throughTrunk(wrist, hips, neck, thickness)
  );
}

function throughTrunk(point: Vector, hips: Vector, neck: Vector, thickness: number): number {
  const axis = subtract(neck, hips);
  const part = within(dot(subtract(point, hips), axis) / Math.max(dot(axis, axis), 1e-12), 0, 1);
  const gap = length(subtract(point, add(hips, scale(axis, part)))) / Math.max(thickness, 1e-9);
  return 6 * over(1 - gap, 0);
}

/** Where a leg hangs. */
export interface LegScene {
  readonly hip: Vector;
  /** Direction away from the other leg. */
  readonly outward: Vector;
  readonly pelvis: BodyFrame;
  readonly upper: number;
  readonly lower: number;
}

/** How unlikely a leg's posture is: knees never bend forwards, and thighs go far forwards but little backwards. */
export function legCost(
  { hip, outward, pelvis, upper, lower }: LegScene,
  { middle: knee, end: ankle }: Posture,
): number {
  const thigh = scale(subtract(knee, hip), 1 / upper);
  const shin = scale(subtract(ankle, knee), 1 / lower);
  const hyperextended = dot(shin, frontOf(thigh, pelvis));
  const backward = -dot(thigh, pelvis.forward);
  const aside = dot(subtract(ankle, hip), outward) / (upper + lower);
  return (
    60 * over(hyperextended, 0.03) +
    0.3 * hyperextended +
    20 * over(backward, 0.55) +
    0.5 * over(backward, 0.1) +
    10 * over(-aside, 0.05) +
    1 * over(aside, 0.1) +
    1.5 * (2 + dot(thigh, pelvis.up) + dot(shin, pelvis.up))
  );
}

/**
 * How unlikely two legs are together: the feet stand on both sides of where the hips are, and one thigh goes forwards
 * while the other goes backwards, unless both knees are bent so that nothing else is possible.
 */
export function legsCost(legs: readonly [LegScene, LegScene], postures: readonly [Posture, Posture]): number {
  const { pelvis, upper, lower } = legs[0];
  const middle = scale(add(legs[0].hip, legs[1].hip), 0.5);
  const feet = scale(add(postures[0].end, postures[1].end), 0.5);
  const forwards = legs.map(
    (leg, i) => dot(subtract(postures[i]?.middle ?? leg.hip, leg.hip), pelvis.forward) / leg.upper,
  );
  const off = dot(subtract(feet, middle), pelvis.forward) / (upper + lower);
  return 12 * over(Math.abs(off), 0.05) + 8 * over(Math.min(...forwards), 0.1) + 8 * over(-Math.max(...forwards), 0.1);
}

/** How unlikely it is that an arm swings like this: it goes with the other side's leg. `stride` is how far that thigh is before this side's. */
export const swingCost = (
  shoulder: Vector,
  { forward }: BodyFrame,
  upper: number,
  elbow: Vector,
  stride: number,
): number => -2 * stride * (dot(subtract(elbow, shoulder), forward) / upper);

/** How unlikely two arms are together: whoever raises both raises them alike. */
export function armsCost(
  { left, up, forward }: BodyFrame,
  [right0, left0]: readonly [Vector, Vector],
  [right1, left1]: readonly [Posture, Posture],
  reach: number,
): number {
  const unlike = (a: Vector, b: Vector): number => {
    const [from, to] = [subtract(a, right0), subtract(b, left0)];
    return ((dot(from, forward) - dot(to, forward)) ** 2 + dot(add(from, to), left) ** 2) / (reach * reach);
  };
  // Hanging arms swing against each other.
  const height = (from: Vector, to: Vector): number => within(1 + (1.5 * dot(subtract(to, from), up)) / reach, 0, 1);
  const raised = height(right0, right1.end) * height(left0, left1.end);
  return 2 * raised * (unlike(right1.middle, left1.middle) + unlike(right1.end, left1.end));
}
