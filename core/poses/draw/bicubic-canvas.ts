import type { Canvas } from './canvas.ts';
import type { Colour } from './palette.ts';
import type { CanvasSize } from './spans.ts';

/** Weights are whole numbers of this many bits, as Pillow's are for 8-bit pictures; sums of 255 times them fit in 32. */
const WEIGHT_BITS = 22;
const HALF = 1 << (WEIGHT_BITS - 1);
/** Reach of the cubic, in pixels of the smaller picture. */
const REACH = 2;

/** Which target pixels every source pixel of an axis goes into, and with which weight. */
interface Axis {
  readonly target: number;
  /** First target of each source pixel; the one after its last is `first + count`. */
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** Index of each source pixel's first weight. */
  readonly start: Int32Array;
  readonly weights: Int32Array;
}

/** Keys' cubic with a = -1/2. */
function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

/** The weights that gather one target pixel of an axis, from source pixel `from` on; see `toByte` for the sum. */
export function gather(source: number, target: number, pixel: number): { from: number; weights: number[] } {
  const scale = source / target;
  const stretch = Math.max(scale, 1);
  const middle = (pixel + 0.5) * scale;
  const from = Math.max(0, Math.trunc(middle - REACH * stretch + 0.5));
  const to = Math.min(source, Math.trunc(middle + REACH * stretch + 0.5));
  const raw = Array.from({ length: to - from }, (_, i) => cubic((i + from - middle + 0.5) * (1 / stretch)));
  const sum = raw.reduce((total, weight) => total + weight, 0);
  const whole = (weight: number): number => Math.trunc(weight * 2 ** WEIGHT_BITS + (weight < 0 ? -0.5 : 0.5));
  return { from, weights: raw.map((weight) => whole(sum === 0 ? weight : weight * (1 / sum))) };
}

/** Weights by source pixel, because nearly all of them are black and need not be looked at. */
function axisOf(source: number, target: number): Axis {
  const [first, count, start] = [new Int32Array(source), new Int32Array(source), new Int32Array(source)];
  const gathered = Array.from({ length: target }, (_, pixel) => gather(source, target, pixel));
  gathered.forEach(({ from, weights }, pixel) => {
    for (let s = from; s < from + weights.length; s++) {
      if (count[s] === 0) first[s] = pixel;
      count[s] = (count[s] ?? 0) + 1;
    }
  });
  let total = 0;
  count.forEach((n, s) => {
    start[s] = total;
    total += n;
  });
  const flat = new Int32Array(total);
  gathered.forEach(({ from, weights }, pixel) => {
    weights.forEach((weight, i) => (flat[(start[from + i] ?? 0) + pixel - (first[from + i] ?? 0)] = weight));
  });
  return { target, first, count, start, weights: flat };
}

/** The byte for a sum of bytes times weights. */
export const toByte = (sum: number): number => Math.min(255, Math.max(0, (sum + HALF) >> WEIGHT_BITS));

/**
 * A large black canvas that Pillow's bicubic resize scales down, which averages over everything it covers. It is kept as
 * what was painted, row by row, so that time and memory go with the strokes and not with the canvas.
 */
export class BicubicCanvas implements Canvas {
  readonly width: number;
  readonly height: number;
  readonly #columns: Axis;
  readonly #rows: Axis;
  /** First column, last column and colour of each stroke in a row, in the order they were painted. */
  readonly #strokes = new Map<number, number[]>();
  /** One row of packed colours, black between uses. */
  readonly #row: Uint32Array;

  constructor(size: CanvasSize, target: CanvasSize) {
    this.width = size.width;
    this.height = size.height;
    this.#columns = axisOf(size.width, target.width);
    this.#rows = axisOf(size.height, target.height);
    this.#row = new Uint32Array(size.width);
  }

  paint(row: number, first: number, last: number, [red, green, blue]: Colour): void {
    if (row < 0 || row >= this.height || last < 0 || first >= this.width) return;
    const strokes = this.#strokes.get(row) ?? [];
    strokes.push(Math.max(first, 0), Math.min(last, this.width - 1), red | (green << 8) | (blue << 16));
    this.#strokes.set(row, strokes);
  }

  /** Exactly what Pillow makes of the canvas: columns first, rounded to bytes, then rows. */
  resize(): Uint8Array {
    const width = this.#columns.target * 3;
    const { target: height, first, count, start, weights } = this.#rows;
    const sums = new Int32Array(width * height);
    const line = new Int32Array(width);
    for (const [row, strokes] of this.#strokes) {
      const [from, to] = this.#resizeRow(strokes, line);
      for (let i = from; i < to; i++) {
        const value = toByte(line[i] ?? 0);
        line[i] = 0;
        if (value === 0) continue;
        let at = (first[row] ?? 0) * width + i;
        const at0 = start[row] ?? 0;
        for (let k = at0; k < at0 + (count[row] ?? 0); k++, at += width) {
          sums[at] = (sums[at] ?? 0) + value * (weights[k] ?? 0);
        }
      }
    }
    const bytes = new Uint8Array(sums.length);
    for (let i = 0; i < sums.length; i++) bytes[i] = sums[i] === 0 ? 0 : toByte(sums[i] ?? 0);
    return bytes;
  }

  /** Adds a row's pixels up in `line`; returns the first index that they reach and the one after the last. */
  #resizeRow(strokes: readonly number[], line: Int32Array): [from: number, to: number] {
    for (let i = 0; i < strokes.length; i += 3) {
      this.#row.fill(strokes[i + 2] ?? 0, strokes[i], (strokes[i + 1] ?? 0) + 1);
    }
    let [from, to] = [line.length, 0];
    for (let i = 0; i < strokes.length; i += 3) {
      for (let column = strokes[i] ?? 0; column <= (strokes[i + 1] ?? 0); column++) {
        const colour = this.#row[column] ?? 0;
        if (colour === 0) continue;
        this.#row[column] = 0; // strokes overlap, and each pixel counts once
        from = Math.min(from, (this.#columns.first[column] ?? 0) * 3);
        to = Math.max(to, this.#spread(column, colour, line));
      }
    }
    return [from, to];
  }

  #spread(column: number, colour: number, line: Int32Array): number {
    const { first, count, start, weights } = this.#columns;
    const [red, green, blue] = [colour & 255, (colour >> 8) & 255, colour >> 16];
    let at = (first[column] ?? 0) * 3;
    const at0 = start[column] ?? 0;
    for (let k = at0; k < at0 + (count[column] ?? 0); k++) {
      const weight = weights[k] ?? 0;
      line[at] = (line[at] ?? 0) + red * weight;
      line[at + 1] = (line[at + 1] ?? 0) + green * weight;
      line[at + 2] = (line[at + 2] ?? 0) + blue * weight;
      at += 3;
    }
    return at;
  }
}
