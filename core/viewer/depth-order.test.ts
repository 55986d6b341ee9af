import { expect, it } from 'vitest';
import { seededRandom } from '../../test/helpers/random.ts';
import { DepthOrder, NEAR_PLANE } from './depth-order.ts';
import { POSE_WORDS } from './packed-gaussians.ts';

const poses = (depths: readonly number[]): Float32Array => {
  const out = new Float32Array(depths.length * POSE_WORDS);
  depths.forEach((depth, i) => {
    out[i * POSE_WORDS + 1] = depth;
  });
  return out;
};
const ALONG_Y = [0, 1, 0, 0] as const;
const sort = (depths: readonly number[]): number[] =>
  Array.from(new DepthOrder().sort(poses(depths), depths.length, ALONG_Y, new Uint32Array(depths.length)));

it('goes from far to near; equal depths from the last to the first', () => {
  expect(sort([1, 3, 2, 3, 0.5])).toEqual([3, 1, 2, 0, 4]);
});

it('leaves out what is behind the camera, too near, or nowhere', () => {
  expect(sort([1, -5, NEAR_PLANE / 2, NaN, 2])).toEqual([4, 0]);
  expect(sort([-1])).toEqual([]);
  expect(sort([])).toEqual([]);
  expect(sort([2, 2])).toEqual([1, 0]);
});

it('a cloud that reaches to infinity is still drawn', () => {
  expect([...sort([1, Infinity, 2])].sort()).toEqual([0, 1, 2]);
});

it('is right to a 65,000th of the depth of the cloud', () => {
  const random = seededRandom(1);
  const depths = Array.from({ length: 5000 }, () => 2 + 3 * random());
  const order = sort(depths);
  expect(new Set(order).size).toBe(5000);
  for (let k = 1; k < order.length; k++) {
    const [before = 0, now = 0] = [order[k - 1], order[k]];
    expect((depths[now] ?? 0) - (depths[before] ?? 0)).toBeLessThan(3 / 65_000);
  }
});
