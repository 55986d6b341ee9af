import { expect, it } from 'vitest';
import { bestPath, type PathCosts } from './best-path.ts';
import { seededRandom } from '../../../test/helpers/random.ts';

/** All paths, tried one by one. */
function cheapestOfAll({ frames, states, at, step, turn }: PathCosts): number {
  let best = Infinity;
  for (let code = 0; code < states ** frames; code++) {
    const path = Array.from({ length: frames }, (_, t) => Math.floor(code / states ** t) % states);
    best = Math.min(best, costOf({ frames, states, at, step, turn }, path));
  }
  return best;
}

function costOf({ at, step, turn }: PathCosts, path: readonly number[]): number {
  return path.reduce((sum, s, t) => {
    const [before = 0, earlier = 0] = [path[t - 1], path[t - 2]];
    return sum + at(t, s) + (t > 0 ? step(t, before, s) : 0) + (t > 1 ? turn(t, earlier, before, s) : 0);
  }, 0);
}

it.each([1, 2, 3, 6])('finds the cheapest path through %i frames', (frames) => {
  const random = seededRandom(frames);
  const table = Array.from({ length: frames * 39 }, random);
  const cost = (t: number, offset: number): number => table[t * 39 + offset] ?? NaN;
  const costs: PathCosts = {
    ...{ frames, states: 3 },
    at: (t, s) => cost(t, s),
    step: (t, a, b) => cost(t, 3 + a * 3 + b),
    turn: (t, a, b, c) => cost(t, 12 + (a * 3 + b) * 3 + c),
  };
  const path = bestPath(costs);
  expect(path).toHaveLength(frames);
  expect(costOf(costs, path)).toBeCloseTo(cheapestOfAll(costs), 9);
});
