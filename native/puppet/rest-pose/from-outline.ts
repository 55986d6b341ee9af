import type { Pose } from '../../../core/poses/pose-sequence.ts';
import { COCO_WHOLEBODY133 } from '../../../core/poses/skeleton.ts';
import { reachFrom } from '../body/geodesic.ts';
import { between, neighbourOf, type Point } from '../body/grid.ts';
import { SIDES } from '../rig/joints.ts';
import { extentOf, type Silhouette } from './silhouette.ts';

/** A guess from the outline is trusted this much. */
const CONFIDENCE = 0.5;
/** Usual heights of joints of a standing figure from the top, in parts of its height, around which the outline is searched. */
const NECK_FROM = 0.1;
const NECK_TO = 0.38;
const HIPS_BELOW_NECK = 0.42;
/** An arm reaches at least this far from the middle line, in parts of the height, to count as seen. */
const ARM_REACH = 0.16;

/**
 * Where a standing figure's joints are, from nothing but its outline: the neck where it is narrowest below the top, the feet at the
 * bottom, the hands where it reaches farthest to both sides. For figures that no detector knows; never exact.
 */
export function poseFromOutline(silhouette: Silhouette): Pose | undefined {
  const extent = extentOf(silhouette);
  if (!extent || extent.height < 12 || extent.width < 4) return undefined;
  const { height, bottom } = extent;
  const neck = findNeck(silhouette, extent);
  const hipsY = neck[1] + HIPS_BELOW_NECK * (bottom - neck[1]);
  const trunk = rowSpan(silhouette, Math.round((neck[1] * 2 + hipsY) / 3), neck[0]);
  const shoulderY = neck[1] + 0.05 * height;
  const half = Math.min(Math.max((trunk.right - trunk.left) / 2, 0.06 * height), 0.16 * height);
  const hips: Point = [middleOf(rowSpan(silhouette, Math.round(hipsY), neck[0])), hipsY];
  const found = new Map<string, Point>();
  const head = between(neck, [neck[0], extent.top], 0.5);
  found.set('nose', head);
  for (const side of SIDES) {
    // The figure looks at us: its right is on the left.
    const sign = side === 'right' ? -1 : 1;
    const shoulder: Point = [neck[0] + sign * half * 0.9, shoulderY];
    const hip: Point = [hips[0] + sign * half * 0.5, hipsY];
    const ankle = findFoot(silhouette, extent, hips[0], sign);
    const knee = between(hip, ankle, 0.5);
    const { hand, elbow } = findArm(silhouette, { shoulder, hipsY, middle: neck[0], sign, height, half });
    for (const [name, point] of Object.entries({ shoulder, elbow, wrist: hand, hip, knee, ankle })) {
      found.set(`${side}_${name}`, point);
    }
  }
  return toPose(found, silhouette.cell);
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
  readonly middle: number;
  readonly sign: number;
  readonly height: number;
  readonly half: number;
}

/** The hand is where the way inside the outline from the shoulder to one side is longest; without an arm, it hangs down. */
function findArm(
  silhouette: Silhouette,
  { shoulder, hipsY, middle, sign, height, half }: ArmSearch,
): { hand: Point; elbow: Point } {
  const { width, inside } = silhouette;
  const start = nearestInside(silhouette, shoulder);
  const { costs } = reachFrom(inside.length, start < 0 ? [] : [{ node: start, label: 0, cost: 0 }], (node, relax) => {
    for (let step = 0; step < 4; step++) {
      const next = neighbourOf(node, step, width, silhouette.height);
      if (next >= 0 && inside[next]) relax(next, 1);
    }
  });
  let best = { score: 0, cell: -1 };
  costs.forEach((cost, p) => {
    const [x, y] = [(p % width) + 0.5, Math.floor(p / width) + 0.5];
    const out = sign * (x - middle);
    const isArm =
      Number.isFinite(cost) && out > half * 0.8 && y < hipsY + 0.15 * height && y > shoulder[1] - 0.4 * height;
    if (isArm && cost + out > best.score) best = { score: cost + out, cell: p };
  });
  const tip: Point = [(best.cell % width) + 0.5, Math.floor(best.cell / width) + 0.5];
  if (best.cell < 0 || sign * (tip[0] - middle) < Math.max(ARM_REACH * height, 1.25 * half)) {
    const hanging = (t: number): Point => [shoulder[0] + sign * 0.02 * height * t, shoulder[1] + 0.36 * height * t];
    return { hand: hanging(0.9), elbow: hanging(0.45) };
  }
  const hand = between(shoulder, tip, 0.85);
  return { hand, elbow: between(shoulder, hand, 0.52) };
}

function nearestInside({ width, inside }: Silhouette, [x, y]: Point): number {
  let best = { distance: Infinity, cell: -1 };
  inside.forEach((value, p) => {
    const distance = Math.hypot((p % width) + 0.5 - x, Math.floor(p / width) + 0.5 - y);
    if (value && distance < best.distance) best = { distance, cell: p };
  });
  return best.cell;
}
