import type { RigPart } from './motion-names.ts';
import { childrenOf, hangsOn, positionOf, type Rig, type RigParts } from './motion-rig.ts';
import type { Vector } from './motion.ts';
import { add, cross, distance, dot, subtract } from '../vector.ts';
import { across, middle, unit } from './motion-vectors.ts';

/** Two limbs of a pair differ by less than this part of their length. */
const PAIR_TOLERANCE = 0.15;
/** A node with more branches than this is no pelvis and no chest. */
const MAX_BRANCHES = 16;
/** Joints of a limb that are looked at. */
const MAX_CHAIN = 64;

/** Joints from the start of a limb to the end of its longest chain, and the way along them at rest. */
interface Limb {
  readonly joints: readonly number[];
  readonly length: number;
}

interface Pair {
  readonly node: number;
  readonly limbs: readonly [Limb, Limb];
}

/**
 * The parts of a person by the shape of the skeleton at rest, for rigs whose joints have no names: two limbs of the same
 * length at the pelvis, two more and a head further up, and feet that say where the front is. Undefined where that does
 * not settle every part.
 */
export function partsByShape(rig: Rig): RigParts | undefined {
  const children = childrenOf(rig.joints);
  const limbAt = longestLimbs(rig, children);
  const pairs = children.flatMap((branches, node) => pairsAt(node, branches, limbAt));
  const found = pelvisAndChest(rig, pairs, children);
  if (!found) return undefined;
  const { legs, arms, head } = found;
  const front = frontOf(rig, legs, arms);
  return front && assign(rig, legs, arms, front, limbAt(head).joints);
}

/** For every joint the longest chain below it. Children are done before their parents, without recursion. */
function longestLimbs({ joints, rest }: Rig, children: readonly (readonly number[])[]): (joint: number) => Limb {
  const lengths = new Float64Array(joints.length);
  const next = new Int32Array(joints.length).fill(-1);
  const order = joints.flatMap(({ parent }, joint) => (parent < 0 ? [joint] : []));
  for (const joint of order) order.push(...(children[joint] ?? []));
  for (const joint of order.reverse()) {
    const parent = joints[joint]?.parent ?? -1;
    if (parent < 0) continue;
    const length = (lengths[joint] ?? 0) + distance(positionOf(rest, parent), positionOf(rest, joint));
    if (next[parent] !== -1 && !(length > (lengths[parent] ?? 0))) continue;
    lengths[parent] = length;
    next[parent] = joint;
  }
  return (start) => {
    const chain: number[] = [];
    for (let joint = start; joint >= 0 && chain.length < MAX_CHAIN; joint = next[joint] ?? -1) chain.push(joint);
    return { joints: chain, length: lengths[start] ?? 0 };
  };
}

function pairsAt(node: number, branches: readonly number[], limbAt: (joint: number) => Limb): Pair[] {
  if (branches.length < 2 || branches.length > MAX_BRANCHES) return [];
  const pairs: Pair[] = [];
  for (const [i, one] of branches.entries()) {
    for (const other of branches.slice(i + 1)) {
      const [a, b] = [limbAt(one), limbAt(other)];
      if (arePair(a, b)) pairs.push({ node, limbs: [a, b] });
    }
  }
  return pairs;
}

const arePair = (a: Limb, b: Limb): boolean =>
  Math.min(a.joints.length, b.joints.length) >= 3 &&
  Math.abs(a.length - b.length) <= PAIR_TOLERANCE * Math.max(a.length, b.length);

/** The longest pair of limbs with a head between them, and the longest pair further down, on another branch. */
function pelvisAndChest(rig: Rig, pairs: readonly Pair[], children: readonly (readonly number[])[]) {
  const size = ({ limbs: [a, b] }: Pair): number => a.length + b.length;
  const sorted = pairs.toSorted((a, b) => size(b) - size(a)).slice(0, 64);
  let best: { legs: Pair; arms: Pair; head: number } | undefined;
  for (const arms of sorted) {
    const starts = arms.limbs.map(({ joints }) => joints[0]);
    const [head] = (children[arms.node] ?? []).filter((child) => !starts.includes(child));
    if (head === undefined) continue;
    for (const legs of sorted) {
      if (!hangsOn(rig.joints, arms.node, legs.node)) continue;
      const isOnLeg = legs.limbs.some(
        ({ joints: [hip = -1] }) => hip === arms.node || hangsOn(rig.joints, arms.node, hip),
      );
      if (isOnLeg || (best && size(legs) + size(arms) <= size(best.legs) + size(best.arms))) continue;
      best = { legs, arms, head };
    }
  }
  return best;
}

/** Three joints in a row with the longest two bones, and what follows them: collar bones and fingers are short. */
function mainJoints({ rest }: Rig, { joints }: Limb): readonly number[] {
  const at = (i: number): Vector => positionOf(rest, joints[i] ?? -1);
  const bones = (i: number): number => distance(at(i), at(i + 1)) + distance(at(i + 1), at(i + 2));
  const starts = joints.slice(0, -2).map((_, i) => i);
  const [start = 0] = starts.toSorted((a, b) => bones(b) - bones(a));
  return joints.slice(start);
}

interface Front {
  readonly left: Vector;
}

function frontOf(rig: Rig, legs: Pair, arms: Pair): Front | undefined {
  const place = (joint: number | undefined): Vector => positionOf(rig.rest, joint ?? -1);
  const [one, other] = legs.limbs.map((limb) => mainJoints(rig, limb));
  const [shoulder, otherShoulder] = arms.limbs.map((limb) => mainJoints(rig, limb)[0]);
  if (one?.[3] === undefined || other?.[3] === undefined) return undefined; // no toes, no front
  const up = unit(subtract(middle(place(shoulder), place(otherShoulder)), middle(place(one[0]), place(other[0]))));
  const feet = add(subtract(place(one[3]), place(one[2])), subtract(place(other[3]), place(other[2])));
  const legsDown = subtract(middle(place(one[0]), place(other[0])), middle(place(one[2]), place(other[2])));
  return dot(legsDown, up) > 0 ? { left: unit(cross(up, unit(across(feet, up)))) } : undefined;
}

function assign(rig: Rig, legs: Pair, arms: Pair, { left }: Front, head: readonly number[]): RigParts | undefined {
  const parts = new Map<RigPart, number>();
  const names = [
    { pair: arms, ends: ['shoulder', 'elbow', 'wrist', 'middle_finger'] },
    { pair: legs, ends: ['hip', 'knee', 'ankle', 'toe'] },
  ] as const;
  for (const { pair, ends } of names) {
    const limbs = pair.limbs.map((limb) => mainJoints(rig, limb));
    const [from, to] = limbs.map(([start = -1]) => positionOf(rig.rest, start));
    const sideways = from && to ? dot(unit(subtract(to, from)), left) : 0;
    if (Math.abs(sideways) < 0.5) return undefined; // the pair is not side by side
    limbs.forEach((joints, i) => {
      const side = (i === 1) === sideways > 0 ? 'left' : 'right';
      ends.forEach((end, k) => {
        const joint = joints[k];
        if (joint !== undefined) parts.set(`${side}_${end}`, joint);
      });
    });
  }
  const [neck, skull, top] = head;
  if (neck !== undefined) parts.set(skull === undefined ? 'head' : 'neck', neck);
  if (skull !== undefined) parts.set('head', skull);
  if (top !== undefined) parts.set('head_top', top);
  return parts;
}
