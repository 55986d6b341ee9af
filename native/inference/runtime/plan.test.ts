import { describe, expect, it } from 'vitest';
import { AppError } from '../../../core/errors.ts';
import { describePlan, planRun, type Device, type PlannedNetworks } from './plan.ts';
import { REAL } from './real-sizes.ts';

/** The published 4D networks at their own size; numbers of parameters from the specification. */
const NETWORKS: PlannedNetworks = {
  kind: '4d',
  transformer: { config: REAL.transformer, parameters: 7_553_847_360 },
  vae: { config: REAL.vae, parameters: 215_583_907 },
  textEncoder: { config: REAL.text, parameters: 4_762_310_656 },
};
const RUN = { width: 720, height: 480, frames: 25, steps: 50, groups: 5, views: 5 };
const card = (gigabytes: number, computeCapability = 8.9): Device => ({
  ...{ provider: 'cuda', name: 'a card', freeBytes: gigabytes * 1e9, computeCapability },
  rates: { linear: 1e14, attention: 5e13, convolution: 5e13 },
});

describe('the plan of a run', () => {
  it('keeps all blocks loaded where they fit, with both halves of guidance together', () => {
    const plan = planRun(NETWORKS, RUN, card(80));
    expect(plan.dit).toEqual({ plan: 'resident', blocksPerGraph: 42, guidanceBatch: 2 });
    expect(plan.placements.dit.precision).toBe('bfloat16');
    expect(plan.peakBytes).toBeGreaterThan(15.1e9);
    expect(plan.peakBytes).toBeLessThan(45e9);
  });

  it('takes one half after the other, then blocks in groups, as memory gets less', () => {
    const plans = [80, 22, 16, 11].map((size) => planRun(NETWORKS, RUN, card(size)));
    expect(plans.map(({ dit }) => dit.plan)).toEqual(['resident', 'resident', 'group', 'group']);
    expect(plans[1]?.dit.guidanceBatch).toBe(1);
    const blocks = plans.map(({ dit }) => dit.blocksPerGraph);
    expect(blocks[3]).toBeLessThanOrEqual(blocks[2] ?? 0);
    for (const [i, size] of [80, 22, 16, 11].entries()) expect(plans[i]?.peakBytes).toBeLessThan(size * 1e9);
    const seconds = plans.map((plan) => plan.seconds ?? NaN);
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
  });

  it('counts the arithmetic of the specification: 613.8 PFLOP of denoising and some of coding', () => {
    const { flops, seconds = NaN } = planRun(NETWORKS, RUN, card(80));
    expect(flops / 1e15).toBeGreaterThan(613.8);
    expect(flops / 1e15).toBeLessThan(613.8 + 7);
    expect(seconds).toBeGreaterThan(613.8e15 / 1e14);
  });

  it('says in one sentence where, how, how much and how long', () => {
    expect(describePlan(planRun(NETWORKS, RUN, card(80)))).toMatch(
      /^The networks run on a card with CUDA, untested by us, in bfloat16, all blocks loaded, with up to \d+\.\d GB of memory, for about \d+ (hours|minutes)\.$/,
    );
    const unmeasured: Device = { provider: 'cpu', name: 'the processor' };
    expect(describePlan(planRun(NETWORKS, RUN, unmeasured))).toContain('for an unknown time');
  });

  it('refuses what no plan fits into, with what the leanest one needs', () => {
    const tooLittle = (): unknown => planRun(NETWORKS, RUN, card(2));
    expect(tooLittle).toThrow(AppError);
    expect(tooLittle).toThrow(
      /^a card has 2\.0 GB of memory free and the leanest plan \(\d blocks? loaded at a time, one prompt after the other\) needs \d+\.\d GB; /,
    );
    const need = /needs (\d+\.\d) GB/.exec(String(refusal(tooLittle)))?.[1];
    // What the sentence asks for suffices.
    expect(planRun(NETWORKS, RUN, card(Number(need) + 0.1)).dit.plan).toBe('group');
  });
});

function refusal(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
