import { describe, expect, it } from 'vitest';
import { reachFrom } from './geodesic.ts';
import { solveLaplacian, type Graph } from './graph.ts';

/** Nodes in a row, each joined to the next. */
function chain(count: number, conductance = 1): Graph {
  const neighbours = new Int32Array(count * 2).fill(-1);
  const weights = new Float32Array(count * 2);
  for (let i = 0; i < count; i++) {
    if (i > 0) {
      neighbours[i * 2] = i - 1;
      weights[i * 2] = conductance;
    }
    if (i < count - 1) {
      neighbours[i * 2 + 1] = i + 1;
      weights[i * 2 + 1] = conductance;
    }
  }
  return { count, degree: 2, neighbours, conductance: weights };
}

describe('solveLaplacian', () => {
  it('finds the straight line between two held ends', () => {
    const count = 11;
    const hold = 1e5;
    const diagonal = new Float32Array(count);
    const b = new Float32Array(count);
    diagonal[0] = diagonal[count - 1] = hold;
    b[count - 1] = hold;
    const x = new Float32Array(count);
    solveLaplacian(chain(count), diagonal, b, x);
    for (let i = 0; i < count; i++) expect(x[i]).toBeCloseTo(i / (count - 1), 3);
  });

  it('finds the parabola of a constant source between open ends', () => {
    // x'' = -2 with x = 0 half a step beyond both ends, which the diagonal stands for.
    const count = 20;
    const diagonal = new Float32Array(count);
    diagonal[0] = diagonal[count - 1] = 1;
    const x = new Float32Array(count);
    solveLaplacian(chain(count), diagonal, new Float32Array(count).fill(2), x);
    for (let i = 0; i < count; i++) expect(x[i]).toBeCloseTo((i + 1) * (count - i), 1);
  });

  it('leaves a node that touches nothing', () => {
    const x = Float32Array.of(3);
    const alone: Graph = { count: 1, degree: 1, neighbours: Int32Array.of(-1), conductance: Float32Array.of(0) };
    solveLaplacian(alone, Float32Array.of(0), Float32Array.of(3), x);
    expect(x[0]).toBe(3);
  });
});

describe('reachFrom', () => {
  const along = (count: number) => (node: number, relax: (neighbour: number, cost: number) => void) => {
    if (node > 0) relax(node - 1, 1);
    if (node < count - 1) relax(node + 1, 1);
  };

  it('gives each node its nearest seed, head starts counted', () => {
    const seeds = [
      { node: 0, label: 4, cost: 0 },
      { node: 9, label: 7, cost: 3.5 },
    ];
    const { labels, costs } = reachFrom(10, seeds, along(10));
    expect([...labels]).toEqual([4, 4, 4, 4, 4, 4, 4, 7, 7, 7]);
    expect([...costs]).toEqual([0, 1, 2, 3, 4, 5, 6, 5.5, 4.5, 3.5]);
  });

  it('says where none reaches', () => {
    const { labels } = reachFrom(3, [{ node: 0, label: 1, cost: 0 }], () => undefined);
    expect([...labels]).toEqual([1, -1, -1]);
  });
});
