import { describe, expect, it } from 'vitest';
import { passes, type NeighbourCall } from '../golden/native-passes.ts';
import { seededRandom } from '../helpers/random.ts';
import { nearestEdges } from '../reference/neighbours.ts';

const random = seededRandom(11);
const points = (count: number, size: number): Float32Array =>
  Float32Array.from({ length: count * 3 }, () => (random() - 0.5) * size);

/** Row-major points on a coarse lattice: many equal distances, some points twice. */
const lattice = (count: number): Float32Array =>
  Float32Array.from({ length: count * 3 }, () => Math.floor(random() * 6) / 8);

function edgesOf(positions: Float32Array, k: number, threads: number): string[] {
  const count = positions.length / 3;
  const { offsets, indices } = passes.neighbourGraph({ positions, count, k, threads });
  return Array.from({ length: count }, (_, i) =>
    [...indices.subarray(offsets[i], offsets[i + 1])].map((j) => `${i} ${j}`),
  ).flat();
}

describe('the native neighbour graph', () => {
  it.each([
    ['random points', points(400, 2), 20],
    ['ties and duplicates', lattice(300), 6],
    ['a far outlier', Float32Array.from([...points(200, 1), 1e6, -1e6, 1e6]), 8],
    ['fewer points than k', points(5, 1), 20],
    ['one point', points(1, 1), 3],
    ['no points', points(0, 1), 3],
  ])('is exact and ordered: %s', (_, positions, k) => {
    const expected = nearestEdges(positions, k).map(([i, j]) => `${i} ${j}`);
    expect(edgesOf(positions, k, 1)).toEqual(expected);
    expect(edgesOf(positions, k, 4)).toEqual(expected);
  });

  it('names a NaN', () => {
    const positions = points(4, 1);
    positions[7] = NaN;
    expect(() => passes.neighbourGraph({ positions, count: 4, k: 2, threads: 1 })).toThrow(
      'positions: value 7 of [4, 3] = 12 is nan',
    );
  });
});

describe('the native neighbour constraint', () => {
  const count = 1500;
  const earlier = points(count, 2);
  const later = earlier.map((x) => x + (random() - 0.5) * 0.04);
  const graph = passes.neighbourGraph({ positions: earlier, count, k: 20, threads: 1 });
  const base: NeighbourCall = { count, ...graph, earlier, later, threads: 1 };

  it('gives the same bits on 1, 2 and 4 threads', () => {
    const [one, ...others] = [1, 2, 4].map((threads) => ({
      ...passes.neighbourLoss({ ...base, threads }),
      timings: 0,
    }));
    expect(one?.activeEdges).toBeGreaterThan(count);
    for (const other of others) expect(other).toEqual(one);
  });

  it('has the gradient that finite differences give', () => {
    // No gate: a step must not switch edges on and off.
    const call = { ...base, gated: false };
    const { earlierGradients, laterGradients } = passes.neighbourLoss(call);
    const step = 1 / 256;
    const mistakes: string[] = [];
    for (const at of [0, 301, 1502, 4499]) {
      for (const [field, gradients] of [
        ['earlier', earlierGradients],
        ['later', laterGradients],
      ] as const) {
        const value = (sign: number): number => {
          const moved = base[field].slice();
          moved[at] = (moved[at] ?? NaN) + sign * step;
          return passes.neighbourLoss({ ...call, [field]: moved }).value;
        };
        const difference = (value(1) - value(-1)) / (2 * step);
        const found = gradients[at] ?? NaN;
        const scale = gradients.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
        if (!(Math.abs(found - difference) < 1e-2 * scale))
          mistakes.push(`${field}[${at}]: ${found}, not ${difference}`);
      }
    }
    expect(mistakes).toEqual([]);
  });

  it('is silent below the threshold and where all move alike', () => {
    const still = passes.neighbourLoss({ ...base, later: earlier.map((x) => x + 1e-3) });
    expect([still.activeEdges, still.value]).toEqual([0, 0]);
    const together = passes.neighbourLoss({ ...base, later: earlier.map((x) => x + 0.5) });
    expect(together.activeEdges).toBe(graph.indices.length);
    expect(together.value).toBeLessThan(1e-12);
  });

  it('refuses a graph that points outside', () => {
    const indices = graph.indices.slice();
    indices[3] = count;
    expect(() => passes.neighbourLoss({ ...base, indices })).toThrow(`indices: entry 3 is ${count}`);
  });
});
