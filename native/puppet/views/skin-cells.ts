import type { Gaussians } from '../../../core/gaussians.ts';
import { dot, length, mix, subtract, type Vector } from '../../../core/vector.ts';
import { reachFrom } from '../body/geodesic.ts';
import { boneWeights } from '../rig/bone-weights.ts';
import { BONE, BONES } from '../rig/bones.ts';
import { SIDES, type PerJoint } from '../rig/joints.ts';
import { AROUND, sortIntoCells, type Cells } from './cells.ts';

/** Cells along the height of the figure. */
const CELLS = 70;
/** Rounds in which bones learn how thick they are. */
const ROUNDS = 4;
/** Thickness of a bone before anything is known, in parts of its length, and its bounds. */
const THICKNESS = 0.25;
const BOUNDS = [0.12, 0.8] as const;

/** A cell is surely a bone's when it is no farther from it than this, in parts of its thickness. */
const SURE = 0.8;
/** The nearest of a bone's cells are sure in any case, this share of them: a hollow tube has none that lie deeper than others. */
const SURE_SHARE = 0.25;

/** How far from the shoulder, in parts of the upper arm, an arm is one with the chest. */
const SHOULDER = 0.5;

/** Rounds in which the borders between bones are evened out. */
const EVEN_ROUNDS = 4;

type Segment = readonly [Vector, Vector];

/** The lines that a bone's flesh lies about: the trunk is a frame, everything else a line. */
function segmentsOf(bone: number, joints: PerJoint<Vector>): Segment[] {
  const { from, to } = BONES[bone] ?? { from: 'hips', to: 'spine' };
  const own: Segment = [joints[from], joints[to]];
  const side = (joint: 'shoulder' | 'hip', part: number): Segment => [
    mix(joints.spine, joints[`right_${joint}`], part),
    mix(joints.spine, joints[`left_${joint}`], part),
  ];
  if (bone === BONE.chest) return [own, side('shoulder', 0.45), side('shoulder', 0.8)];
  if (bone === BONE.pelvis) return [own, side('hip', 0.9)];
  return [own];
}

function distanceTo(point: Vector, [a, b]: Segment): number {
  const along = subtract(b, a);
  const squared = dot(along, along);
  const t = squared > 0 ? Math.min(Math.max(dot(subtract(point, a), along) / squared, 0), 1) : 0;
  return length(subtract(point, mix(a, b, t)));
}

/**
 * How much each bone moves each Gaussian of a cloud in space, [N, number of bones]. A Gaussian's nearest bone is the one it
 * is nearest to in parts of the bone's own thickness, which is learnt from the cloud.
 */
export function weighCloud(gaussians: Gaussians, joints: PerJoint<Vector>): Float32Array {
  const heights = Array.from({ length: gaussians.count }, (_, i) => gaussians.means[i * 3 + 2] ?? 0).sort(
    (a, b) => a - b,
  );
  const tall = (heights[Math.floor(heights.length * 0.99)] ?? 1) - (heights[Math.floor(heights.length * 0.01)] ?? 0);
  const cells = sortIntoCells(gaussians, Math.max(tall, 1e-3) / CELLS);
  const { nearest, distances } = nearestBones(cells, joints);
  joinStrays(cells, nearest);
  for (let round = 0; round < EVEN_ROUNDS; round++) evenOut(cells, nearest);
  const joined = joinsOf(cells, nearest, joints);
  const conductance = Float32Array.from(cells.around, (other, k) =>
    other >= 0 && joined(Math.floor(k / AROUND), other) ? 1 / AROUND : 0,
  );
  const graph = { count: cells.count, degree: AROUND, neighbours: cells.around, conductance };
  const weights = boneWeights(
    graph,
    nearest,
    distances.map((distance) => distance / cells.side),
  );
  return spreadToGaussians(gaussians, cells, weights, joined);
}

function nearestBones(cells: Cells, joints: PerJoint<Vector>) {
  const lines = BONES.map((_, bone) => segmentsOf(bone, joints));
  const lengths = BONES.map(({ from, to }) => Math.max(length(subtract(joints[to], joints[from])), 1e-3));
  let thickness = lengths.map((value) => value * THICKNESS);
  const nearest = new Int16Array(cells.count);
  const distances = new Float32Array(cells.count);
  const ratios = new Float32Array(cells.count);
  for (let round = 0; round < ROUNDS; round++) {
    const owned: number[][] = BONES.map(() => []);
    for (const [cell, centre] of cells.centres.entries()) {
      let best = { ratio: Infinity, bone: 0, distance: 0 };
      for (const [bone, segments] of lines.entries()) {
        const distance = Math.min(...segments.map((segment) => distanceTo(centre, segment)));
        const ratio = distance / (thickness[bone] ?? 1);
        if (ratio < best.ratio) best = { ratio, bone, distance };
      }
      nearest[cell] = best.bone;
      distances[cell] = best.distance;
      ratios[cell] = best.ratio;
      owned[best.bone]?.push(best.distance);
    }
    thickness = pairedMedians(owned, thickness).map((value, bone) => {
      const whole = lengths[bone] ?? 1;
      return Math.min(Math.max(value, whole * BOUNDS[0]), whole * BOUNDS[1]);
    });
  }
  return { nearest: alongFlesh(cells, nearest, ratios), distances };
}

/**
 * The bone that each cell reaches by the shortest way through the flesh, from cells that lie well within a bone's own: straight
 * through the air a thumb may be nearer to a broad hip than to its hand. Cells that no way leads to keep theirs.
 */
function alongFlesh(cells: Cells, nearest: Int16Array, ratios: Float32Array): Int16Array {
  const limits = BONES.map((_, bone) => {
    const own = ratios.filter((_, cell) => nearest[cell] === bone).sort();
    return Math.max(SURE, own[Math.floor(own.length * SURE_SHARE)] ?? 0);
  });
  const seeds = Array.from(nearest, (label, node) => ({ node, label, cost: 0 })).filter(
    ({ node, label }) => (ratios[node] ?? 0) <= (limits[label] ?? SURE),
  );
  const { labels } = reachFrom(cells.count, seeds, (node, relax) => {
    for (const other of cells.around.subarray(node * AROUND, (node + 1) * AROUND)) {
      const [a, b] = [cells.centres[node], cells.centres[other]];
      if (a && b) relax(other, length(subtract(a, b)));
    }
  });
  return labels.map((label, cell) => (label >= 0 ? label : (nearest[cell] ?? 0)));
}

/**
 * What a bone owns apart from the rest of its flesh is not its own: fingers beside a thigh are nearer to it, in parts of its
 * thickness, than to the hand. Such strays go to the bone that owns most around them.
 */
function joinStrays(cells: Cells, nearest: Int16Array): void {
  const pieces = piecesOf(cells, nearest);
  const largest = new Map<number, number>();
  for (const piece of pieces) {
    const bone = nearest[piece[0] ?? 0] ?? 0;
    largest.set(bone, Math.max(largest.get(bone) ?? 0, piece.length));
  }
  for (const piece of pieces.sort((a, b) => a.length - b.length)) {
    const bone = nearest[piece[0] ?? 0] ?? 0;
    if (piece.length === largest.get(bone)) continue;
    const votes = new Map<number, number>();
    for (const cell of piece) {
      for (const other of cells.around.subarray(cell * AROUND, (cell + 1) * AROUND)) {
        const owner = other < 0 ? bone : (nearest[other] ?? bone);
        if (owner !== bone) votes.set(owner, (votes.get(owner) ?? 0) + 1);
      }
    }
    const [winner] = [...votes].sort(([, a], [, b]) => b - a);
    if (winner) for (const cell of piece) nearest[cell] = winner[0];
  }
}

/** Gives each cell to the bone that most of the cells around it belong to: borders between bones become short. */
function evenOut({ count, around }: Cells, nearest: Int16Array): void {
  const before = nearest.slice();
  for (let cell = 0; cell < count; cell++) {
    const votes = new Map<number, number>([[before[cell] ?? 0, 1]]);
    for (const other of around.subarray(cell * AROUND, (cell + 1) * AROUND)) {
      if (other >= 0) votes.set(before[other] ?? 0, (votes.get(before[other] ?? 0) ?? 0) + 1);
    }
    const [winner] = [...votes].sort(([, a], [, b]) => b - a);
    if (winner) nearest[cell] = winner[0];
  }
}

/** Connected cells of one bone each. */
function piecesOf({ count, around }: Cells, nearest: Int16Array): number[][] {
  const seen = new Uint8Array(count);
  const pieces: number[][] = [];
  for (let start = 0; start < count; start++) {
    if (seen[start]) continue;
    seen[start] = 1;
    const piece = [start];
    for (const cell of piece) {
      for (const other of around.subarray(cell * AROUND, (cell + 1) * AROUND)) {
        if (other < 0 || seen[other] || nearest[other] !== nearest[start]) continue;
        seen[other] = 1;
        piece.push(other);
      }
    }
    pieces.push(piece);
  }
  return pieces;
}

/** The median distance of what a bone owns, left and right sharing theirs. */
function pairedMedians(owned: readonly number[][], before: readonly number[]): number[] {
  const medians = owned.map((values, bone) => {
    values.sort((a, b) => a - b);
    return values[Math.floor(values.length / 2)] ?? before[bone] ?? 0;
  });
  return medians.map((value, bone) => {
    const name = BONES[bone]?.name ?? '';
    const [right, left] = SIDES;
    const partner = BONES.findIndex((other) => other.name === swapSide(name, right ?? '', left ?? ''));
    return partner < 0 ? value : (value + (medians[partner] ?? value)) / 2;
  });
}

function swapSide(name: string, right: string, left: string): string {
  if (name.startsWith(right)) return name.replace(right, left);
  return name.startsWith(left) ? name.replace(left, right) : '';
}

/**
 * Tells whether the flesh of two neighbouring cells is one. That of an upper arm and of the chest is so about the shoulder only:
 * farther down the arm hangs beside the trunk, however near they touch.
 */
function joinsOf(cells: Cells, nearest: Int16Array, joints: PerJoint<Vector>): (a: number, b: number) => boolean {
  const shoulders = SIDES.map((side) => ({
    bone: BONE[`${side}_upper_arm`],
    at: joints[`${side}_shoulder`],
    reach: SHOULDER * length(subtract(joints[`${side}_elbow`], joints[`${side}_shoulder`])),
  }));
  return (a, b) => {
    const [own, other] = [nearest[a] ?? 0, nearest[b] ?? 0];
    if (own === other) return true;
    if (!areJoined(own, other)) return false;
    const shoulder = shoulders.find(({ bone }) => bone === own || bone === other);
    if (!shoulder || (own !== BONE.chest && other !== BONE.chest)) return true;
    const [from, to] = [cells.centres[a], cells.centres[b]];
    return from && to ? length(subtract(mix(from, to, 0.5), shoulder.at)) < shoulder.reach : false;
  };
}

/** Flesh of two bones is one where the bones meet, and that of both thighs is (a skirt); an arm beside the trunk is not. */
function areJoined(a: number, b: number): boolean {
  const parent = (bone: number): number => BONES[bone]?.parent ?? -1;
  const thighs: number[] = [BONE.right_thigh, BONE.left_thigh];
  return a === b || parent(a) === b || parent(b) === a || (thighs.includes(a) && thighs.includes(b));
}

/** A Gaussian's weights from those of its cell and the cells around, the nearer the more. */
function spreadToGaussians(
  { count, means }: Gaussians,
  cells: Cells,
  weights: Float32Array,
  joined: (a: number, b: number) => boolean,
): Float32Array {
  const bones = BONES.length;
  const out = new Float32Array(count * bones);
  for (let i = 0; i < count; i++) {
    const own = cells.cellOf[i] ?? 0;
    const point: Vector = [means[i * 3] ?? 0, means[i * 3 + 1] ?? 0, means[i * 3 + 2] ?? 0];
    const row = out.subarray(i * bones, (i + 1) * bones);
    for (const cell of [own, ...cells.around.subarray(own * AROUND, (own + 1) * AROUND)]) {
      const centre = cells.centres[cell];
      if (!centre || !joined(own, cell)) continue;
      const away = length(subtract(point, centre)) / cells.side;
      const share = Math.exp(-2 * away * away);
      for (let bone = 0; bone < bones; bone++)
        row[bone] = (row[bone] ?? 0) + share * (weights[cell * bones + bone] ?? 0);
    }
  }
  return out;
}
