/**
 * Filled shapes as runs of pixels, by the rules of OpenCV's drawing functions (which the method draws with and whose
 * pixels its network learnt from): integer vertices, edges walked in 16.16 fixed point, outlines that belong to the shape.
 * A shape is clipped to the rows of its canvas; columns are left to whoever paints.
 */

/** Called once a row with the first and the last column, both inside the shape. */
export type PaintSpan = (row: number, first: number, last: number) => void;

export interface CanvasSize {
  readonly width: number;
  readonly height: number;
}

/** x, y one after another. */
export type Points = readonly number[];

const ONE = 65536;
const HALF = ONE / 2;

const fixedToPixel = (value: number): number => Math.floor((value + HALF) / ONE);

/** Round half to even, as the processor's own rounding does. */
export function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** The first and last column of every row of a shape that has no holes along a row. */
class RowExtents {
  readonly top: number;
  readonly #first: Float64Array;
  readonly #last: Float64Array;

  /** Rows outside 0..height-1 are never kept. */
  constructor(lowest: number, highest: number, height: number) {
    this.top = Math.max(0, lowest);
    const rows = Math.max(0, Math.min(height - 1, highest) - this.top + 1);
    this.#first = new Float64Array(rows).fill(Infinity);
    this.#last = new Float64Array(rows).fill(-Infinity);
  }

  get bottom(): number {
    return this.top + this.#first.length - 1;
  }

  add(row: number, column: number): void {
    const at = row - this.top;
    if (at < 0 || at >= this.#first.length) return;
    if (column < (this.#first[at] ?? 0)) this.#first[at] = column;
    if (column > (this.#last[at] ?? 0)) this.#last[at] = column;
  }

  paint(span: PaintSpan): void {
    this.#first.forEach((first, at) => {
      const last = this.#last[at] ?? first;
      if (first <= last) span(this.top + at, first, last);
    });
  }
}

/** Fills a convex polygon of integer vertices. */
export function fillPolygon(points: Points, canvas: CanvasSize, span: PaintSpan): void {
  const ys = points.filter((_, i) => i % 2 === 1);
  const extents = new RowExtents(Math.min(...ys), Math.max(...ys), canvas.height);
  eachEdge(points, (x0, y0, x1, y1) => {
    addLine(extents, x0, y0, x1, y1, canvas);
    addEdge(extents, x0 * ONE, y0, x1 * ONE, y1);
  });
  extents.paint(span);
}

function eachEdge(points: Points, edge: (x0: number, y0: number, x1: number, y1: number) => void): void {
  for (let i = 0; i < points.length; i += 2) {
    const next = (i + 2) % points.length;
    edge(points[i] ?? 0, points[i + 1] ?? 0, points[next] ?? 0, points[next + 1] ?? 0);
  }
}

/** Where a polygon's edge crosses the rows. x is fixed point, y whole rows. */
function addEdge(extents: RowExtents, x0: number, y0: number, x1: number, y1: number): void {
  if (y0 === y1) return;
  if (y0 > y1) [x0, y0, x1, y1] = [x1, y1, x0, y0];
  const rows = y1 - y0;
  const step = Math.trunc(((x1 - x0) * 2 + rows) / (2 * rows));
  for (let row = Math.max(y0, extents.top); row < Math.min(y1, extents.bottom + 1); row++) {
    extents.add(row, fixedToPixel(x0 + step * (row - y0)));
  }
}

type Line = readonly [x0: number, y0: number, x1: number, y1: number];

/**
 * The part of a line within 0..right and 0..bottom, with cut ends rounded towards zero; undefined when nothing is left.
 * Outlines are cut before they are walked, and where they are cut decides their roundings.
 */
function clipLine([x0, y0, x1, y1]: Line, right: number, bottom: number): Line | undefined {
  const side = (value: number, limit: number): number => (value < 0 ? -1 : value > limit ? 1 : 0);
  const edgeOf = (beyond: number, limit: number): number => (beyond < 0 ? 0 : limit);
  const misses = (a: number, b: number): boolean => a !== 0 && a === b;
  if (misses(side(x0, right), side(x1, right)) || misses(side(y0, bottom), side(y1, bottom))) return undefined;
  for (const end of [0, 1]) {
    const [x, y] = end === 0 ? [x0, y0] : [x1, y1];
    const beyond = side(y, bottom);
    if (beyond === 0) continue;
    const edge = edgeOf(beyond, bottom);
    const cut = x + Math.trunc(((edge - y) * (x1 - x0)) / (y1 - y0));
    if (end === 0) [x0, y0] = [cut, edge];
    else [x1, y1] = [cut, edge];
  }
  if (misses(side(x0, right), side(x1, right))) return undefined;
  for (const end of [0, 1]) {
    const [x, y] = end === 0 ? [x0, y0] : [x1, y1];
    const beyond = side(x, right);
    if (beyond === 0) continue;
    const edge = edgeOf(beyond, right);
    const cut = y + Math.trunc(((edge - x) * (y1 - y0)) / (x1 - x0));
    if (end === 0) [x0, y0] = [edge, cut];
    else [x1, y1] = [edge, cut];
  }
  return [x0, y0, x1, y1];
}

/**
 * The first and last pixel a row of a line one pixel wide. It is walked from left to right along its longer side; after i
 * of the steps along, the error sum has made ceil((2 short i - long) / (2 long)) steps aside.
 */
function addLine(extents: RowExtents, ax: number, ay: number, bx: number, by: number, canvas: CanvasSize): void {
  const line = clipLine([ax, ay, bx, by], canvas.width - 1, canvas.height - 1);
  if (!line) return;
  const [x0, y0, x1, y1] = line[0] > line[2] ? [line[2], line[3], line[0], line[1]] : line;
  const [across, down] = [x1 - x0, Math.abs(y1 - y0)];
  for (let step = 0; step <= down; step++) {
    const row = y1 < y0 ? y0 - step : y0 + step;
    if (down > across) {
      extents.add(row, x0 + Math.ceil((2 * across * step - down) / (2 * down)));
    } else if (down === 0) {
      extents.add(row, x0);
      extents.add(row, x1);
    } else {
      extents.add(row, x0 + Math.max(0, Math.floor((2 * across * step - across) / (2 * down)) + 1));
      extents.add(row, x0 + Math.min(across, Math.floor((2 * across * step + across) / (2 * down))));
    }
  }
}

/** Fills a disc around a pixel. */
export function fillDisc(x: number, y: number, radius: number, { height }: CanvasSize, span: PaintSpan): void {
  const reach = discReach(radius);
  for (let row = Math.max(0, y - radius); row <= Math.min(height - 1, y + radius); row++) {
    const half = reach[Math.abs(row - y)] ?? 0;
    span(row, x - half, x + half);
  }
}

/** Half widths of a disc's rows, from the middle row outwards, by the midpoint rule. */
function discReach(radius: number): number[] {
  const reach = new Array<number>(radius + 1).fill(0);
  let [across, down, error] = [radius, 0, 0];
  let [plus, minus] = [1, 2 * radius - 1];
  while (across >= down) {
    reach[down] = Math.max(reach[down] ?? 0, across);
    reach[across] = Math.max(reach[across] ?? 0, down);
    down++;
    error += plus;
    plus += 2;
    if (error > 0) {
      error -= minus;
      across--;
      minus -= 2;
    }
  }
  return reach;
}

/** Fills a convex polygon of four fixed-point vertices. */
function fillFixedPolygon(corners: readonly (readonly [number, number])[], canvas: CanvasSize, span: PaintSpan): void {
  const rows = corners.map(([, y]) => fixedToPixel(y));
  const extents = new RowExtents(Math.min(...rows) - 1, Math.max(...rows) + 1, canvas.height);
  corners.forEach(([x0, y0], i) => {
    const [x1, y1] = corners[(i + 1) % corners.length] ?? [x0, y0];
    addFixedLine(extents, [x0, y0, x1, y1], canvas);
    addEdge(extents, x0, fixedToPixel(y0), x1, fixedToPixel(y1));
  });
  extents.paint(span);
}

/** The pixels of a line one pixel wide between fixed-point ends: one a column, or one a row where it is steep. */
function addFixedLine(extents: RowExtents, line: Line, canvas: CanvasSize): void {
  const clipped = clipLine(line, canvas.width * ONE - 1, canvas.height * ONE - 1);
  if (!clipped) return;
  const [x0, y0, x1, y1] = clipped;
  const flat = Math.abs(x1 - x0) > Math.abs(y1 - y0);
  const [a0, b0, a1, b1] = flat ? [x0, y0, x1, y1] : [y0, x0, y1, x1];
  const [from, aside, to, asideEnd] = a0 <= a1 ? [a0, b0, a1, b1] : [a1, b1, a0, b0];
  const length = to - from;
  const step = Math.trunc(((asideEnd - aside) * ONE) / (length % 2 === 0 ? length + 1 : length));
  const add = (along: number, beside: number): void => {
    if (flat) extents.add(beside, along);
    else extents.add(along, beside);
  };
  add(fixedToPixel(to), fixedToPixel(asideEnd));
  for (let i = 0; i * ONE <= length; i++) add(fixedToPixel(from) + i, fixedToPixel(aside + step * i));
}

/** Fills a line two pixels wide with round ends between two pixels. */
export function fillThickLine(
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  canvas: CanvasSize,
  span: PaintSpan,
): void {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length > 0) {
    const aside = roundHalfEven(((y1 - y0) * ONE) / length);
    const along = roundHalfEven(((x0 - x1) * ONE) / length);
    fillFixedPolygon(
      [
        [x0 * ONE + aside, y0 * ONE + along],
        [x0 * ONE - aside, y0 * ONE - along],
        [x1 * ONE - aside, y1 * ONE - along],
        [x1 * ONE + aside, y1 * ONE + along],
      ],
      canvas,
      span,
    );
  }
  fillDisc(x0, y0, 1, canvas, span);
  fillDisc(x1, y1, 1, canvas, span);
}
