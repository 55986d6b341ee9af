import { expect, it } from 'vitest';
import { allocateGaussians } from '../gaussians.ts';
import { boundsOf } from './bounds.ts';

it('a few Gaussians that flew off do not count', () => {
  const gaussians = allocateGaussians(1001, 0);
  for (let i = 0; i < 1000; i++) gaussians.means.set([i % 2, 0, i % 2 ? 2 : 0], i * 3);
  gaussians.means.set([500, -500, 500], 3000);
  const { centre, radius } = boundsOf(gaussians);
  expect(centre).toEqual([0.5, 0, 1]);
  expect(radius).toBeCloseTo(Math.hypot(1, 2) / 2, 6);
});

it('nothing still has a place', () => {
  expect(boundsOf(allocateGaussians(0, 0))).toEqual({ centre: [0, 0, 0], radius: 1 });
});
