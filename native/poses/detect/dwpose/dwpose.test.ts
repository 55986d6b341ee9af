import { describe, expect, it, test } from 'vitest';
import { AppError } from '../../../../core/errors.ts';
import { samplePlain } from './resize.ts';
import { decodeBins, poseWindow } from './simcc.ts';
import { decodeRows, letterbox, overlap, suppressOverlaps } from './yolox.ts';

const box = (x: number, y: number, size: number, score = 1) => ({ x, y, width: size, height: size, score });

describe("YOLOX's rows", () => {
  const SIDE = 64; // 8 x 8, 4 x 4 and 2 x 2 cells
  const SIZE = 7; // two classes
  const rows = (): Float32Array => new Float32Array((64 + 16 + 4) * SIZE);

  it('are boxes on three grids', () => {
    const all = rows();
    all.set([0.5, 0.25, Math.log(2), Math.log(3), 0.8, 0.5, 0], (8 * 2 + 3) * SIZE); // column 3, row 2, of 8 pixels
    all.set([0, 0, 0, 0, 1, 0.9, 0], (64 + 16 + 3) * SIZE); // column 1, row 1, of 32 pixels
    all.set([0, 0, 0, 0, 1, 0, 1], 64 * SIZE); // another class
    all.set([0, 0, 0, 0, 0.5, 0.59, 0], 65 * SIZE); // not sure enough
    const [first, second, ...rest] = decodeRows(all, SIDE);
    expect(rest).toEqual([]);
    expect(first?.score).toBeCloseTo(0.4);
    expect([first?.x, first?.y]).toEqual([expect.closeTo(28 - 8, 4), expect.closeTo(18 - 12, 4)]);
    expect([first?.width, first?.height]).toEqual([expect.closeTo(16, 4), expect.closeTo(24, 4)]);
    expect(second).toMatchObject({ x: 16, y: 16, width: 32, height: 32 });
  });

  it('of another network are refused, and wild numbers are bounded', () => {
    expect(() => decodeRows(new Float32Array(100), SIDE)).toThrow(AppError);
    const all = rows();
    all.set([0, 0, 0, NaN, 1, 1, 0], 0);
    all.set([0, 0, 500, 500, 1, 1, 0], SIZE);
    expect(decodeRows(all, SIDE).map(({ width, height }) => [width, height])).toEqual([[4 * SIDE, 4 * SIDE]]);
  });
});

test('boxes that overlap a better one by more than 0.45 are left out', () => {
  const kept = suppressOverlaps([box(0, 0, 99, 0.5), box(10, 0, 99, 0.9), box(60, 0, 99, 0.4)]);
  expect(kept.map(({ score }) => score)).toEqual([0.9, 0.4]);
  expect(overlap(box(0, 0, 99), box(50, 0, 99))).toBeCloseTo(50 / 150);
  expect(overlap(box(0, 0, 9), box(50, 0, 9))).toBe(0);
});

test('a picture is fitted into the upper left of a grey square', () => {
  const { pixels, scale } = letterbox({ width: 4, height: 2, rgb: Uint8Array.from({ length: 24 }, (_, i) => i) }, 8);
  expect(scale).toBe(2);
  const at = (channel: number, x: number, y: number): number => pixels[(channel * 8 + y) * 8 + x] ?? -1;
  expect([at(0, 0, 0), at(1, 0, 0), at(2, 7, 3), at(0, 0, 4), at(2, 7, 7)]).toEqual([0, 1, 23, 114, 114]);
  expect(at(0, 1, 0)).toBe(1); // a quarter of the way from 0 to 3
});

test('outside is the border or black', () => {
  const white = { width: 1, height: 1, rgb: new Uint8Array(3).fill(255) };
  const sampling = { scaleX: 1, scaleY: 1, shiftX: -1.5, shiftY: 0 };
  const reds = (outside: 'border' | 'black'): (number | undefined)[] => {
    const pixels = samplePlain(white, 3, 1, sampling, outside);
    return [pixels[0], pixels[3], pixels[6]];
  };
  expect(reds('border')).toEqual([255, 255, 255]);
  expect(reds('black')).toEqual([0, 127.5, 127.5]);
});

test("the window has the box's middle and the input's proportions", () => {
  expect(poseWindow({ x: 10, y: 20, width: 40, height: 160 }, 288, 384)).toEqual({
    x: 30,
    y: 100,
    width: 150,
    height: 200,
  });
  expect(poseWindow({ x: 0, y: 0, width: 120, height: 10 }, 288, 384)).toEqual({
    x: 60,
    y: 5,
    width: 150,
    height: 200,
  });
});

test('the highest bin is the place, the lower of two scores the confidence', () => {
  const binsX = Float32Array.of(0, 0.2, 0.9, 0, /* second */ 0, 0, 0, 0, /* third */ 0, 3, 0, 0);
  const binsY = Float32Array.of(0, 0, 0, 0.5, /* second */ 0, 1, 0, 0, /* third */ 2, 0, 0, 0);
  expect([...decodeBins(binsX, binsY, 3)]).toEqual([1, 1.5, 0.5, -1, -1, 0, 0.5, 0, 1]);
});
