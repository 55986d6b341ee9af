export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A pixel each, row by row: 1 inside, 0 outside. */
export type Mask = Uint8Array;

const FAR = 1e12;

/** Distance from every pixel to the nearest pixel of the mask, in pixels between centres; huge where the mask is empty. */
export function distanceTo(mask: Mask, { width, height }: Size): Float32Array {
  const squared = new Float64Array(mask.length);
  for (let index = 0; index < mask.length; index++) squared[index] = mask[index] ? 0 : FAR;
  const line = new ParabolaLine(Math.max(width, height));
  for (let x = 0; x < width; x++) line.sweep(squared, x, width, height);
  for (let y = 0; y < height; y++) line.sweep(squared, y * width, 1, width);
  const distances = new Float32Array(mask.length);
  for (let index = 0; index < mask.length; index++) distances[index] = Math.sqrt(squared[index] ?? 0);
  return distances;
}

/** The exact distance transform of one line: the lower envelope of parabolas (Felzenszwalb and Huttenlocher). */
class ParabolaLine {
  readonly #values: Float64Array;
  readonly #centres: Int32Array;
  readonly #bounds: Float64Array;

  constructor(longest: number) {
    this.#values = new Float64Array(longest);
    this.#centres = new Int32Array(longest);
    this.#bounds = new Float64Array(longest + 1);
  }

  sweep(squared: Float64Array, start: number, step: number, count: number): void {
    const [values, centres, bounds] = [this.#values, this.#centres, this.#bounds];
    for (let i = 0; i < count; i++) values[i] = squared[start + i * step] ?? 0;
    let last = 0;
    centres[0] = 0;
    bounds[0] = -Infinity;
    bounds[1] = Infinity;
    for (let i = 1; i < count; i++) {
      const own = (values[i] ?? 0) + i * i;
      const cutWith = (c: number): number => (own - (values[c] ?? 0) - c * c) / (2 * (i - c));
      let cut = cutWith(centres[last] ?? 0);
      while (cut <= (bounds[last] ?? 0)) cut = cutWith(centres[--last] ?? 0);
      last++;
      centres[last] = i;
      bounds[last] = cut;
      bounds[last + 1] = Infinity;
    }
    for (let i = 0, k = 0; i < count; i++) {
      while ((bounds[k + 1] ?? 0) < i) k++;
      const c = centres[k] ?? 0;
      squared[start + i * step] = (i - c) * (i - c) + (values[c] ?? 0);
    }
  }
}

/** The mask of what a test says of each index. */
export function maskWhere(length: number, test: (index: number) => boolean): Mask {
  const mask = new Uint8Array(length);
  for (let index = 0; index < length; index++) if (test(index)) mask[index] = 1;
  return mask;
}

export const invert = (mask: Mask): Mask => maskWhere(mask.length, (index) => !mask[index]);

/** Where the values are above a limit. */
export const above = (values: Float32Array, limit: number): Mask =>
  maskWhere(values.length, (index) => (values[index] ?? 0) > limit);

export const dilate = (mask: Mask, size: Size, radius: number): Mask => invert(above(distanceTo(mask, size), radius));

export const erode = (mask: Mask, size: Size, radius: number): Mask => above(distanceTo(invert(mask), size), radius);

/** What can be reached from the seeds by steps to the four neighbours within `open`. */
export function flood(open: Mask, seeds: Iterable<number>, { width, height }: Size): Mask {
  const reached = new Uint8Array(open.length);
  const stack = new Int32Array(open.length);
  let top = 0;
  const visit = (index: number): void => {
    if (!open[index] || reached[index]) return;
    reached[index] = 1;
    stack[top++] = index;
  };
  for (const seed of seeds) visit(seed);
  while (top > 0) {
    const index = stack[--top] ?? 0;
    const x = index % width;
    if (x > 0) visit(index - 1);
    if (x < width - 1) visit(index + 1);
    if (index >= width) visit(index - width);
    if (index < width * (height - 1)) visit(index + width);
  }
  return reached;
}

/** The outermost pixels of a picture. */
export function* edgePixels({ width, height }: Size): Generator<number> {
  for (let x = 0; x < width; x++) {
    yield x;
    yield (height - 1) * width + x;
  }
  for (let y = 1; y < height - 1; y++) {
    yield y * width;
    yield y * width + width - 1;
  }
}

/** The indices where a mask is 1. */
export function* pixelsOf(mask: Mask): Generator<number> {
  for (let index = 0; index < mask.length; index++) if (mask[index]) yield index;
}

export const areaOf = (mask: Mask): number => mask.reduce((sum, inside) => sum + inside, 0);

export interface Box {
  readonly left: number;
  readonly top: number;
  /** Exclusive. */
  readonly right: number;
  /** Exclusive. */
  readonly bottom: number;
}

export const diagonalOf = ({ left, top, right, bottom }: Box): number => Math.hypot(right - left, bottom - top);

export interface Component extends Box {
  /** Number of pixels. */
  readonly area: number;
  /** Indices of its pixels. */
  readonly pixels: Int32Array;
}

/** Connected parts of a mask (over corners too), largest first. */
export function componentsOf(mask: Mask, { width, height }: Size): Component[] {
  const seen = new Uint8Array(mask.length);
  const stack = new Int32Array(mask.length);
  const components: Component[] = [];
  for (let start = 0; start < mask.length; start++) {
    if (!mask[start] || seen[start]) continue;
    seen[start] = 1;
    stack[0] = start;
    // The stack is never shortened: what was visited stays in it, and is the component.
    let count = 1;
    let [left, top, right, bottom] = [width, height, 0, 0];
    for (let next = 0; next < count; next++) {
      const index = stack[next] ?? 0;
      const x = index % width;
      const y = (index - x) / width;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y + 1);
      for (let ny = Math.max(y - 1, 0); ny <= Math.min(y + 1, height - 1); ny++) {
        for (let nx = Math.max(x - 1, 0); nx <= Math.min(x + 1, width - 1); nx++) {
          const neighbour = ny * width + nx;
          if (!mask[neighbour] || seen[neighbour]) continue;
          seen[neighbour] = 1;
          stack[count++] = neighbour;
        }
      }
    }
    components.push({ left, top, right, bottom, area: count, pixels: stack.slice(0, count) });
  }
  return components.sort((a, b) => b.area - a.area);
}

/** Box around a mask's pixels; undefined when it is empty. */
export function boxOf(mask: Mask, { width, height }: Size): Box | undefined {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let index = 0; index < mask.length; index++) {
    if (!mask[index]) continue;
    const x = index % width;
    const y = (index - x) / width;
    left = Math.min(left, x);
    right = Math.max(right, x + 1);
    top = Math.min(top, y);
    bottom = y + 1;
  }
  return right > left ? { left, top, right, bottom } : undefined;
}
