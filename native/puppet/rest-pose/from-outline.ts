import type { Pose } from '../../../core/poses/pose-sequence.ts';
import { COCO_WHOLEBODY133 } from '../../../core/poses/skeleton.ts';
import { reachFrom } from '../body/geodesic.ts';
import { apart, between, neighbourOf, type Point } from '../body/grid.ts';
import { SIDES, type Side } from '../rig/joints.ts';
import { extentOf, type Silhouette } from './silhouette.ts';

/** A guess from the outline is trusted this much. */
const CONFIDENCE = 0.5;
/** The neck is looked for between these heights from the top, in parts of the figure's. */
const NECK_FROM = 0.1;
const NECK_TO = 0.38;
/** The hips lie between these heights from the neck to the ground, just above the crotch where one is seen. */
const HIPS_FROM = 0.36;
const HIPS_TO = 0.48;
const ABOVE_CROTCH = 0.06;
/** An arm reaches at least this far from the middle line, in parts of the height, to count as seen. */
const ARM_REACH = 0.16;
/** What a cell to the side counts beside a cell of the way there, when the hand is looked for. */
const OUTWARDS = 2.5;
/** An arm is no wider than this, in parts of the height. */
const ARM_WIDTH = 0.1;

/**
 * Where a standing figure's joints are, from nothing but its outline: the neck where it is narrowest below the top, the feet at the
 * bottom, the hands where it reaches farthest to both sides. For figures that no detector knows; never exact.
 */
export function poseFromOutline(silhouette: Silhouette): Pose | undefined {
  const extent = extentOf(silhouette);
  if (!extent || extent.height < 12 || extent.width < 4) return undefined;
  const { height } = extent;
  const neck = findNeck(silhouette, extent);
  const feet = SIDES.map((side) => findFoot(silhouette, extent, neck[0], signOf(side)));
  const hipsY = findHips(silhouette, extent, neck, feet);
  const trunk = rowSpan(silhouette, Math.round((neck[1] * 2 + hipsY) / 3), neck[0]);
  const shoulderY = neck[1] + 0.05 * height;
  const half = Math.min(Math.max((trunk.right - trunk.left) / 2, 0.06 * height), 0.16 * height);
  const hips: Point = [middleOf(rowSpan(silhouette, Math.round(hipsY), neck[0])), hipsY];
  const found = new Map<string, Point>();
  const head = between(neck, [neck[0], extent.top], 0.5);
  found.set('nose', head);
  for (const [place, side] of SIDES.entries()) {
    const sign = signOf(side);
    const shoulder: Point = [neck[0] + sign * half * 0.9, shoulderY];
    const hip: Point = [hips[0] + sign * half * 0.5, hipsY];
    const ankle = feet[place] ?? hip;
    const knee = between(hip, ankle, 0.5);
    const { hand, elbow } = findArm(silhouette, { shoulder, hipsY, neck, sign, height, half });
    for (const [name, point] of Object.entries({ shoulder, elbow, wrist: hand, hip, knee, ankle })) {
      found.set(`${side}_${name}`, point);
    }
  }
  return toPose(found, silhouette.cell);
}

/** The figure looks at us: its right is on the left. */
const signOf = (side: Side): number => (side === 'right' ? -1 : 1);

/** Above the crotch, which is where the gap between the feet ends; within usual bounds, for skirts have none. */
function findHips(
  { width, inside }: Silhouette,
  { top, bottom, height }: Extent,
  neck: Point,
  feet: readonly Point[],
): number {
  const column = Math.floor(feet.reduce((sum, [x]) => sum + x, 0) / feet.length);
  let row = bottom;
  while (row > top && !inside[row * width + column]) row--;
  const part = (t: number): number => neck[1] + t * (bottom - neck[1]);
  const usual = part((HIPS_FROM + HIPS_TO) / 2);
  const crotch = row < bottom - 0.04 * height ? row - ABOVE_CROTCH * height : usual;
  return Math.min(Math.max(crotch, part(HIPS_FROM)), part(HIPS_TO));
}

function toPose(found: ReadonlyMap<string, Point>, cell: number): Pose {
  const { names } = COCO_WHOLEBODY133;
  const keypoints = new Float32Array(names.length * 3);
  for (const [name, [x, y]] of found) keypoints.set([x * cell, y * cell, CONFIDENCE], names.indexOf(name) * 3);
  return { keypoints };
}

interface Span {
  readonly left: number;
  /** One beyond the last. */
  readonly right: number;
}

const middleOf = ({ left, right }: Span): number => (left + right) / 2;

/** The run of cells of a row that is nearest to a column. */
function rowSpan({ width, height, inside }: Silhouette, row: number, column: number): Span {
  const y = Math.min(Math.max(row, 0), height - 1);
  const runs: Span[] = [];
  for (let x = 0; x < width; x++) {
    if (!inside[y * width + x]) continue;
    const last = runs.at(-1);
    if (last?.right === x) runs[runs.length - 1] = { left: last.left, right: x + 1 };
    else runs.push({ left: x, right: x + 1 });
  }
  const away = ({ left, right }: Span): number => Math.max(left - column, column - right, 0);
  return runs.sort((a, b) => away(a) - away(b))[0] ?? { left: column, right: column };
}

type Extent = NonNullable<ReturnType<typeof extentOf>>;

/** The narrowest row between the head and the shoulders. */
function findNeck(silhouette: Silhouette, { left, right, top, height }: Extent): Point {
  let column = (left + right + 1) / 2;
  let best = { width: Infinity, point: [column, top + 0.2 * height] as Point };
  for (let row = Math.round(top + NECK_FROM * height); row <= top + NECK_TO * height; row++) {
    const span = rowSpan(silhouette, row, column);
    const width = span.right - span.left;
    column = middleOf(span);
    // Of equally narrow rows the lower one is nearer to the shoulders.
    if (width > 0 && width <= best.width) best = { width, point: [column, row + 0.5] };
  }
  return best.point;
}

/** The ankle above the lowest cells of one half. */
function findFoot({ width, inside }: Silhouette, { bottom, height }: Extent, middle: number, sign: number): Point {
  const columns: number[] = [];
  const rows: number[] = [];
  inside.forEach((value, p) => {
    const [x, y] = [(p % width) + 0.5, Math.floor(p / width)];
    if (value && y > bottom - 0.1 * height && sign * (x - middle) > 0) {
      columns.push(x);
      rows.push(y);
    }
  });
  if (columns.length === 0) return [middle + sign * 0.04 * height, bottom - 0.05 * height];
  const mean = columns.reduce((sum, x) => sum + x, 0) / columns.length;
  return [mean, Math.max(...rows) - 0.05 * height];
}

interface ArmSearch {
  readonly shoulder: Point;
  readonly hipsY: number;
  readonly neck: Point;
  readonly sign: number;
  readonly height: number;
  readonly half: number;
}

/**
 * The hand is where the way inside the outline from the shoulder to one side is longest, hair not counting; the elbow is half way
 * there, in the middle of the arm. Without an arm to be seen, it hangs down.
 */
function findArm(silhouette: Silhouette, search: ArmSearch): { hand: Point; elbow: Point } {
  const { shoulder, hipsY, neck, sign, height, half } = search;
  const { width, inside } = silhouette;
  const pointOf = (p: number): Point => [(p % width) + 0.5, Math.floor(p / width) + 0.5];
  const isHead = ([x, y]: Point): boolean => y < neck[1] - 0.02 * height && Math.abs(x - neck[0]) < 1.3 * half;
  const start = nearestInside(silhouette, shoulder);
  const { costs } = reachFrom(inside.length, start < 0 ? [] : [{ node: start, label: 0, cost: 0 }], (node, relax) => {
    for (let step = 0; step < 4; step++) {
      const next = neighbourOf(node, step, width, silhouette.height);
      if (next >= 0 && inside[next] && !isHead(pointOf(next))) relax(next, 1);
    }
  });
  const out = (p: number): number => sign * (pointOf(p)[0] - neck[0]);
  const isArm = (p: number): boolean => {
    const [, y] = pointOf(p);
    const reached = Number.isFinite(costs[p]) && out(p) > half * 0.8;
    return reached && y < hipsY + 0.15 * height && y > shoulder[1] - 0.4 * height;
  };
  const arm = Array.from(costs.keys()).filter(isArm);
  // Down a broad hip the way is long too, but not far out.
  const score = (p: number): number => (costs[p] ?? 0) + OUTWARDS * out(p);
  const tip = arm.reduce((best, p) => (score(p) > score(best) ? p : best), arm[0] ?? -1);
  if (tip < 0 || out(tip) < Math.max(ARM_REACH * height, 1.25 * half)) {
    const hanging = (t: number): Point => [shoulder[0] + sign * 0.02 * height * t, shoulder[1] + 0.36 * height * t];
    return { hand: hanging(0.9), elbow: hanging(0.45) };
  }
  const way = wayBack(silhouette, costs, tip).map(pointOf);
  /** Middle of the arm where that part of the way to its tip is done. */
  const along = (part: number): Point => {
    const at = way[Math.round((1 - part) * (way.length - 1))] ?? shoulder;
    const slice = arm
      .filter((p) => Math.abs((costs[p] ?? 0) / (costs[tip] ?? 1) - part) < 0.05)
      .map(pointOf)
      .filter((point) => apart(point, at) < ARM_WIDTH * height);
    const mean = (c: 0 | 1): number => slice.reduce((sum, point) => sum + point[c], 0) / slice.length;
    return slice.length > 0 ? [mean(0), mean(1)] : at;
  };
  return { hand: along(0.84), elbow: along(0.46) };
}

/** The cells from one back to where its way began. */
function wayBack({ width, height }: Silhouette, costs: Float32Array, from: number): number[] {
  const way = [from];
  for (let at = from; (costs[at] ?? 0) > 0;) {
    const neighbours = [0, 1, 2, 3].map((step) => neighbourOf(at, step, width, height)).filter((p) => p >= 0);
    const next = neighbours.reduce((best, p) => ((costs[p] ?? Infinity) < (costs[best] ?? Infinity) ? p : best), at);
    if (next === at) break;
    way.push(next);
    at = next;
  }
  return way;
}

function nearestInside({ width, inside }: Silhouette, [x, y]: Point): number {
  let best = { distance: Infinity, cell: -1 };
  inside.forEach((value, p) => {
    const distance = Math.hypot((p % width) + 0.5 - x, Math.floor(p / width) + 0.5 - y);
    if (value && distance < best.distance) best = { distance, cell: p };
  });
  return best.cell;
}
