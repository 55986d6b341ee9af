import { describe, expect, it } from 'vitest';
import { BLACK, fromCanvas, placeOn, toCanvas, WHITE } from './canvas.ts';
import type { RgbPicture } from './pixels.ts';

const canvas = { width: 72, height: 48 };
const plain = (width: number, height: number, level: number): RgbPicture => {
  return { width, height, rgb: new Uint8Array(width * height * 3).fill(level) };
};
const at = ({ width, rgb }: RgbPicture, x: number, y: number): number | undefined => rgb[(y * width + x) * 3];

describe('the place on the canvas', () => {
  it.each([
    ['a square fills the middle one', [480, 480], [12, 0, 48, 48]],
    ['so does a small one', [7, 7], [12, 0, 48, 48]],
    ['a tall picture is fitted into it', [100, 200], [24, 0, 24, 48]],
    ['a wide one too', [200, 100], [12, 12, 48, 24]],
    ['what has the shape of the canvas fills it', [720, 480], [0, 0, 72, 48]],
    ['with a pixel that rounding took', [719, 480], [0, 0, 72, 48]],
    ['what is nearly of its shape does not', [700, 480], [12, 7, 48, 33]],
    ['a hair is a pixel wide', [1, 10_000], [35, 0, 1, 48]],
  ])('%s', (_, [w = 0, h = 0], [x, y, width, height]) => {
    expect(placeOn(canvas, { width: w, height: h })).toEqual({ x, y, width, height });
  });

  it.each([0, -1, NaN, Infinity, 20_000])('refuses a side of %d', (side) => {
    expect(() => placeOn(canvas, { width: side, height: 10 })).toThrow(/cannot be laid out/);
  });
});

describe('the canvas', () => {
  it('is white around pictures and black around poses', () => {
    const white = toCanvas(plain(96, 96, 100), canvas, WHITE);
    expect(white.rgb.length).toBe(72 * 48 * 3);
    expect([11, 12, 59, 60].map((x) => at(white, x, 20))).toEqual([255, 100, 100, 255]);
    const black = toCanvas(plain(20, 40, 100), canvas, BLACK);
    expect([23, 24, 47, 48].map((x) => at(black, x, 47))).toEqual([0, 100, 100, 0]);
  });

  it('gives back the square that was laid on it, and the middle of one that was laid out already', () => {
    const rgb = Uint8Array.from({ length: 48 * 48 * 3 }, (_, i) => (i * 7) % 256);
    const square = { width: 48, height: 48, rgb };
    expect(fromCanvas(toCanvas(square, canvas, WHITE), 48)).toEqual(square);
    const laidOut = { ...canvas, rgb: Uint8Array.from({ length: 72 * 48 * 3 }, (_, i) => Math.floor(i / 3) % 72) };
    expect(toCanvas(laidOut, canvas, WHITE).rgb).toEqual(laidOut.rgb);
    expect([...fromCanvas(laidOut, 48).rgb.subarray(0, 4)]).toEqual([12, 12, 12, 13]);
    expect(fromCanvas(laidOut, 24).rgb.length).toBe(24 * 24 * 3);
  });
});
