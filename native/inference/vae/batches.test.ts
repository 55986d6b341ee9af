import { expect, it } from 'vitest';
import { frameBatches } from './batches.ts';

const counts = (frames: number, size: number): number[] => frameBatches(frames, size).map(({ count }) => count);

it('gives the remainder to the first batch', () => {
  expect(counts(25, 8)).toEqual([9, 8, 8]);
  expect(counts(13, 8)).toEqual([13]);
  expect(counts(7, 2)).toEqual([3, 2, 2]);
  expect(counts(4, 2)).toEqual([2, 2]);
  expect(counts(1, 2)).toEqual([1]);
  expect(counts(5, 8)).toEqual([5]);
});

it('leaves no gap', () => {
  expect(frameBatches(7, 2)).toEqual([
    { start: 0, count: 3 },
    { start: 3, count: 2 },
    { start: 5, count: 2 },
  ]);
});
