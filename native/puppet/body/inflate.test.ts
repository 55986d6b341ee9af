import { describe, expect, it } from 'vitest';
import { STEPS } from './grid.ts';
import { inflate } from './inflate.ts';
import { PART, type Part } from './parts.ts';
import type { Sheets } from './sheets.ts';

/** One sheet of one part, of all pixels that are inside; `cut` edges conduct nearly nothing. */
function sheetOf(
  width: number,
  height: number,
  part: Part,
  isInside: (x: number, y: number) => boolean,
  isCut: (x: number, y: number, step: number) => boolean = () => false,
): Sheets {
  const pixels: number[] = [];
  const index = new Int32Array(width * height).fill(-1);
  for (let p = 0; p < width * height; p++) {
    if (isInside((p % width) + 0.5, Math.floor(p / width) + 0.5)) index[p] = pixels.push(p) - 1;
  }
  const count = pixels.length;
  const neighbours = new Int32Array(count * 4).fill(-1);
  const conductance = new Float32Array(count * 4);
  for (const [i, p] of pixels.entries()) {
    const [x, y] = [p % width, Math.floor(p / width)];
    for (const [step, [dx, dy]] of STEPS.entries()) {
      const [nx, ny] = [x + dx, y + dy];
      if (nx < 0 || ny < 0 || nx >= width || ny >= height) continue;
      const j = index[ny * width + nx] ?? -1;
      neighbours[i * 4 + step] = j;
      if (j >= 0) conductance[i * 4 + step] = isCut(x, y, step) ? 0.02 : 1;
    }
  }
  return {
    ...{ count, pixels: Int32Array.from(pixels), sheet: new Uint8Array(count), hidden: new Uint8Array(count) },
    ...{ part: new Int16Array(count).fill(PART[part]), bone: new Int16Array(count) },
    nodeAt: (_, pixel) => index[pixel] ?? -1,
    graph: { count, degree: 4, neighbours, conductance },
  };
}

describe('inflate', () => {
  it('makes a long strip a round tube as thick as it is wide', () => {
    const [half, long] = [10.5, 90];
    const sheets = sheetOf(21, long, 'right_arm', () => true);
    const thickness = inflate(sheets);
    for (let x = 0; x < 21; x++) {
      const circle = Math.sqrt(half ** 2 - (x + 0.5 - half) ** 2);
      expect(Math.abs((thickness[sheets.nodeAt(0, 45 * 21 + x)] ?? 0) - circle)).toBeLessThan(0.4);
    }
  });

  it('makes a round head nearly a ball', () => {
    const radius = 18;
    const sheets = sheetOf(40, 40, 'head', (x, y) => Math.hypot(x - 20, y - 20) < radius);
    const thickness = inflate(sheets);
    expect(Math.max(...thickness) / radius).toBeGreaterThan(0.85);
    expect(Math.max(...thickness) / radius).toBeLessThan(1);
  });

  it('makes a trunk flatter than an arm of the same width', () => {
    const thickest = (part: Part): number => Math.max(...inflate(sheetOf(21, 90, part, () => true)));
    expect(thickest('torso') / thickest('right_arm')).toBeCloseTo(Math.sqrt(0.45), 1);
  });

  it('ends both sides at an outline between them', () => {
    const isCut = (x: number, _: number, step: number): boolean => (x === 9 && step === 0) || (x === 10 && step === 1);
    const two = sheetOf(20, 60, 'right_leg', () => true, isCut);
    const one = sheetOf(20, 60, 'right_leg', () => true);
    const at = (sheets: Sheets, x: number): number => inflate(sheets)[sheets.nodeAt(0, 30 * 20 + x)] ?? 0;
    expect(at(two, 4)).toBeCloseTo(5, 0);
    expect(at(two, 9)).toBeLessThan(3);
    expect(at(one, 9)).toBeCloseTo(9.8, 0);
  });

  it('gives every pixel some thickness, also a lone one', () => {
    const sheets = sheetOf(9, 9, 'left_arm', (x, y) => (x < 1 && y < 1) || (x > 5 && y > 3));
    for (const value of inflate(sheets)) expect(value).toBeGreaterThan(0.2);
  });
});
