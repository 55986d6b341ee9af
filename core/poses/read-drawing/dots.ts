import type { RgbPicture } from './picture.ts';

/** A small round mark: its centre in pixels, and its brightness, 0..255. */
export interface Dot {
  readonly x: number;
  readonly y: number;
  readonly level: number;
}

export interface Region {
  readonly left: number;
  readonly top: number;
  /** The last column and row. */
  readonly right: number;
  readonly bottom: number;
}

/** How much a pixel looks like part of a dot, 0..255. */
export type Likeness = (red: number, green: number, blue: number) => number;

export const regionAround = ({ width, height }: RgbPicture, x: number, y: number, reach: number): Region => ({
  left: Math.max(0, Math.floor(x - reach)),
  top: Math.max(0, Math.floor(y - reach)),
  right: Math.min(width - 1, Math.ceil(x + reach)),
  bottom: Math.min(height - 1, Math.ceil(y + reach)),
});

/**
 * The dots of a region, brightest first: places that look more like one than all around them. Dots that are nearer to each other
 * than about their own size have become one.
 * @param radius Of a dot, in pixels.
 * @param least Likeness below which nothing is a dot.
 */
export function findDots(
  picture: RgbPicture,
  region: Region,
  radius: number,
  likeness: Likeness,
  least: number,
  most: number,
): Dot[] {
  const columns = Math.max(0, region.right - region.left + 1);
  const rows = Math.max(0, region.bottom - region.top + 1);
  const values = likenesses(picture, region, columns, rows, likeness);
  const smooth = smoothed(values, columns, rows);
  const tops = Array.from({ length: columns * rows }, (_, i) => i)
    .filter((i) => (values[i] ?? 0) >= least && isTop(smooth, i, columns, rows))
    .sort((a, b) => (smooth[b] ?? 0) - (smooth[a] ?? 0));
  const dots: Dot[] = [];
  const apart = Math.max(1.2, radius);
  for (const i of tops) {
    if (dots.length === most) break;
    const dot = centred(values, i, columns, rows, Math.max(1.5, radius + 0.5));
    const x = dot.x + region.left;
    const y = dot.y + region.top;
    if (dots.every((other) => Math.hypot(other.x - x, other.y - y) > apart)) dots.push({ x, y, level: dot.level });
  }
  return dots;
}

function likenesses(
  { width, rgb }: RgbPicture,
  { left, top }: Region,
  columns: number,
  rows: number,
  likeness: Likeness,
): Float32Array {
  const values = new Float32Array(columns * rows);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      const i = ((top + row) * width + left + column) * 3;
      values[at] = likeness(rgb[i] ?? 0, rgb[i + 1] ?? 0, rgb[i + 2] ?? 0);
    }
  }
  return values;
}

/** Weighted by 1, 2, 1 along both sides. */
function smoothed(values: Float32Array, columns: number, rows: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          const [x, y] = [column + dx, row + dy];
          if (x < 0 || y < 0 || x >= columns || y >= rows) continue;
          sum += (2 - Math.abs(dx)) * (2 - Math.abs(dy)) * (values[y * columns + x] ?? 0);
        }
      }
      out[row * columns + column] = sum / 16;
    }
  }
  return out;
}

function isTop(values: Float32Array, i: number, columns: number, rows: number): boolean {
  const [column, row] = [i % columns, Math.floor(i / columns)];
  for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
    for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) {
      if ((values[y * columns + x] ?? 0) > (values[i] ?? 0)) return false;
    }
  }
  return true;
}

/** The middle of a dot's brightness around its top; a weaker neighbour's share does not count. */
function centred(values: Float32Array, i: number, columns: number, rows: number, reach: number): Dot {
  const [column, row] = [i % columns, Math.floor(i / columns)];
  const whole = Math.ceil(reach);
  let [sum, sumX, sumY, level] = [0, 0, 0, 0];
  for (let y = Math.max(0, row - whole); y <= Math.min(rows - 1, row + whole); y++) {
    for (let x = Math.max(0, column - whole); x <= Math.min(columns - 1, column + whole); x++) {
      if (Math.hypot(x - column, y - row) > reach) continue;
      const value = values[y * columns + x] ?? 0;
      sum += value;
      sumX += value * (x + 0.5);
      sumY += value * (y + 0.5);
      level = Math.max(level, value);
    }
  }
  return { x: sumX / sum, y: sumY / sum, level };
}
