import { describe, expect, it } from 'vitest';
import type { Graph } from '../body/graph.ts';
import { boneWeights } from './bone-weights.ts';
import { BONE, BONES } from './bones.ts';

/** A band of nodes, `wide` across and `long` along; a node's index is its place along times `wide`, plus that across. */
function band(wide: number, long: number, isCut: (along: number) => boolean = () => false): Graph {
  const count = wide * long;
  const neighbours = new Int32Array(count * 4).fill(-1);
  const conductance = new Float32Array(count * 4);
  const join = (i: number, j: number, slot: number): void => {
    neighbours.set([j], i * 4 + slot);
    neighbours.set([i], j * 4 + slot + 1);
    conductance[i * 4 + slot] = conductance[j * 4 + slot + 1] = 1;
  };
  for (let along = 0; along < long; along++) {
    for (let across = 0; across < wide; across++) {
      const i = along * wide + across;
      if (across + 1 < wide) join(i, i + 1, 0);
      if (along + 1 < long && !isCut(along)) join(i, i + wide, 2);
    }
  }
  return { count, degree: 4, neighbours, conductance };
}

const [WIDE, LONG] = [9, 80];
const { right_thigh: THIGH, right_shin: SHIN } = BONE;

/** Thigh and shin share the band half and half; distances as to a line along its middle. */
function weigh(graph: Graph) {
  const along = (i: number): number => Math.floor(i / WIDE);
  const nearest = Int16Array.from({ length: graph.count }, (_, i) => (along(i) < LONG / 2 ? THIGH : SHIN));
  const distances = Float32Array.from({ length: graph.count }, (_, i) => Math.abs((i % WIDE) - (WIDE - 1) / 2));
  const weights = boneWeights(graph, nearest, distances);
  return (bone: number, place: number): number => weights[(place * WIDE + (WIDE - 1) / 2) * BONES.length + bone] ?? NaN;
}

describe('bone weights', () => {
  it('sum to 1, none of them negative', () => {
    const graph = band(WIDE, LONG);
    const weights = boneWeights(graph, new Int16Array(graph.count).fill(SHIN), new Float32Array(graph.count).fill(3));
    for (let i = 0; i < graph.count; i++) {
      const row = weights.subarray(i * BONES.length, (i + 1) * BONES.length);
      expect(row[SHIN]).toBeCloseTo(1, 5);
      expect(Math.min(...row)).toBeGreaterThanOrEqual(0);
    }
  });

  it('are one bone alone far from the joint, and half and half at it', () => {
    const at = weigh(band(WIDE, LONG));
    expect(at(THIGH, 5)).toBeGreaterThan(0.98);
    expect(at(SHIN, LONG - 6)).toBeGreaterThan(0.98);
    expect(at(THIGH, LONG / 2 - 1)).toBeGreaterThan(0.5);
    expect(at(THIGH, LONG / 2)).toBeLessThan(0.5);
    expect((at(THIGH, LONG / 2 - 1) + at(THIGH, LONG / 2)) / 2).toBeCloseTo(0.5, 2);
  });

  it('change over the joint step by step, within about the width of the limb', () => {
    const at = weigh(band(WIDE, LONG));
    for (let place = 1; place < LONG; place++) {
      const step = at(THIGH, place - 1) - at(THIGH, place);
      expect(step).toBeGreaterThan(-1e-3);
      expect(step).toBeLessThan(0.45);
      expect(at(THIGH, place) + at(SHIN, place)).toBeCloseTo(1, 4);
    }
    expect(at(SHIN, LONG / 2 - WIDE)).toBeLessThan(0.05);
    expect(at(SHIN, LONG / 2 - 2)).toBeGreaterThan(0.02);
  });

  it('never cross a gap', () => {
    const at = weigh(band(WIDE, LONG, (along) => along === LONG / 2 - 1));
    expect(at(SHIN, LONG / 2 - 1)).toBe(0);
    expect(at(THIGH, LONG / 2)).toBe(0);
    expect(at(THIGH, LONG / 2 - 1)).toBeCloseTo(1, 5);
  });
});
