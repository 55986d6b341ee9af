import type { Mask, Size } from './raster.ts';

/** Mean over a square window of 2 radius + 1 pixels, cut at the edges. `values` is [height, width, 3]. */
export function boxBlur(values: Float32Array, { width, height }: Size, radius: number): Float32Array {
  const rows = new Float32Array(values.length);
  for (let y = 0; y < height; y++) blurLine(values, rows, y * width * 3, 3, width, radius);
  const out = new Float32Array(values.length);
  for (let x = 0; x < width; x++) blurLine(rows, out, x * 3, width * 3, height, radius);
  return out;
}

function blurLine(
  from: Float32Array,
  to: Float32Array,
  start: number,
  step: number,
  count: number,
  radius: number,
): void {
  for (let channel = 0; channel < 3; channel++) {
    const at = start + channel;
    let sum = 0;
    for (let i = 0; i < Math.min(radius, count); i++) sum += from[at + i * step] ?? 0;
    for (let i = 0; i < count; i++) {
      if (i + radius < count) sum += from[at + (i + radius) * step] ?? 0;
      if (i - radius - 1 >= 0) sum -= from[at + (i - radius - 1) * step] ?? 0;
      to[at + i * step] = sum / (Math.min(i + radius, count - 1) - Math.max(i - radius, 0) + 1);
    }
  }
}

/** Cells along the longer side of the grid on which unknown places are filled in. */
const GRID_CELLS = 128;

/** Means over cells, with what share of the cell they stand for. */
interface Grid extends Size {
  readonly values: Float32Array;
  readonly weights: Float32Array;
}

/**
 * A smooth field through the known pixels, also where none is known: means over cells, holes filled from coarser and
 * coarser grids (pull and push).
 * @param values [height, width, 3]
 * @param known Must not be empty.
 */
export function smoothField(values: Float32Array, known: Mask, size: Size, gridCells = GRID_CELLS): Float32Array {
  const cell = Math.max(1, Math.ceil(Math.max(size.width, size.height) / gridCells));
  return spread(blurGrid(filled(meansOverCells(values, known, size, cell))), size, cell);
}

function meansOverCells(values: Float32Array, known: Mask, { width, height }: Size, cell: number): Grid {
  const grid = emptyGrid(Math.ceil(width / cell), Math.ceil(height / cell));
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / cell) * grid.width;
    for (let x = 0; x < width; x++) {
      if (known[y * width + x]) add(grid, row + Math.floor(x / cell), values, y * width + x, 1);
    }
  }
  return normalised(grid, cell * cell);
}

const emptyGrid = (width: number, height: number): Grid => ({
  width,
  height,
  values: new Float32Array(width * height * 3),
  weights: new Float32Array(width * height),
});

function add({ values, weights }: Grid, to: number, source: Float32Array, from: number, weight: number): void {
  for (let c = 0; c < 3; c++) values[to * 3 + c] = (values[to * 3 + c] ?? 0) + weight * (source[from * 3 + c] ?? 0);
  weights[to] = (weights[to] ?? 0) + weight;
}

/** Sums to means; the weight becomes a share of `full`. */
function normalised(grid: Grid, full: number): Grid {
  const { values, weights } = grid;
  for (let index = 0; index < weights.length; index++) {
    const weight = weights[index] ?? 0;
    if (weight === 0) continue;
    for (let c = 0; c < 3; c++) values[index * 3 + c] = (values[index * 3 + c] ?? 0) / weight;
    weights[index] = Math.min(weight / full, 1);
  }
  return grid;
}

/** The grid with what its cells lack taken from a grid of half the size. */
function filled(grid: Grid): Grid {
  if (grid.width === 1 && grid.height === 1) return grid;
  const half = emptyGrid(Math.ceil(grid.width / 2), Math.ceil(grid.height / 2));
  for (let y = 0; y < grid.height; y++) {
    for (let x = 0; x < grid.width; x++) {
      const index = y * grid.width + x;
      const weight = grid.weights[index] ?? 0;
      if (weight > 0) add(half, (y >> 1) * half.width + (x >> 1), grid.values, index, weight);
    }
  }
  // A coarse cell counts as known as soon as a quarter of it is: it has more support than the fine cell.
  const coarse = filled(normalised(half, 1));
  const guess = spread(coarse, grid, 2);
  for (let index = 0; index < grid.weights.length; index++) {
    const weight = grid.weights[index] ?? 0;
    for (let c = 0; c < 3; c++) {
      const own = grid.values[index * 3 + c] ?? 0;
      grid.values[index * 3 + c] = own * weight + (guess[index * 3 + c] ?? 0) * (1 - weight);
    }
    grid.weights[index] = 1;
  }
  return grid;
}

const blurGrid = (grid: Grid): Grid => ({ ...grid, values: boxBlur(grid.values, grid, 1) });

/** A grid's values at the pixels of the picture, bilinear between the centres of the cells. */
function spread(grid: Grid, { width, height }: Size, cell: number): Float32Array {
  const out = new Float32Array(width * height * 3);
  const columns = Array.from({ length: width }, (_, x) => between((x + 0.5) / cell - 0.5, grid.width));
  const { values } = grid;
  for (let y = 0; y < height; y++) {
    const row = between((y + 0.5) / cell - 0.5, grid.height);
    for (let x = 0; x < width; x++) {
      const column = columns[x] ?? row;
      const a = (row.low * grid.width + column.low) * 3;
      const b = (row.low * grid.width + column.high) * 3;
      const c = (row.high * grid.width + column.low) * 3;
      const d = (row.high * grid.width + column.high) * 3;
      const to = (y * width + x) * 3;
      for (let k = 0; k < 3; k++) {
        const above = mix(values[a + k] ?? 0, values[b + k] ?? 0, column.share);
        const below = mix(values[c + k] ?? 0, values[d + k] ?? 0, column.share);
        out[to + k] = mix(above, below, row.share);
      }
    }
  }
  return out;
}

function between(at: number, count: number): { low: number; high: number; share: number } {
  const clamped = Math.min(Math.max(at, 0), count - 1);
  const low = Math.floor(clamped);
  return { low, high: Math.min(low + 1, count - 1), share: clamped - low };
}

const mix = (a: number, b: number, share: number): number => a + (b - a) * share;
