import { expect, test } from 'vitest';
import { maskAt } from './person-mask.ts';

test("a crop's mask is laid over the picture, and ends where the crop ends", () => {
  const mask = new Float32Array(256 * 256);
  for (let y = 0; y < 256; y++) mask.fill(1, y * 256, y * 256 + 128); // the left half
  const crop = { x: 100, y: 100, side: 64, angle: 0 };
  expect([80, 95, 105, 120, 60, 140].map((x) => maskAt(mask, crop, x, 100))).toEqual([1, 1, 0, 0, 0, 0]);
  expect(maskAt(mask, crop, 100, 100)).toBeCloseTo(0.5);
  expect(maskAt(mask, { ...crop, angle: Math.PI / 2 }, 100, 90)).toBe(1); // left of the crop is now above
  expect(maskAt(mask, crop, 80, 140)).toBe(0);
});
