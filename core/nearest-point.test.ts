import { expect, it } from 'vitest';
import { nearestPoint } from './nearest-point.ts';
import { normalize, subtract, type Vector } from './vector.ts';

const target: Vector = [0.3, -1.2, 0.7];
const origins: readonly Vector[] = [
  [5, 0, 0],
  [0, 4, 1],
  [-3, -3, 2],
];

it('finds where lines meet', () => {
  const found = nearestPoint(origins.map((origin) => ({ origin, direction: normalize(subtract(target, origin)) })));
  for (const [c, value] of target.entries()) expect(found?.[c]).toBeCloseTo(value, 9);
});

it('leans towards the line that counts more', () => {
  const along = (y: number, weight: number) => ({
    origin: [0, y, 0] as Vector,
    direction: [1, 0, 0] as Vector,
    weight,
  });
  const up = { origin: [2, 0, 0] as Vector, direction: [0, 0, 1] as Vector };
  expect(nearestPoint([along(0, 3), along(1, 1), up])?.[1]).toBeCloseTo(0.2, 9);
});

it('knows no point for parallel lines', () => {
  const direction: Vector = [0, 1, 0];
  expect(nearestPoint(origins.map((origin) => ({ origin, direction })))).toBeUndefined();
});
