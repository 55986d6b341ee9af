import { describe, expect, it } from 'vitest';
import { NODES_PER_GAUSSIAN } from '../../core/deformation/deformation.ts';
import type { Gaussians } from '../../core/gaussians.ts';
import { seededRandom } from '../../test/helpers/random.ts';
import { randomCloud } from '../../test/helpers/random-scene.ts';
import { placeControlNodes } from './control-nodes.ts';

const cloud = (count: number): Gaussians => {
  return randomCloud(seededRandom(count), { count, shDegree: 0, size: 1, logits: [0, 3] });
};

const distance = (a: Float32Array, i: number, b: Float32Array, j: number): number =>
  Math.hypot(...[0, 1, 2].map((c) => (a[i * 3 + c] ?? 0) - (b[j * 3 + c] ?? 0)));

describe('control nodes', () => {
  const gaussians = cloud(400);
  const nodes = placeControlNodes(gaussians, 30);
  const range = Array.from({ length: nodes.count }, (_, k) => k);

  it('stand on Gaussians and cover the cloud evenly', () => {
    expect(nodes.count).toBe(30);
    for (const node of range) {
      const nearest = Math.min(
        ...Array.from({ length: gaussians.count }, (_, i) => distance(gaussians.means, i, nodes.positions, node)),
      );
      expect(nearest).toBe(0);
    }
    const gaps = range.flatMap((a) =>
      range.filter((b) => b < a).map((b) => distance(nodes.positions, a, nodes.positions, b)),
    );
    const reach = Array.from({ length: gaussians.count }, (_, i) =>
      Math.min(...range.map((node) => distance(gaussians.means, i, nodes.positions, node))),
    );
    // Farthest-point sampling: no two nodes are nearer to each other than the worst-served Gaussian is to its node.
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(Math.max(...reach) - 1e-6);
  });

  it('name the nearest nodes of each Gaussian, nearest first, with logits that fall with distance', () => {
    for (let i = 0; i < gaussians.count; i++) {
      const places = [0, 1, 2, 3].map((k) => i * NODES_PER_GAUSSIAN + k);
      const named = places.map((k) => nodes.neighbours[k] ?? -1);
      const nearest = [...range].sort(
        (a, b) => distance(gaussians.means, i, nodes.positions, a) - distance(gaussians.means, i, nodes.positions, b),
      );
      expect(named).toEqual(nearest.slice(0, NODES_PER_GAUSSIAN));
      const logits = places.map((k) => nodes.logits[k] ?? NaN);
      expect([...logits].sort((a, b) => b - a)).toEqual(logits);
      expect(Math.max(...logits)).toBeLessThanOrEqual(0);
    }
  });

  it('avoid Gaussians that are all but transparent', () => {
    const faint = { ...gaussians, opacityLogits: gaussians.opacityLogits.map((x, i) => (i % 2 ? -6 : x)) };
    const { positions, count } = placeControlNodes(faint, 30);
    for (let node = 0; node < count; node++) {
      const on = Array.from({ length: faint.count }, (_, i) => i).find(
        (i) => distance(faint.means, i, positions, node) === 0,
      );
      expect((on ?? 1) % 2).toBe(0);
    }
    // Too few solid ones: better faint nodes than none.
    const ghosts = { ...gaussians, opacityLogits: gaussians.opacityLogits.map(() => -6) };
    expect(placeControlNodes(ghosts, 30).count).toBe(30);
  });

  it.each([1, 2, 3])('are fewer than a Gaussian has places for: %d', (count) => {
    const few = cloud(count);
    const placed = placeControlNodes(few, 30);
    expect(placed.count).toBe(count);
    expect(Math.max(...placed.neighbours)).toBeLessThan(count);
    expect(placed.logits.every(Number.isFinite)).toBe(true);
    const weights = Array.from(placed.logits.subarray(0, NODES_PER_GAUSSIAN), Math.exp);
    // The repeated places weigh nothing.
    expect(Math.max(0, ...weights.slice(count))).toBeLessThan(1e-9);
  });

  it('survive Gaussians that are all in one place', () => {
    const heap = { ...gaussians, means: new Float32Array(gaussians.means.length).fill(0.5) };
    const { logits, positions } = placeControlNodes(heap, 8);
    expect(logits.every(Number.isFinite)).toBe(true);
    expect(positions.every((x) => x === 0.5)).toBe(true);
  });
});
