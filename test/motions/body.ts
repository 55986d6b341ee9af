// A person of 1.65 in the house's axes: z up, facing -y, the left side at +x, metres. Small enough that hands overhead stay
// in the ring's pictures.
import { aboutAxis, between, IDENTITY, multiply, rotate, type Quaternion } from '../../core/quaternion.ts';
import { add, cross, dot, length, normalize, scale, subtract, type Vector } from '../../core/vector.ts';
import { handPoints } from './hand.ts';
import type { Posture } from './posture.ts';

export type Side = 'left' | 'right';
export const SIDES: readonly Side[] = ['left', 'right'];

/** Lengths in metres. */
export const SIZE = {
  hipHeight: 0.883,
  hip: 0.088,
  /** Pelvis to the lower joint of the back, on to its upper one, on to the root of the neck, on to the head. */
  back: [0.09, 0.14, 0.255, 0.085],
  /** Root of the neck to a shoulder. */
  collar: { out: 0.172, down: 0.025 },
  upperArm: 0.265,
  forearm: 0.235,
  thigh: 0.41,
  shin: 0.395,
  ankle: 0.08,
  /** Keypoints of the sole from below the ankle: ahead and outwards. */
  heel: [-0.05, 0],
  bigToe: [0.16, -0.012],
  smallToe: [0.125, 0.045],
  /** From the head's joint: to the left, ahead, up. */
  nose: [0, 0.105, 0.05],
  eye: [0.032, 0.088, 0.085],
  ear: [0.072, 0, 0.065],
  headTop: [0, 0.01, 0.205],
} as const;

/** Points of the body by their name in `coco-wholebody133`, and a few more: pelvis, waist, chest, neck, head, head_top. */
export type Body = ReadonlyMap<string, Vector>;

const X: Vector = [1, 0, 0];
const Y: Vector = [0, 1, 0];
const Z: Vector = [0, 0, 1];

const turnX = (degrees: number): Quaternion => aboutAxis(X, (degrees * Math.PI) / 180);
const turnY = (degrees: number): Quaternion => aboutAxis(Y, (degrees * Math.PI) / 180);
const turnZ = (degrees: number): Quaternion => aboutAxis(Z, (degrees * Math.PI) / 180);
const chain = (...turns: readonly Quaternion[]): Quaternion => turns.reduce(multiply, IDENTITY);

/** Left is +1: what is told outwards, in the world's x. */
const outwards = (side: Side): number => (side === 'left' ? 1 : -1);

/** Legs are never quite straight: a knee that snaps reads as a fault. */
const STRAIGHTEST = 0.998;

/** Where every point of a posture is. The pelvis comes down where a leg would not reach its foot otherwise. */
export function bodyOf(posture: Posture): Body {
  const points = new Map<string, Vector>();
  const { root } = posture;
  const pelvisTurn = chain(turnZ(root.turn), turnX(root.lean), turnY(root.tilt));
  const ankles = { left: placeFoot(posture, 'left', points), right: placeFoot(posture, 'right', points) };
  const wanted: Vector = [root.x / 100, -root.ahead / 100, SIZE.hipHeight + root.z / 100];
  const pelvis = withinReach(wanted, pelvisTurn, ankles);
  points.set('pelvis', pelvis);
  for (const side of SIDES) {
    const hip = add(pelvis, rotate(pelvisTurn, [outwards(side) * SIZE.hip, 0, 0]));
    points.set(`${side}_hip`, hip);
    points.set(`${side}_ankle`, ankles[side]);
    points.set(`${side}_knee`, kneeOf(hip, ankles[side], kneeFront(posture, side)));
  }
  placeTrunk(posture, pelvis, pelvisTurn, points);
  return points;
}

function placeFoot(posture: Posture, side: Side, points: Map<string, Vector>): Vector {
  const foot = posture[`${side}Foot`];
  const out = outwards(side);
  const heading = turnZ(foot.turn + out * foot.yaw);
  const flat = rotate(turnZ(foot.turn), [(out * foot.out) / 100, -foot.ahead / 100, 0]);
  const attitude = chain(heading, turnX(-foot.pitch));
  const local = ([ahead, aside]: readonly [number, number]): Vector => [out * aside, -ahead, 0];
  // The sole turns about its heel or its toes, which stay where the flat foot had them.
  const pivot = local(foot.pitch > 0 ? SIZE.heel : SIZE.bigToe);
  const ground = add(add(flat, rotate(heading, pivot)), [0, 0, foot.lift / 100]);
  const at = (point: Vector): Vector => add(ground, rotate(attitude, subtract(point, pivot)));
  points.set(`${side}_heel`, at(local(SIZE.heel)));
  points.set(`${side}_big_toe`, at(local(SIZE.bigToe)));
  points.set(`${side}_small_toe`, at(local(SIZE.smallToe)));
  return at([0, 0, SIZE.ankle]);
}

function withinReach(pelvis: Vector, turn: Quaternion, ankles: Readonly<Record<Side, Vector>>): Vector {
  const reach = (SIZE.thigh + SIZE.shin) * STRAIGHTEST;
  const [x, y, z] = pelvis;
  const highest = SIDES.map((side) => {
    const hip = rotate(turn, [outwards(side) * SIZE.hip, 0, 0]);
    const ankle = ankles[side];
    const flat = Math.hypot(x + hip[0] - ankle[0], y + hip[1] - ankle[1]);
    if (flat >= reach) throw new RangeError(`The ${side} foot is out of reach.`);
    return ankle[2] + Math.sqrt(reach ** 2 - flat ** 2) - hip[2];
  });
  return [x, y, Math.min(z, ...highest)];
}

/** The way ahead for a knee: between that of the pelvis and that of the foot. */
function kneeFront(posture: Posture, side: Side): Quaternion {
  const foot = posture[`${side}Foot`];
  const own = foot.turn + outwards(side) * foot.yaw;
  return turnZ((posture.root.turn + own) / 2 + outwards(side) * foot.knee);
}

/** The hinge between hip and ankle, bent ahead whichever way the leg points. */
function kneeOf(hip: Vector, ankle: Vector, front: Quaternion): Vector {
  const way = subtract(ankle, hip);
  const distance = length(way);
  const along = normalize(way);
  const ahead = rotate(front, [0, -1, 0]);
  const hinged = rotate(between([0, 0, -1], along), ahead);
  const pole = normalize(subtract(hinged, scale(along, dot(hinged, along))));
  const foot = (distance ** 2 + SIZE.thigh ** 2 - SIZE.shin ** 2) / (2 * distance);
  const bulge = Math.sqrt(Math.max(0, SIZE.thigh ** 2 - foot ** 2));
  return add(hip, add(scale(along, foot), scale(pole, bulge)));
}

function placeTrunk(
  { spine, head, ...posture }: Posture,
  pelvis: Vector,
  turn: Quaternion,
  points: Map<string, Vector>,
) {
  const [toWaist, toChest, toNeck, toHead] = SIZE.back;
  const half = ({ bend, side, twist }: Posture['spine']): Quaternion =>
    chain(turnZ(twist / 2), turnX(bend / 2), turnY(side / 2));
  const up = (from: Vector, attitude: Quaternion, far: number): Vector => add(from, rotate(attitude, [0, 0, far]));
  const waist = up(pelvis, turn, toWaist);
  const lower = chain(turn, half(spine));
  const chest = up(waist, lower, toChest);
  const upper = chain(lower, half(spine));
  const neck = up(chest, upper, toNeck);
  const throat = chain(upper, half(head));
  const skull = up(neck, throat, toHead);
  points.set('waist', waist).set('chest', chest).set('neck', neck).set('head', skull);
  placeHead(skull, chain(throat, half(head)), points);
  for (const side of SIDES) placeArm(posture[`${side}Arm`], side, neck, upper, points);
}

function placeHead(skull: Vector, attitude: Quaternion, points: Map<string, Vector>): void {
  const at = (out: number, [left, ahead, up]: readonly [number, number, number]): Vector =>
    add(skull, rotate(attitude, [out * left, -ahead, up]));
  points.set('nose', at(1, SIZE.nose)).set('head_top', at(1, SIZE.headTop));
  for (const side of SIDES) {
    points.set(`${side}_eye`, at(outwards(side), SIZE.eye)).set(`${side}_ear`, at(outwards(side), SIZE.ear));
  }
}

/** Degrees that the collar bone follows a lifted upper arm with. */
function collarLift(upperArm: Vector): number {
  const lifted = 90 + (Math.asin(Math.max(-1, Math.min(1, upperArm[2]))) * 180) / Math.PI;
  return 0.22 * Math.max(0, lifted - 30);
}

function placeArm(arm: Posture['leftArm'], side: Side, neck: Vector, chest: Quaternion, points: Map<string, Vector>) {
  const out = outwards(side);
  const swing = chain(turnX(-arm.front), turnY(-out * arm.out), turnZ(out * arm.twist));
  const lift = arm.shrug + collarLift(rotate(swing, [0, 0, -1]));
  const collar = rotate(turnY(-out * lift), [out * SIZE.collar.out, 0, -SIZE.collar.down]);
  const shoulder = add(neck, rotate(chest, collar));
  const upperArm = chain(chest, swing);
  const elbow = add(shoulder, rotate(upperArm, [0, 0, -SIZE.upperArm]));
  const forearm = chain(upperArm, turnX(-arm.elbow));
  const wrist = add(elbow, rotate(forearm, [0, 0, -SIZE.forearm]));
  const hand = chain(forearm, turnZ(-out * arm.pronate), turnY(out * arm.wrist), turnX(-arm.toThumb));
  points.set(`${side}_shoulder`, shoulder).set(`${side}_elbow`, elbow).set(`${side}_wrist`, wrist);
  for (const [name, point] of handPoints(arm.curl)) {
    const [across, thumbwards, along] = point;
    points.set(`${side}_${name}`, add(wrist, rotate(hand, [-out * across, -thumbwards, -along])));
  }
}

/** The angle at the knee, 0 when straight, in degrees. */
export function kneeBend(body: Body, side: Side): number {
  const at = (name: string): Vector => body.get(`${side}_${name}`) ?? [0, 0, 0];
  const [thigh, shin] = [subtract(at('knee'), at('hip')), subtract(at('ankle'), at('knee'))];
  return (Math.atan2(length(cross(thigh, shin)), dot(thigh, shin)) * 180) / Math.PI;
}
