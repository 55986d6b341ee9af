import { expect, it } from 'vitest';
import { latentFrames } from './norms.ts';

it('gives the first of an odd number of frames the first latent frame for itself', () => {
  expect(latentFrames(3, 9)).toEqual([0, 1, 1, 1, 1, 2, 2, 2, 2]);
  expect(latentFrames(3, 5)).toEqual([0, 1, 1, 2, 2]);
});

it('shares even numbers of frames out evenly', () => {
  expect(latentFrames(2, 8)).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  expect(latentFrames(2, 2)).toEqual([0, 1]);
  expect(latentFrames(1, 1)).toEqual([0]);
});
