import { describe, expect, it } from 'vitest';
import type { RgbaPicture } from '../../media/png.ts';
import { cutOut } from './cut-out.ts';

type Colour = readonly [number, number, number];

/** A picture by what colour each pixel has; opaque. */
function paint(width: number, height: number, colourAt: (x: number, y: number) => Colour): RgbaPicture {
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rgba.set([...colourAt(x, y), 255], (y * width + x) * 4);
  }
  return { width, height, rgba };
}

const alphaAt = ({ rgba, width }: { rgba: Uint8Array; width: number }, x: number, y: number): number =>
  rgba[(y * width + x) * 4 + 3] ?? 0;

describe('cutOut', () => {
  it('keeps a light grey figure on white and drops the background', async () => {
    const inside = (x: number, y: number): boolean => Math.hypot((x - 60) / 25, (y - 60) / 45) < 1;
    const picture = paint(120, 120, (x, y) => (inside(x, y) ? [243, 243, 243] : [255, 255, 255]));
    const result = await cutOut(picture);
    expect(result.how).toBe('border');
    expect(alphaAt(result, 60, 60)).toBe(255);
    expect(alphaAt(result, 20, 20)).toBe(0);
  });

  it('fills the outline of a drawing', async () => {
    const isLine = (x: number, y: number): boolean => Math.abs(Math.hypot((x - 60) / 30, (y - 60) / 45) - 1) < 0.05;
    const picture = paint(120, 120, (x, y) => (isLine(x, y) ? [40, 40, 60] : [230, 228, 220]));
    const result = await cutOut(picture);
    expect(result.how).toBe('drawing');
    expect(alphaAt(result, 60, 60)).toBe(255);
    expect(alphaAt(result, 10, 10)).toBe(0);
  });
});
