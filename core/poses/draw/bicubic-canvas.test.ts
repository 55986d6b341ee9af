import { describe, expect, it } from 'vitest';
import { BicubicCanvas } from './bicubic-canvas.ts';

/** A grey stroke on an otherwise black canvas, as the red channel of the picture. */
function scaled(
  size: readonly [number, number],
  target: readonly [number, number],
  strokes: readonly (readonly [row: number, first: number, last: number, level: number])[],
): number[] {
  const canvas = new BicubicCanvas({ width: size[0], height: size[1] }, { width: target[0], height: target[1] });
  for (const [row, first, last, level] of strokes) canvas.paint(row, first, last, [level, 0, 0]);
  return [...canvas.resize()].filter((_, i) => i % 3 === 0);
}

describe('the bicubic canvas', () => {
  it('is the picture where both have one size, later strokes over earlier ones', () => {
    const strokes = [
      [1, 0, 2, 200],
      [1, 2, 9, 90],
      [1, -5, -1, 50],
      [7, 0, 3, 50],
    ] as const;
    expect(scaled([4, 3], [4, 3], strokes)).toEqual([0, 0, 0, 0, 200, 200, 90, 90, 0, 0, 0, 0]);
  });

  it('forgets a colour that black was painted over', () => {
    const strokes = [
      [0, 0, 3, 200],
      [0, 1, 2, 0],
    ] as const;
    expect(scaled([4, 1], [4, 1], strokes)).toEqual([200, 0, 0, 200]);
  });

  // Expected: Image.resize(size, Image.BICUBIC) of Pillow 12.3.0.
  it('averages a stroke nine rows wide on 4.5 rows a pixel as Pillow does', () => {
    const strokes = [
      [12, 5, 20, 153],
      [13, 5, 20, 153],
      [14, 5, 20, 153],
      [15, 5, 20, 153],
      [16, 5, 20, 153],
      [17, 5, 20, 153],
      [18, 5, 20, 153],
      [19, 5, 20, 153],
      [20, 5, 20, 153],
    ] as const;
    expect(scaled([27, 36], [6, 8], strokes)).toEqual([
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 43, 52, 53, 34, 0, 4, 138, 167, 170, 107, 0, 3, 86, 104, 106, 67, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ]);
  });

  it('averages strokes of several levels on 2.7 pixels a pixel as Pillow does', () => {
    const strokes = [
      [3, 2, 9, 255],
      [4, 8, 25, 120],
      [13, 0, 26, 200],
      [14, 0, 12, 200],
      [22, 20, 26, 77],
      [26, 0, 3, 255],
    ] as const;
    expect(scaled([27, 27], [10, 10], strokes)).toEqual([
      5, 18, 17, 10, 0, 0, 0, 0, 0, 0, 24, 85, 89, 99, 42, 41, 41, 41, 42, 28, 0, 0, 0, 1, 6, 6, 6, 6, 6, 4, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 49, 49, 49, 49, 47, 42, 42, 42, 42, 42, 113, 113, 113, 115, 99, 42, 42, 42, 42, 42, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 4, 4, 0, 0, 0, 0, 0, 0, 0, 16, 28, 26, 81, 40, 0, 0, 0, 0, 0, 0, 0, 0,
    ]);
  });

  it('keeps an even surface even', () => {
    const strokes = Array.from({ length: 18 }, (_, row) => [row, 0, 26, 153] as const);
    expect(new Set(scaled([27, 18], [6, 4], strokes))).toEqual(new Set([153]));
  });
});
