export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A pixel each, row by row: 1 inside, 0 outside. */
export type Mask = Uint8Array;

/** Stands for no pixel at all; its square is exact in double precision, beside that of any distance. */
const FAR = 1e6;

/**
 * Distance from every pixel to the nearest pixel of the mask, in pixels between centres; 1e6 where the mask is empty.
 * Exact: distances along columns first, then along each row the lower envelope of their parabolas (Meijster et al. 2000).
 */
export function distanceTo(mask: Mask, { width, height }: Size): Float32Array {
  const distances = alongColumns(mask, width, height);
  const envelope = new Envelope(width);
  for (let y = 0; y < height; y++) envelope.sweep(distances, y * width);
  return distances;
}

function alongColumns(mask: Mask, width: number, height: number): Float32Array {
  const distances = new Float32Array(mask.length);
  for (let index = 0; index < mask.length; index++) {
    if (mask[index]) continue;
    distances[index] = index < width ? FAR : Math.min((distances[index - width] ?? 0) + 1, FAR);
  }
  for (let index = width * (height - 1) - 1; index >= 0; index--) {
    const below = (distances[index + width] ?? 0) + 1;
    if (below < (distances[index] ?? 0)) distances[index] = below;
  }
  return distances;
}

/** The lower envelope of parabolas over one row. */
class Envelope {
  readonly #width: number;
  readonly #squares: Float64Array;
  readonly #centres: Int32Array;
  readonly #bounds: Float64Array;

  constructor(width: number) {
    this.#width = width;
    this.#squares = new Float64Array(width);
    this.#centres = new Int32Array(width);
    this.#bounds = new Float64Array(width + 1);
  }

  /** Turns a row of distances along columns into distances. */
  sweep(distances: Float32Array, start: number): void {
    const [width, squares, centres, bounds] = [this.#width, this.#squares, this.#centres, this.#bounds];
    let last = -1;
    for (let i = 0; i < width; i++) {
      const column = distances[start + i] ?? 0;
      if (column >= FAR) continue;
      const square = column * column;
      squares[i] = square;
      let cut = -Infinity;
      while (last >= 0) {
        const c = centres[last] ?? 0;
        cut = (square + i * i - (squares[c] ?? 0) - c * c) / (2 * (i - c));
        if (cut > (bounds[last] ?? 0)) break;
        last--;
        cut = -Infinity;
      }
      last++;
      centres[last] = i;
      bounds[last] = cut;
    }
    // A row without a pixel in any of its columns is as far from everything as it was.
    if (last < 0) return;
    bounds[last + 1] = Infinity;
    for (let i = 0, k = 0; i < width; i++) {
      while ((bounds[k + 1] ?? 0) < i) k++;
      const c = centres[k] ?? 0;
      distances[start + i] = Math.sqrt((i - c) * (i - c) + (squares[c] ?? 0));
    }
  }
}

/** The mask of what a test says of each index. */
export function maskWhere(length: number, test: (index: number) => boolean): Mask {
  const mask = new Uint8Array(length);
  for (let index = 0; index < length; index++) if (test(index)) mask[index] = 1;
  return mask;
}

export function invert(mask: Mask): Mask {
  const inverse = new Uint8Array(mask.length);
  for (let index = 0; index < mask.length; index++) inverse[index] = mask[index] ? 0 : 1;
  return inverse;
}

/** Where the values are above a limit. */
export function above(values: Float32Array, limit: number): Mask {
  const mask = new Uint8Array(values.length);
  for (let index = 0; index < mask.length; index++) if ((values[index] ?? 0) > limit) mask[index] = 1;
  return mask;
}

/** What is no farther than `radius` pixels from the mask. Takes a third of the time of all distances. */
export function dilate(mask: Mask, { width, height }: Size, radius: number): Mask {
  const distances = alongColumns(mask, width, height);
  const halves = Int32Array.from({ length: Math.floor(radius) + 1 }, (_, d) =>
    Math.floor(Math.sqrt(radius ** 2 - d * d)),
  );
  const out = new Uint8Array(mask.length);
  // How many spans begin less how many end at each column of a row.
  const steps = new Int32Array(width + 1);
  for (let y = 0; y < height; y++) {
    const start = y * width;
    steps.fill(0);
    for (let x = 0; x < width; x++) {
      const distance = distances[start + x] ?? 0;
      if (distance > radius) continue;
      const half = halves[distance] ?? 0;
      const [from, to] = [Math.max(x - half, 0), Math.min(x + half + 1, width)];
      steps[from] = (steps[from] ?? 0) + 1;
      steps[to] = (steps[to] ?? 0) - 1;
    }
    for (let x = 0, open = 0; x < width; x++) {
      open += steps[x] ?? 0;
      if (open > 0) out[start + x] = 1;
    }
  }
  return out;
}

/** What is farther than `radius` pixels from everything outside the mask. */
export const erode = (mask: Mask, size: Size, radius: number): Mask => invert(dilate(invert(mask), size, radius));

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

export function areaOf(mask: Mask): number {
  let area = 0;
  // Iterating over a typed array takes several times as long as counting down.
  for (let index = mask.length; index-- > 0;) area += mask[index] ?? 0;
  return area;
}

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
