import { expect, test } from 'vitest';
import { Curve } from './curve.ts';

test('a long curve keeps its shape in at most so many points', () => {
  const curve = new Curve();
  for (let iteration = 0; iteration < 30_000; iteration += 7) curve.add([iteration, 1 / (iteration + 1), 30]);
  const points = curve.points();
  expect(points.length).toBeLessThanOrEqual(Curve.MOST);
  expect(points.length).toBeGreaterThan(Curve.MOST / 2);
  expect(points[0]?.[0]).toBe(0);
  expect(points.at(-1)?.[0]).toBeGreaterThan(29_000);
});

test('what is known already, or is no number, is no news', () => {
  const curve = new Curve();
  expect(curve.add([10, 1, 20])).toBe(true);
  expect(curve.add([10, 2, 21])).toBe(false);
  expect(curve.add([5, 2, 21])).toBe(false);
  expect(curve.add([20, NaN, 21])).toBe(false);
  expect(curve.points()).toEqual([[10, 1, 20]]);
});
