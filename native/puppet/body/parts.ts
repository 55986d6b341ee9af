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
  /** Pixels of the body behind which an arm goes on unseen. */
  readonly unseen: Readonly<Record<Side, readonly number[]>>;
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
  const armRadius = { right: radiusOfArm(figure, trunk, 'right'), left: radiusOfArm(figure, trunk, 'left') };
  const seeds = new Map<number, number>();
  const headCentre = between(joints.neck, joints.crown, 0.55);
  const headRadius = apart(joints.neck, joints.crown) * 0.4;
  for (let p = 0; p < inside.length; p++) {
    if (!inside[p]) continue;
    const point = centreOf(p, width);
    if (apart(point, headCentre) < headRadius) seeds.set(p, PART.head);
    else if (isInPolygon(point, trunk)) seeds.set(p, PART.torso);
  }
  const unseen: Record<Side, readonly number[]> = { right: [], left: [] };
  for (const side of SIDES) {
    const runs = runsBehind(figure, armRadius[side], side);
    const isSeen = (point: Point): boolean => !runs.some((run) => distanceToLine(point, run) < armRadius[side]);
    unseen[side] = Array.from(inside.keys()).filter((p) => inside[p] && !isSeen(centreOf(p, width)));
    seedLimb(figure, seeds, `${side}_leg`, 0.1, 0, () => true);
    seedLimb(figure, seeds, `${side}_arm`, ARM_BEGINS, armRadius[side], isSeen);
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
  return { parts: labels, armRadius, trunk, unseen };
}

/** Places along an arm at which it is looked at. */
const ARM_SAMPLES = 40;
/** Nearer to the shoulder, in parts of the upper arm, an arm is the body's. */
const ARM_BEGINS = 0.25;
/** An arm is alone where the figure reaches no farther than this to both its sides, in half widths of the arm. */
const ALONE = 1.6;
/** A colour is the arm's when it differs by no more than this (0..1 a channel) from one that is seen where it is alone. */
const ARM_COLOUR = 0.3;

/** Its colours are those of at least this share of the places where it is alone: the others are an outline, or what it touches. */
const ARM_COLOUR_SHARE = 0.15;

/** The stretches of an arm's line that the body covers: there the picture shows none of the arm's colours. */
function runsBehind(figure: Figure, radius: number, side: Side): Point[][] {
  const { width, height, rgb, inside, joints } = figure;
  const [shoulder, elbow, wrist, fingers] = limbLine(joints, `${side}_arm`) as [Point, Point, Point, Point];
  const samples = Array.from({ length: ARM_SAMPLES }, (_, k) => {
    const t = ARM_BEGINS + ((2 - ARM_BEGINS) * k) / (ARM_SAMPLES - 1);
    const [from, to] = t < 1 ? [shoulder, elbow] : [elbow, wrist];
    const point = between(from, to, t < 1 ? t : t - 1);
    const pixel = pixelAt(point, width, height);
    const colour = Array.from(rgb.subarray(pixel * 3, pixel * 3 + 3));
    const isAlone = Math.max(...reachAcross(figure, point, from, to)) <= ALONE * radius;
    return { point, colour, isInside: inside[pixel] === 1, isAlone };
  });
  const alone = samples.filter(({ isInside, isAlone }) => isInside && isAlone);
  if (alone.length < ARM_SAMPLES / 4) return [];
  const runs: Point[][] = [];
  let wasCovered = false;
  for (const { point, colour, isInside, isAlone } of samples) {
    const differs = (other: readonly number[]): boolean =>
      Math.hypot(...colour.map((value, c) => value - (other[c] ?? 0))) > ARM_COLOUR;
    const alike = alone.filter((sample) => !differs(sample.colour)).length;
    const isCovered = isInside && !isAlone && alike < ARM_COLOUR_SHARE * alone.length;
    if (isCovered && wasCovered) runs.at(-1)?.push(point);
    else if (isCovered) runs.push([point, point]);
    wasCovered = isCovered;
  }
  // A hand is where its wrist is.
  if (wasCovered) runs.at(-1)?.push(fingers);
  // One dark pixel is an outline, not a dress.
  return runs.filter((run) => apart(run[0] ?? shoulder, run.at(-1) ?? shoulder) > radius);
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
  isSeen: (point: Point) => boolean,
) {
  const line = limbLine(joints, part);
  const [first, second] = line;
  if (!first || !second) return;
  line[0] = between(first, second, start);
  if (radius > 0) {
    for (const [p, label] of seeds) {
      const point = centreOf(p, width);
      const distance = label === PART.torso && isSeen(point) ? distanceToLine(point, line) : Infinity;
      if (distance < radius * 0.5) seeds.set(p, PART[part]);
      else if (distance < radius * 1.35) seeds.delete(p);
    }
  }
  line.slice(1).forEach((end, k) => {
    const from = line[k] ?? end;
    const steps = Math.ceil(apart(from, end) * 2) + 1;
    for (let step = 0; step <= steps; step++) {
      const point = between(from, end, step / steps);
      const p = pixelAt(point, width, height);
      if (inside[p] && isSeen(point)) seeds.set(p, PART[part]);
    }
  });
}

/** How far a figure reaches from a point across a bone, to its two sides. */
function reachAcross({ width, height, inside }: Figure, point: Point, from: Point, to: Point): [number, number] {
  const length = Math.max(apart(from, to), 1e-6);
  const across: Point = [-(to[1] - from[1]) / length, (to[0] - from[0]) / length];
  const reach = (sign: number): number => {
    let steps = 0;
    const at = (): Point => [point[0] + sign * across[0] * steps, point[1] + sign * across[1] * steps];
    while (steps < width && inside[pixelAt(at(), width, height)]) steps++;
    return steps;
  };
  return [reach(1), reach(-1)];
}

/** Half the width of an arm where the picture shows it beside the body; else what is usual for its length. */
function radiusOfArm(figure: Figure, trunk: readonly Point[], side: Side): number {
  const [shoulder, elbow, wrist] = limbLine(figure.joints, `${side}_arm`) as [Point, Point, Point];
  const widths = [0.35, 0.5, 0.65, 0.8, 0.95].flatMap((t) =>
    [[shoulder, elbow] as const, [elbow, wrist] as const].flatMap(([from, to]) => {
      const point = between(from, to, t);
      return isInPolygon(point, trunk) ? [] : [Math.min(...reachAcross(figure, point, from, to))];
    }),
  );
  const usual = ARM_RADIUS * (apart(shoulder, elbow) + apart(elbow, wrist));
  const seen = widths.filter((value) => value >= 1).sort((a, b) => a - b);
  const shown = seen[Math.floor(seen.length / 2)];
  return shown === undefined ? usual : Math.min(Math.max(shown, usual * 0.5), usual * 3.5);
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
