import type { HuePixels } from './picture.ts';

/** Whether anything is drawn at or beside a place of the picture. */
export type IsDrawn = (x: number, y: number) => boolean;

/** A straight stroke of one colour, as a limb is. */
export interface Segment {
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
  /** Half the width of its middle, in pixels. */
  readonly halfWidth: number;
  /** Brightness of its brightest tenth, 0..255. */
  readonly level: number;
  /** Brightness summed over its pixels, in full pixels: how much speaks for it. */
  readonly mass: number;
}

/** Strokes a colour can fall into: a limb, and hand bones, joints and other people beside it. */
const MOST_SEGMENTS = 6;
const LEAST_PIXELS = 3;
const TRIALS = 80;
/** Pixels further from a line than this are none of its, before its width is known. */
const FIRST_REACH = 1.3;
/** Thin lines fall between the pixels now and then, for this many. */
const LONGEST_GAP = 3.5;
/** What lies over a limb hides it for this many half widths at most (it crosses at ten degrees), and this share of the rest. */
const LONGEST_CROSSING = 12;
const CROSSING_SHARE = 0.6;
/** In half widths. Shorter than this beyond a crossing it is no limb that goes on but a joint's disc. */
const LEAST_BEYOND = 4;
/** What an ellipse's own spread may add to the length that is seen: its ends are too thin to see. */
const MOST_HIDDEN = 1.12;

/** The strokes that pixels of one colour make up, the most visible first. */
export function findSegments(pixels: HuePixels, isDrawn: IsDrawn, halfWidth = FIRST_REACH): Segment[] {
  let left = pixels.x.map((_, i) => i);
  const segments: Segment[] = [];
  while (segments.length < MOST_SEGMENTS && left.length >= LEAST_PIXELS) {
    const members = bestStroke(pixels, left, halfWidth, isDrawn);
    if (members.length < LEAST_PIXELS) break;
    segments.push(measure(pixels, members));
    const taken = new Set(members);
    left = left.filter((i) => !taken.has(i));
  }
  return segments;
}

interface Line {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
}

/** Tries lines through pairs of pixels, spread evenly over all pairs, and keeps the one with the brightest stroke. */
function bestStroke(pixels: HuePixels, left: readonly number[], halfWidth: number, isDrawn: IsDrawn): number[] {
  let best: number[] = [];
  let bestLevel = 0;
  const count = left.length;
  for (let trial = 0; trial < TRIALS; trial++) {
    // Two sequences that fill the unit square evenly.
    const a = left[Math.floor(((trial * 0.7548776662) % 1) * count)] ?? 0;
    const b = left[Math.floor(((trial * 0.5698402909 + 0.5) % 1) * count)] ?? 0;
    const line = lineThrough(pixels, a, b);
    if (!line) continue;
    const members = strokeAlong(pixels, left, line, halfWidth, isDrawn);
    const level = members.reduce((sum, i) => sum + (pixels.level[i] ?? 0), 0);
    if (level > bestLevel) [best, bestLevel] = [members, level];
  }
  if (best.length < LEAST_PIXELS) return best;
  // Once more along the axis of what was found: a line through two border pixels is slanted.
  const refined = strokeAlong(pixels, left, axisOf(pixels, best), halfWidth + 0.3, isDrawn);
  return refined.length >= best.length ? refined : best;
}

function lineThrough({ x, y }: HuePixels, a: number, b: number): Line | undefined {
  const [dx, dy] = [(x[b] ?? 0) - (x[a] ?? 0), (y[b] ?? 0) - (y[a] ?? 0)];
  const length = Math.hypot(dx, dy);
  return length < 1.5 ? undefined : { x: x[a] ?? 0, y: y[a] ?? 0, dx: dx / length, dy: dy / length };
}

const along = ({ x, y }: HuePixels, i: number, line: Line): number =>
  ((x[i] ?? 0) - line.x) * line.dx + ((y[i] ?? 0) - line.y) * line.dy;

const aside = ({ x, y }: HuePixels, i: number, line: Line): number =>
  ((y[i] ?? 0) - line.y) * line.dx - ((x[i] ?? 0) - line.x) * line.dy;

interface Run {
  readonly members: number[];
  readonly from: number;
  to: number;
}

/** The brightest run of pixels along a line that nothing but what lies over it interrupts. */
function strokeAlong(
  pixels: HuePixels,
  left: readonly number[],
  line: Line,
  halfWidth: number,
  isDrawn: IsDrawn,
): number[] {
  const near = left.filter((i) => Math.abs(aside(pixels, i, line)) <= halfWidth + 0.8);
  const placed = near.map((i) => ({ i, at: along(pixels, i, line) })).sort((a, b) => a.at - b.at);
  const runs: Run[] = [];
  for (const { i, at } of placed) {
    const run = runs.at(-1);
    if (run && at - run.to <= LONGEST_GAP) {
      run.members.push(i);
      run.to = at;
    } else runs.push({ members: [i], from: at, to: at });
  }
  const levelOf = ({ members }: Run): number => members.reduce((sum, i) => sum + (pixels.level[i] ?? 0), 0);
  const joined = joinCrossed(runs, line, halfWidth, isDrawn);
  return joined.reduce<Run | undefined>((a, b) => (a && levelOf(a) >= levelOf(b) ? a : b), undefined)?.members ?? [];
}

/** Puts together the parts of a limb that another one crosses. */
function joinCrossed(runs: readonly Run[], line: Line, halfWidth: number, isDrawn: IsDrawn): Run[] {
  const joined: Run[] = [];
  for (const run of runs) {
    const before = joined.at(-1);
    const gap = run.from - (before?.to ?? -Infinity);
    const [shorter = 0, longer = 0] = [run.to - run.from, before ? before.to - before.from : 0].sort((a, b) => a - b);
    const isPossible =
      gap <= LONGEST_CROSSING * halfWidth && gap <= CROSSING_SHARE * longer && shorter >= LEAST_BEYOND * halfWidth;
    if (before && isPossible && isCovered(line, before.to, run.from, isDrawn)) {
      joined[joined.length - 1] = { members: [...before.members, ...run.members], from: before.from, to: run.to };
    } else joined.push(run);
  }
  return joined;
}

function isCovered(line: Line, from: number, to: number, isDrawn: IsDrawn): boolean {
  for (let at = from + 1; at < to; at++) {
    if (!isDrawn(line.x + line.dx * at, line.y + line.dy * at)) return false;
  }
  return true;
}

/** The line through the weighted middle along the direction of the largest spread. */
function axisOf(pixels: HuePixels, members: readonly number[]): Line {
  let [sum, x, y] = [0, 0, 0];
  for (const i of members) {
    const level = pixels.level[i] ?? 0;
    sum += level;
    x += level * (pixels.x[i] ?? 0);
    y += level * (pixels.y[i] ?? 0);
  }
  [x, y] = [x / sum, y / sum];
  let [xx, xy, yy] = [0, 0, 0];
  for (const i of members) {
    const level = pixels.level[i] ?? 0;
    const [ox, oy] = [(pixels.x[i] ?? 0) - x, (pixels.y[i] ?? 0) - y];
    xx += level * ox * ox;
    xy += level * ox * oy;
    yy += level * oy * oy;
  }
  const angle = Math.atan2(2 * xy, xx - yy) / 2;
  return { x, y, dx: Math.cos(angle), dy: Math.sin(angle) };
}

function measure(pixels: HuePixels, members: readonly number[]): Segment {
  const line = axisOf(pixels, members);
  const places = members.map((i) => along(pixels, i, line));
  const levels = members.map((i) => pixels.level[i] ?? 0).sort((a, b) => b - a);
  const level = levels[Math.floor(levels.length / 10)] ?? 0;
  const mass = levels.reduce((sum, value) => sum + value, 0) / 255;
  const [first, last] = [Math.min(...places) - 0.5, Math.max(...places) + 0.5];
  const alongSquares = members.reduce((sum, i) => sum + (pixels.level[i] ?? 0) * along(pixels, i, line) ** 2, 0);
  const acrossSquares = members.reduce((sum, i) => sum + (pixels.level[i] ?? 0) * aside(pixels, i, line) ** 2, 0);
  // An even ellipse spreads by half its half axis.
  const halfWidth = 2 * Math.sqrt(acrossSquares / (mass * 255));
  const seen = (last - first) / 2;
  const half = Math.max(seen, Math.min(2 * Math.sqrt(alongSquares / (mass * 255)), MOST_HIDDEN * seen));
  const at = (offset: number): [number, number] => {
    const place = (first + last) / 2 + offset;
    return [line.x + line.dx * place, line.y + line.dy * place];
  };
  return { from: at(-half), to: at(half), halfWidth, level, mass };
}
