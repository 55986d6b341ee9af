import { describe, expect, it } from 'vitest';
import { nearestEdges, neighbourLoss, type Edge } from '../reference/neighbours.ts';
import { Golden } from './golden.ts';
import { passes } from './native-passes.ts';

const golden = new Golden('neighbor');
const rest = golden.data('in.positions_rest');
const earlier = golden.data('in.positions_prev');
const later = golden.data('in.positions_curr');
const count = rest.length / 3;
const threshold = golden.number('mask_threshold');
const minWeight = golden.number('weight_min');
const [earlierTime, laterTime] = [golden.number('t_prev'), golden.number('t_curr')];
const baseWeight = golden.number('base_weight');

const transposed = (edges: readonly Edge[]): number[] => [...edges.map(([i]) => i), ...edges.map(([, j]) => j)];

describe.each(Object.keys(golden.json).filter((key) => /^k\d+$/.test(key)))('the neighbour constraint, %s', (set) => {
  const k = Number(set.slice(1));
  const facts = golden.record(set);

  it('native', () => {
    const { offsets, indices } = passes.neighbourGraph({ positions: rest, count, k, threads: 2 });
    const edges = Array.from({ length: count }, (_, i) =>
      [...indices.subarray(offsets[i], offsets[i + 1])].map((j): Edge => [i, j]),
    ).flat();
    expect(transposed(edges)).toEqual([...golden.data(`${set}.edges`)]);

    const run = (weightGradient: boolean) =>
      passes.neighbourLoss({
        count,
        offsets,
        indices,
        earlier,
        later,
        threshold,
        minWeight,
        weightGradient,
        earlierTime,
        laterTime,
        baseWeight,
        threads: 2,
      });
    const [full, constant] = [run(true), run(false)];
    expect(full.activeEdges).toBe(golden.number('n_active_edges', facts));
    golden.check('native', {
      [`${set}.value`]: [full.value],
      [`${set}.displacement`]: full.displacement,
      [`${set}.point_mask`]: full.moved,
      [`${set}.grad_prev`]: full.earlierGradients,
      [`${set}.grad_curr`]: full.laterGradients,
      [`${set}.grad_prev_weight_const`]: constant.earlierGradients,
      [`${set}.grad_curr_weight_const`]: constant.laterGradients,
      [`${set}.time_weight`]: [full.timeWeight],
    });
  });

  it('reference', () => {
    const edges = nearestEdges(rest, k);
    expect(transposed(edges)).toEqual([...golden.data(`${set}.edges`)]);
    const options = { threshold, minWeight, gated: true };
    const full = neighbourLoss(earlier, later, edges, { ...options, weightGradient: true });
    const constant = neighbourLoss(earlier, later, edges, { ...options, weightGradient: false });
    golden.check('reference', {
      [`${set}.value`]: [full.value],
      [`${set}.displacement`]: full.displacement,
      [`${set}.point_mask`]: full.moved,
      [`${set}.edge_mask`]: full.edgeMask,
      [`${set}.edge_weight`]: full.edgeWeight,
      [`${set}.lap_prev`]: full.offsetsEarlier,
      [`${set}.lap_curr`]: full.offsetsLater,
      [`${set}.grad_prev`]: full.earlierGradients,
      [`${set}.grad_curr`]: full.laterGradients,
      [`${set}.grad_prev_weight_const`]: constant.earlierGradients,
      [`${set}.grad_curr_weight_const`]: constant.laterGradients,
      [`${set}.time_weight`]: [(baseWeight / (100 * Math.abs(laterTime - earlierTime) + 1)) * full.meanSigmoid],
    });
  });

  it('counts every edge with the gate off', () => {
    const { offsets, indices } = passes.neighbourGraph({ positions: rest, count, k, threads: 1 });
    const native = passes.neighbourLoss({
      count,
      offsets,
      indices,
      earlier,
      later,
      gated: false,
      minWeight,
      threads: 1,
    });
    const options = { threshold, minWeight, gated: false, weightGradient: true };
    const reference = neighbourLoss(earlier, later, nearestEdges(rest, k), options);
    expect(native.activeEdges).toBe(indices.length);
    expect(native.value / reference.value).toBeCloseTo(1, 5);
    const worst = reference.laterGradients.reduce(
      (most, g, at) => Math.max(most, Math.abs(g - (native.laterGradients[at] ?? NaN))),
      0,
    );
    expect(worst).toBeLessThan(1e-5 * reference.laterGradients.reduce((most, g) => Math.max(most, Math.abs(g)), 0));
  });
});
