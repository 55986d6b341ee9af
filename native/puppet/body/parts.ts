import { BONE, BONES } from '../rig/bones.ts';
import { SIDES, type Joint, type PerJoint, type Side } from '../rig/joints.ts';
import type { Figure } from './figure.ts';
import { reachFrom } from './geodesic.ts';
import { apart, between, centreOf, isInPolygon, nearestOnSegment, neighbourOf, pixelAt, type Point } from './grid.ts';

/** The parts that a picture is taken apart into before bones are told apart. */
export const PARTS = ['torso', 'head', 'right_arm', 'left_arm', 'right_leg', 'left_leg'] as const;
export type Part = (typeof PARTS)[number];
export const PART = Object.fromEntries(PARTS.map((part, index) => [part, index])) as Readonly<Record<Part, number>>;

export interface PartMap {
  /** Part of each pixel, -1 outside the character. */
  readonly parts: Int16Array;
  /** Half the width of each arm, in pixels. */
  readonly armRadius: Readonly<Record<Side, number>>;
  /** The quadrilateral of shoulders and hips. */
  readonly trunk: readonly Point[];
}

/** A step across a strong change of colour costs as much as this many others: outlines and seams part limbs. */
const EDGE_COST = 12;
/** Arms are half as wide as this, in parts of the arm's length, where the picture does not show it. */
const ARM_RADIUS = 0.085;

const chain = (joints: PerJoint<Point>, names: readonly Joint[]): Point[] => names.map((name) => joints[name]);

/** The line of joints of each limb. */
export const limbLine = (joints: PerJoint<Point>, part: Part): Point[] => {
  const [side, limb] = part.split('_') as [Side, string?];
  if (limb === 'arm') {
    return chain(joints, [`${side}_shoulder`, `${side}_elbow`, `${side}_wrist`, `${side}_fingers`]);
  }
  if (limb === 'leg') return chain(joints, [`${side}_hip`, `${side}_knee`, `${side}_ankle`, `${side}_toes`]);
  return chain(joints, part === 'head' ? ['neck', 'crown'] : ['hips', 'spine', 'neck']);
};

/** Distance of a point to a line of joints. */
export const distanceToLine = (p: Point, line: readonly Point[]): number =>
  Math.min(...line.slice(1).map((end, k) => nearestOnSegment(p, line[k] ?? end, end).distance));

/**
 * Which part of the body each pixel shows: the one whose bones it reaches by the shortest way inside the character, with ways
 * across outlines being long. An arm in front of the body is told from it by its width.
 */
export function findParts(figure: Figure): PartMap {
  const { width, height, inside, joints } = figure;
  const trunk = chain(joints, ['right_shoulder', 'left_shoulder', 'left_hip', 'right_hip']);
  const depth = depthInside(figure);
  const armRadius = {
    right: radiusOfArm(figure, depth, trunk, 'right'),
    left: radiusOfArm(figure, depth, trunk, 'left'),
  };
  const seeds = new Map<number, number>();
  const headCentre = between(joints.neck, joints.crown, 0.55);
  const headRadius = apart(joints.neck, joints.crown) * 0.4;
  for (let p = 0; p < inside.length; p++) {
    if (!inside[p]) continue;
    const point = centreOf(p, width);
    if (apart(point, headCentre) < headRadius) seeds.set(p, PART.head);
    else if (isInPolygon(point, trunk)) seeds.set(p, PART.torso);
  }
  for (const side of SIDES) {
    seedLimb(figure, seeds, `${side}_leg`, 0.1, 0);
    seedLimb(figure, seeds, `${side}_arm`, 0.25, armRadius[side]);
  }
  const edges = colourEdges(figure);
  const { labels } = reachFrom(
    inside.length,
    Array.from(seeds, ([node, label]) => ({ node, label, cost: 0 })),
    (node, relax) => {
      for (let step = 0; step < 4; step++) {
        const next = neighbourOf(node, step, width, height);
        if (next >= 0 && inside[next]) relax(next, 1 + EDGE_COST * ((edges[node] ?? 0) + (edges[next] ?? 0)));
      }
    },
  );
  return { parts: labels, armRadius, trunk };
}

/**
 * Seeds of a limb: its line, from `start` (in parts of its first bone) on. Around an arm, a band of what the trunk has claimed is
 * given back to whoever reaches it first.
 */
function seedLimb(
  { width, height, inside, joints }: Figure,
  seeds: Map<number, number>,
  part: Part,
  start: number,
  radius: number,
) {
  const line = limbLine(joints, part);
  const [first, second] = line;
  if (!first || !second) return;
  line[0] = between(first, second, start);
  if (radius > 0) {
    for (const [p, label] of seeds) {
      const distance = label === PART.torso ? distanceToLine(centreOf(p, width), line) : Infinity;
      if (distance < radius * 0.8) seeds.set(p, PART[part]);
      else if (distance < radius * 1.35) seeds.delete(p);
    }
  }
  line.slice(1).forEach((end, k) => {
    const from = line[k] ?? end;
    const steps = Math.ceil(apart(from, end) * 2) + 1;
    for (let step = 0; step <= steps; step++) {
      const p = pixelAt(between(from, end, step / steps), width, height);
      if (inside[p]) seeds.set(p, PART[part]);
    }
  });
}

/** How far inside each pixel lies: steps to the nearest pixel outside. */
export function depthInside({ width, height, inside }: Figure): Float32Array {
  const outside = Array.from(inside.keys()).filter((p) => !inside[p]);
  const { costs } = reachFrom(
    inside.length,
    outside.map((node) => ({ node, label: 0, cost: 0 })),
    (node, relax) => {
      for (let step = 0; step < 4; step++) {
        const next = neighbourOf(node, step, width, height);
        if (next >= 0 && inside[next]) relax(next, 1);
      }
    },
  );
  return costs;
}

/** Half the width of an arm where the picture shows it beside the body; else what is usual for its length. */
function radiusOfArm(
  { width, height, joints }: Figure,
  depth: Float32Array,
  trunk: readonly Point[],
  side: Side,
): number {
  const line = limbLine(joints, `${side}_arm`);
  const [shoulder, elbow, wrist] = line;
  if (!shoulder || !elbow || !wrist) return 1;
  const whole = apart(shoulder, elbow) + apart(elbow, wrist);
  const widths = [0.35, 0.5, 0.65, 0.8, 0.95].flatMap((t) =>
    [between(shoulder, elbow, t), between(elbow, wrist, t)].flatMap((point) =>
      isInPolygon(point, trunk) ? [] : [depth[pixelAt(point, width, height)] ?? 0],
    ),
  );
  const usual = ARM_RADIUS * whole;
  // The lower quartile: where an arm touches the body, the way out is longer than the arm is wide.
  const seen = widths.filter((value) => value >= 1).sort((a, b) => a - b);
  const shown = seen[Math.floor(seen.length / 4)];
  return shown === undefined ? usual : Math.min(Math.max(shown, usual * 0.5), usual * 2.5);
}

/** How strongly the colour changes at each pixel, 0..1. */
export function colourEdges({ width, height, rgb, inside }: Figure): Float32Array {
  const edges = new Float32Array(inside.length);
  for (let p = 0; p < inside.length; p++) {
    if (!inside[p]) continue;
    let squared = 0;
    for (const step of [0, 2]) {
      const [after, before] = [neighbourOf(p, step, width, height), neighbourOf(p, step + 1, width, height)];
      if (after < 0 || before < 0 || !inside[after] || !inside[before]) continue;
      for (let c = 0; c < 3; c++) squared += ((rgb[after * 3 + c] ?? 0) - (rgb[before * 3 + c] ?? 0)) ** 2;
    }
    edges[p] = Math.min(1, Math.sqrt(squared) * 1.5);
  }
  return edges;
}

/** The bone of a part that a pixel belongs to: the one it lies nearest to. */
export function boneOf(part: number, point: Point, { joints }: Figure): number {
  const name = PARTS[part] ?? 'torso';
  if (name === 'head') return BONE.head;
  const line = limbLine(joints, name);
  const first = name === 'torso' ? BONE.pelvis : firstBone(name);
  const distances = line.slice(1).map((end, k) => nearestOnSegment(point, line[k] ?? end, end).distance);
  return first + distances.indexOf(Math.min(...distances));
}

/** A limb's bones follow one another. */
const firstBone = (part: Exclude<Part, 'torso' | 'head'>): number =>
  BONES.findIndex(({ name }) => name === part.replace('_arm', '_upper_arm').replace('_leg', '_thigh'));
