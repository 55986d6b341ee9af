import type { Canvas } from './canvas.ts';
import type { Colour } from './palette.ts';
import { roundHalfEven, type CanvasSize } from './spans.ts';

/** What one axis of a bilinear resize reads: for every target pixel two neighbours and the weight of the second. */
interface Axis {
  readonly source: number;
  readonly target: number;
  /** Index into the kept coordinates of the first and the second neighbour. */
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** Weights in 2048ths; the two add up to 2048 but for rounding. */
  readonly firstWeight: Int32Array;
  readonly secondWeight: Int32Array;
  readonly kept: number;
  /** Index of the first kept coordinate at or after each of 0..source. */
  readonly keptFrom: Int32Array;
}

const WEIGHT_ONE = 2048;

function axisOf(source: number, target: number): Axis {
  const scale = 1 / (target / source);
  const [low, high] = [new Int32Array(target), new Int32Array(target)];
  const [firstWeight, secondWeight] = [new Int32Array(target), new Int32Array(target)];
  const isKept = new Uint8Array(source);
  const clamp = (coordinate: number): number => Math.min(Math.max(coordinate, 0), source - 1);
  for (let i = 0; i < target; i++) {
    const at = Math.fround((i + 0.5) * scale - 0.5);
    const cell = Math.floor(at);
    const part = Math.fround(at - cell);
    low[i] = clamp(cell);
    high[i] = clamp(cell + 1);
    firstWeight[i] = roundHalfEven(Math.fround(1 - part) * WEIGHT_ONE);
    secondWeight[i] = roundHalfEven(part * WEIGHT_ONE);
    isKept[low[i] ?? 0] = 1;
    isKept[high[i] ?? 0] = 1;
  }
  const keptFrom = new Int32Array(source + 1);
  isKept.forEach((keep, coordinate) => (keptFrom[coordinate + 1] = (keptFrom[coordinate] ?? 0) + keep));
  const keptIndex = (coordinates: Int32Array): Int32Array => coordinates.map((c) => keptFrom[c] ?? 0);
  return {
    source,
    target,
    first: keptIndex(low),
    second: keptIndex(high),
    firstWeight,
    secondWeight,
    kept: keptFrom[source] ?? 0,
    keptFrom,
  };
}

/**
 * A large black canvas that will be scaled down, of which only those pixels exist that the scaling reads: two of about four
 * rows and columns at the usual sizes, so that drawing costs a fraction and the result is the same.
 */
export class SparseCanvas implements Canvas {
  readonly width: number;
  readonly height: number;
  readonly #columns: Axis;
  readonly #rows: Axis;
  readonly #pixels: Uint8Array;
  /** 1 for kept rows that something was painted on. */
  readonly #painted: Uint8Array;

  constructor(size: CanvasSize, target: CanvasSize) {
    this.width = size.width;
    this.height = size.height;
    this.#columns = axisOf(size.width, target.width);
    this.#rows = axisOf(size.height, target.height);
    this.#pixels = new Uint8Array(this.#columns.kept * this.#rows.kept * 3);
    this.#painted = new Uint8Array(this.#rows.kept);
  }

  paint(row: number, first: number, last: number, [red, green, blue]: Colour): void {
    const at = this.#rows.keptFrom[row] ?? 0;
    if (at === this.#rows.keptFrom[row + 1] || last < 0 || first >= this.width) return;
    const start = this.#columns.keptFrom[Math.max(first, 0)] ?? 0;
    const end = this.#columns.keptFrom[Math.min(last, this.width - 1) + 1] ?? 0;
    this.#painted[at] = 1;
    for (let i = (at * this.#columns.kept + start) * 3; i < (at * this.#columns.kept + end) * 3; i += 3) {
      this.#pixels[i] = red;
      this.#pixels[i + 1] = green;
      this.#pixels[i + 2] = blue;
    }
  }

  /** The canvas scaled to the target size, as OpenCV's bilinear resize does it in whole numbers; height x width x 3. */
  resize(): Uint8Array {
    const { target: width } = this.#columns;
    const { target: height, first, second, firstWeight, secondWeight } = this.#rows;
    const resized = new Uint8Array(width * height * 3);
    const [upper, lower] = [new Int32Array(width * 3), new Int32Array(width * 3)];
    for (let y = 0; y < height; y++) {
      const [top, bottom] = [first[y] ?? 0, second[y] ?? 0];
      if (!this.#painted[top] && !this.#painted[bottom]) continue;
      this.#resizeRow(top, upper);
      this.#resizeRow(bottom, lower);
      const [a, b] = [firstWeight[y] ?? 0, secondWeight[y] ?? 0];
      for (let i = 0, at = y * width * 3; i < width * 3; i++, at++) {
        const sum = ((a * ((upper[i] ?? 0) >> 4)) >> 16) + ((b * ((lower[i] ?? 0) >> 4)) >> 16);
        resized[at] = (sum + 2) >> 2;
      }
    }
    return resized;
  }

  #resizeRow(row: number, to: Int32Array): void {
    const { target, first, second, firstWeight, secondWeight, kept } = this.#columns;
    const pixels = this.#pixels;
    const start = row * kept;
    for (let x = 0, at = 0; x < target; x++) {
      const left = (start + (first[x] ?? 0)) * 3;
      const right = (start + (second[x] ?? 0)) * 3;
      const a = firstWeight[x] ?? 0;
      const b = secondWeight[x] ?? 0;
      to[at++] = (pixels[left] ?? 0) * a + (pixels[right] ?? 0) * b;
      to[at++] = (pixels[left + 1] ?? 0) * a + (pixels[right + 1] ?? 0) * b;
      to[at++] = (pixels[left + 2] ?? 0) * a + (pixels[right + 2] ?? 0) * b;
    }
  }
}
