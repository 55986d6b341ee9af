import { SIDES, type Side } from '../rig/joints.ts';
import type { Figure } from './figure.ts';
import type { Graph } from './graph.ts';
import { apart, centreOf, isInPolygon, neighbourOf, STEPS } from './grid.ts';
import { boneOf, PART, type PartMap } from './parts.ts';

/** The body with head and legs is one sheet, each arm is another: they may lie over one another in the picture. */
export const BODY_SHEET = 0;
const SHEETS = 3;

/** The picture taken apart into sheets. A node is a pixel of a sheet. */
export interface Sheets {
  readonly count: number;
  /** Pixel, sheet, part and nearest bone of each node. */
  readonly pixels: Int32Array;
  readonly sheet: Uint8Array;
  readonly part: Int16Array;
  readonly bone: Int16Array;
  /** 1 where the picture shows another sheet before the node: its colour has to be guessed. */
  readonly hidden: Uint8Array;
  /** Node of a pixel in a sheet, -1 for none. */
  readonly nodeAt: (sheet: number, pixel: number) => number;
  /** Edges between neighbours that belong together; those across outlines conduct less. Slots are the grid's STEPS. */
  readonly graph: Graph;
}

/** How far from the shoulder, in half widths of the arm, an arm is one with the body. */
const SHOULDER = 1.7;
/**
 * A thin arm may begin farther out, at the rim of a broad trunk: it is one with the body over as long a border as this, in its
 * half widths, but not beyond this part of the upper arm.
 */
const ROOT = 1.5;
const ROOT_ENDS = 0.7;
/** The two legs are one at the crotch: this far from the middle of the hips, in parts of the hips' width. */
const CROTCH = 0.75;
/** An outline between two legs conducts as little as this. */
const ACROSS = 0.02;
/** Legs that touch are apart when a darker line runs along this share of where they do; else they wear one skirt or dress. */
const OUTLINED_SHARE = 0.6;
const OUTLINE = 0.12;
/** What lies below a shoulder, this near to it in parts of the upper arm, hangs from it: it hides no trunk that is above and below. */
const CAP = 0.45;
/** What an arm hides is no wider than this, in half widths of the arm. */
const HIDDEN_WIDTH = 5;

export function makeSheets(figure: Figure, map: PartMap): Sheets {
  const { width, inside } = figure;
  const sheetOf = (part: number): number => (part === PART.right_arm ? 1 : part === PART.left_arm ? 2 : BODY_SHEET);
  const nodes: { pixel: number; sheet: number; part: number; hidden: boolean }[] = [];
  const index = Array.from({ length: SHEETS }, () => new Int32Array(inside.length).fill(-1));
  const addNode = (pixel: number, sheet: number, part: number, hidden: boolean): void => {
    const places = index[sheet];
    if (!places || (places[pixel] ?? 0) >= 0) return;
    places[pixel] = nodes.length;
    nodes.push({ pixel, sheet, part, hidden });
  };
  for (let p = 0; p < inside.length; p++) {
    const part = map.parts[p] ?? -1;
    if (part >= 0) addNode(p, sheetOf(part), part, false);
  }
  const shoulders = { right: shoulderReach(figure, map, 'right'), left: shoulderReach(figure, map, 'left') };
  for (const { pixel, part } of hiddenBody(figure, map, shoulders)) addNode(pixel, BODY_SHEET, part, true);
  for (const side of SIDES) {
    const part = PART[`${side}_arm`];
    for (const pixel of map.unseen[side]) addNode(pixel, sheetOf(part), part, true);
  }

  const nodeAt = (sheet: number, pixel: number): number => index[sheet]?.[pixel] ?? -1;
  const pixels = Int32Array.from(nodes, ({ pixel }) => pixel);
  const sheet = Uint8Array.from(nodes, (node) => node.sheet);
  const part = Int16Array.from(nodes, (node) => node.part);
  const sheets = {
    ...{ count: nodes.length, pixels, sheet, part, nodeAt },
    bone: Int16Array.from(nodes, (node) => boneOf(node.part, centreOf(node.pixel, width), figure)),
    hidden: Uint8Array.from(nodes, (node) => (node.hidden ? 1 : 0)),
  };
  return { ...sheets, graph: joinNodes(figure, shoulders, sheets) };
}

/** How far from its shoulder an arm is one with the body, in pixels. */
function shoulderReach({ width, height, joints }: Figure, { parts, armRadius, unseen }: PartMap, side: Side): number {
  const [arm, shoulder] = [PART[`${side}_arm`], joints[`${side}_shoulder`]];
  const border: number[] = [];
  for (let p = 0; p < parts.length; p++) {
    if (parts[p] !== arm) continue;
    const isAtBody = STEPS.some((_, step) => {
      const next = neighbourOf(p, step, width, height);
      return next >= 0 && (parts[next] ?? -1) >= 0 && parts[next] !== arm;
    });
    if (isAtBody) border.push(apart(centreOf(p, width), shoulder));
  }
  border.sort((a, b) => a - b);
  // An arm that begins unseen, behind the trunk, meets it there and not where it comes out.
  const [first = Infinity] = border;
  if (unseen[side].some((p) => apart(centreOf(p, width), shoulder) < first)) return SHOULDER * armRadius[side];
  const root = border[Math.min(Math.ceil(ROOT * armRadius[side]), border.length - 1)] ?? 0;
  const end = ROOT_ENDS * apart(shoulder, joints[`${side}_elbow`]);
  return Math.max(SHOULDER * armRadius[side], Math.min(root + 1, end));
}

/** Pixels where an arm lies before the body, with the part that is behind it: gaps in a row or a column of body, and the trunk. */
function hiddenBody(
  figure: Figure,
  { parts, trunk, armRadius }: PartMap,
  shoulders: Readonly<Record<Side, number>>,
): { pixel: number; part: number }[] {
  const { width, height, joints } = figure;
  const found = new Map<number, number>();
  const isArm = (p: number): boolean => parts[p] === PART.right_arm || parts[p] === PART.left_arm;
  const radius = Math.max(armRadius.left, armRadius.right);
  const atShoulder = (p: number): boolean =>
    SIDES.some((side) => apart(centreOf(p, width), joints[`${side}_shoulder`]) < shoulders[side]);
  const isCap = (p: number): boolean =>
    SIDES.some((side) => {
      const [shoulder, elbow] = [joints[`${side}_shoulder`], joints[`${side}_elbow`]];
      return apart(centreOf(p, width), shoulder) < Math.max(shoulders[side], CAP * apart(shoulder, elbow));
    });
  const scan = (start: number, step: number, length: number, isEnd: (p: number) => boolean): void => {
    let lastBody = -1;
    for (let k = 0; k < length; k++) {
      const p = start + k * step;
      if (isArm(p)) continue;
      if ((parts[p] ?? -1) >= 0) {
        const gap = k - lastBody - 1;
        if (lastBody >= 0 && gap > 0 && gap < HIDDEN_WIDTH * radius && isEnd(start + lastBody * step)) {
          for (let g = lastBody + 1; g < k; g++) found.set(start + g * step, parts[p] ?? 0);
        }
        lastBody = k;
      } else lastBody = -1;
    }
  };
  for (let y = 0; y < height; y++) scan(y * width, 1, width, () => true);
  for (let x = 0; x < width; x++) scan(x, width, height, (p) => !isCap(p));
  for (let p = 0; p < parts.length; p++) {
    if (isArm(p) && isInPolygon(centreOf(p, width), trunk)) found.set(p, PART.torso);
  }
  return Array.from(found, ([pixel, part]) => ({ pixel, part })).filter(({ pixel }) => !atShoulder(pixel));
}

function joinNodes(
  figure: Figure,
  shoulders: Readonly<Record<Side, number>>,
  { count, pixels, sheet, part, hidden, nodeAt }: Omit<Sheets, 'graph'>,
): Graph {
  const { width, height, joints } = figure;
  const neighbours = new Int32Array(count * 4).fill(-1);
  const conductance = new Float32Array(count * 4);
  const hipWidth = Math.max(apart(joints.right_hip, joints.left_hip), 4);
  const isCrotch = (pixel: number): boolean => apart(centreOf(pixel, width), joints.hips) < CROTCH * hipWidth;
  const legsApart = areLegsApart(figure, part, pixels, hidden, nodeAt);
  const isShoulder = (pixel: number, side: Side): boolean =>
    apart(centreOf(pixel, width), joints[`${side}_shoulder`]) < shoulders[side];

  for (let i = 0; i < count; i++) {
    const pixel = pixels[i] ?? 0;
    for (let step = 0; step < 4; step++) {
      const next = neighbourOf(pixel, step, width, height);
      if (next < 0) continue;
      const own = nodeAt(sheet[i] ?? 0, next);
      if (own >= 0) {
        neighbours[i * 4 + step] = own;
        const legs = isLeg(part[i]) && isLeg(part[own]) && part[i] !== part[own];
        conductance[i * 4 + step] = legs && legsApart && !isCrotch(pixel) ? ACROSS : 1;
        continue;
      }
      const side = armSide(sheet[i] ?? 0, nodeAt, next);
      if (!side || !isShoulder(pixel, side)) continue;
      const other = sheet[i] === BODY_SHEET ? nodeAt(side === 'right' ? 1 : 2, next) : nodeAt(BODY_SHEET, next);
      if (other < 0 || hidden[other]) continue;
      neighbours[i * 4 + step] = other;
      conductance[i * 4 + step] = 1;
    }
  }
  return symmetric({ count, degree: 4, neighbours, conductance });
}

const isLeg = (part: number | undefined): boolean => part === PART.right_leg || part === PART.left_leg;

/** Whether a dark line runs between legs that touch in the picture; folds and lights of a skirt are no such line. */
function areLegsApart(
  { width, height, rgb }: Figure,
  part: Int16Array,
  pixels: Int32Array,
  hidden: Uint8Array,
  nodeAt: Sheets['nodeAt'],
): boolean {
  const light = (pixel: number): number =>
    ((rgb[pixel * 3] ?? 0) + (rgb[pixel * 3 + 1] ?? 0) + (rgb[pixel * 3 + 2] ?? 0)) / 3;
  let [touching, outlined] = [0, 0];
  for (let i = 0; i < part.length; i++) {
    const pixel = pixels[i] ?? 0;
    const next = neighbourOf(pixel, 0, width, height);
    const own = next < 0 ? -1 : nodeAt(BODY_SHEET, next);
    if (own < 0 || hidden[i] || hidden[own] || !isLeg(part[i]) || !isLeg(part[own]) || part[i] === part[own]) continue;
    touching++;
    // The border between the parts need not run along the middle of the line.
    const line = Math.min(...[-2, -1, 0, 1, 2, 3].map((dx) => light(pixel + dx)));
    const sides = [-7, -6, -5, 6, 7, 8].map((dx) => light(pixel + dx));
    if (line < Math.min(...sides) - OUTLINE) outlined++;
  }
  return outlined > OUTLINED_SHARE * touching;
}

/** Which arm a step between the body's sheet and another crosses to or from. */
function armSide(from: number, nodeAt: Sheets['nodeAt'], next: number): Side | undefined {
  if (from === 1) return 'right';
  if (from === 2) return 'left';
  if (nodeAt(1, next) >= 0) return 'right';
  return nodeAt(2, next) >= 0 ? 'left' : undefined;
}

/** Drops edges that lead one way only, and gives both directions the weaker conductance. */
function symmetric(graph: Graph): Graph {
  const { count, neighbours, conductance } = graph;
  for (let i = 0; i < count; i++) {
    for (let step = 0; step < 4; step++) {
      const at = i * 4 + step;
      const j = neighbours[at] ?? -1;
      if (j < 0) continue;
      const back = j * 4 + (step ^ 1);
      if (neighbours[back] === i) conductance[at] = Math.min(conductance[at] ?? 0, conductance[back] ?? 0);
      else {
        neighbours[at] = -1;
        conductance[at] = 0;
      }
    }
  }
  return graph;
}
