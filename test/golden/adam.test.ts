import { describe, expect, it } from 'vitest';
import { scheduledRate } from '../../core/schedule.ts';
import { Golden } from './golden.ts';
import { passes, VARIANTS, withKernels, type AdamState } from './native-passes.ts';

const golden = new Golden('adam');
const initial = golden.data('in.param');
const gradients = golden.data('in.grads');
const [steps = 0] = golden.tensor('in.grads').shape;
const from = golden.record('scheduled_from');
const schedule = {
  start: golden.number('lr_init', from),
  end: golden.number('lr_final', from),
  steps: golden.number('max_steps', from),
};

const RATES: Readonly<Record<string, readonly number[]>> = {
  const: Array.from({ length: steps }, () => golden.number('lr_const')),
  scheduled: golden.numbers('steps', from).map((step) => scheduledRate(schedule, step)),
};

describe.each(Object.entries(RATES))('Adam at %s rates', (set, rates) => {
  it.each(VARIANTS)('native, %s', (variant) => {
    const zeros = new Float32Array(initial.length);
    let state: AdamState = { values: initial, firstMoments: zeros, secondMoments: zeros };
    const values: number[] = [];
    for (const [index, rate] of rates.entries()) {
      const gradient = gradients.subarray(index * initial.length, (index + 1) * initial.length);
      const call = { ...state, gradients: gradient, step: index + 1, rate };
      state = withKernels(variant, () => passes.adamStep(call));
      values.push(...state.values);
    }
    golden.check(variant, {
      [`${set}.params`]: values,
      [`${set}.exp_avg`]: state.firstMoments,
      [`${set}.exp_avg_sq`]: state.secondMoments,
      [`${set}.total_change`]: state.values.map((value, i) => value - (initial[i] ?? 0)),
    });
  });
});

describe('the learning-rate schedule', () => {
  it('gives the rates of the scheduled run', () => {
    golden.numbers('lr_scheduled').forEach((rate, i) => {
      expect((RATES.scheduled?.[i] ?? 0) / rate).toBeCloseTo(1, 12);
    });
  });

  const table = golden.record('schedule');
  const values = golden.record('values', table);
  it.each(Object.keys(values))('%s', (name) => {
    // "position_scale3.85": the group's start and end rates times 3.85.
    const [group = '', scale = '1'] = name.split('_scale');
    const [start = 0, end = 0] = golden.numbers(group, table);
    const rates = { start: start * Number(scale), end: end * Number(scale), steps: golden.number('max_steps', table) };
    const expected = golden.numbers(name, values);
    golden.numbers('steps', table).forEach((step, i) => {
      expect(scheduledRate(rates, step) / (expected[i] ?? NaN)).toBeCloseTo(1, 12);
    });
  });
});
