import { SIDES, type Joint, type PerJoint, type Side } from '../rig/joints.ts';
import type { Figure } from './figure.ts';
import { apart, centreOf, nearestOnSegment, neighbourOf, pixelAt, type Point } from './grid.ts';
import { limbLine } from './parts.ts';
import { BODY_SHEET, type Sheets } from './sheets.ts';

/** How deep everything lies behind the picture plane, in pixels; what is nearer to the viewer is negative. */
export interface Depths {
  /** Middle of each node's sheet. */
  readonly middle: Float32Array;
  /** Joints at rest. */
  readonly joints: PerJoint<number>;
}

/** Rounds in which the depth of an arm is evened out. */
const SMOOTHING = 30;
/** An arm before the body touches it: this much of the two half thicknesses lies between their middles. */
const TOUCH = 0.95;

const ARM_JOINTS = ['shoulder', 'elbow', 'wrist', 'fingers'] as const;

/** Everything lies in the picture plane but arms that the picture shows before the body: those lie on it. */
export function findDepths(figure: Figure, sheets: Sheets, thickness: Float32Array): Depths {
  const middle = new Float32Array(sheets.count);
  const joints: Partial<Record<Joint, number>> = {};
  for (const [place, side] of SIDES.entries()) {
    const sheet = place + 1;
    const depths = ARM_JOINTS.map((name) =>
      name === 'shoulder' ? 0 : onBody(figure, sheets, thickness, sheet, figure.joints[`${side}_${name}`]),
    );
    ARM_JOINTS.forEach((name, k) => (joints[`${side}_${name}`] = depths[k] ?? 0));
    layArm(figure, sheets, thickness, { sheet, side, depths }, middle);
  }
  const at = (joint: Joint): number => joints[joint] ?? 0;
  return {
    middle,
    joints: Object.fromEntries(Object.keys(figure.joints).map((j) => [j, at(j as Joint)])) as PerJoint<number>,
  };
}

/** Depth at which an arm lies on the body at a point; 0 where it is beside it. */
function onBody(
  { width, height }: Figure,
  { nodeAt, hidden }: Sheets,
  thickness: Float32Array,
  sheet: number,
  point: Point,
): number {
  const pixel = pixelAt(point, width, height);
  const [below, arm] = [nodeAt(BODY_SHEET, pixel), nodeAt(sheet, pixel)];
  return below < 0 || arm < 0 || hidden[arm] ? 0 : -TOUCH * ((thickness[below] ?? 0) + (thickness[arm] ?? 0));
}

function layArm(
  { width, height, joints }: Figure,
  { count, pixels, sheet: sheetOf, hidden, nodeAt, graph }: Sheets,
  thickness: Float32Array,
  { sheet, side, depths }: { sheet: number; side: Side; depths: readonly number[] },
  middle: Float32Array,
): void {
  const line = limbLine(joints, `${side}_arm`);
  const nodes = Array.from({ length: count }, (_, i) => i).filter((i) => sheetOf[i] === sheet);
  const limit = new Map<number, number>();
  for (const i of nodes) {
    const pixel = pixels[i] ?? 0;
    middle[i] = alongLine(centreOf(pixel, width), line, depths);
    const below = nodeAt(BODY_SHEET, pixel);
    // What the body covers lies within it.
    if (below >= 0 && !hidden[i]) limit.set(i, -TOUCH * ((thickness[below] ?? 0) + (thickness[i] ?? 0)));
  }
  if (limit.size === 0) return;
  for (let round = 0; round < SMOOTHING; round++) {
    for (const i of nodes) {
      let [sum, weight] = [middle[i] ?? 0, 1];
      for (let step = 0; step < 4; step++) {
        const next = neighbourOf(pixels[i] ?? 0, step, width, height);
        const j = next < 0 ? -1 : nodeAt(sheet, next);
        // At the shoulder the arm is fast to the body, which lies in the plane.
        const fast = (graph.neighbours[i * 4 + step] ?? -1) >= 0 && j < 0;
        if (j >= 0) sum += middle[j] ?? 0;
        if (j >= 0 || fast) weight++;
      }
      middle[i] = Math.min(sum / weight, limit.get(i) ?? Infinity);
    }
  }
}

/** Depth at the point of a line of joints that is nearest to `point`. */
function alongLine(point: Point, line: readonly Point[], depths: readonly number[]): number {
  let best = { distance: Infinity, depth: 0 };
  line.slice(1).forEach((end, k) => {
    const from = line[k] ?? end;
    const { t, distance } = apart(from, end) > 0 ? nearestOnSegment(point, from, end) : { t: 0, distance: Infinity };
    const depth = (depths[k] ?? 0) * (1 - t) + (depths[k + 1] ?? 0) * t;
    if (distance < best.distance) best = { distance, depth };
  });
  return best.depth;
}
