import { describe, expect, it } from 'vitest';
import { AppError } from '../../../core/errors.ts';
import { describePlan, outOfMemoryRemedy, planRun, plansFor, type Device, type PlannedNetworks } from './plan.ts';
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
  it('keeps below a limit, and says what a limit must be at least', () => {
    const free = planRun(NETWORKS, RUN, card(80));
    const limited = planRun(NETWORKS, RUN, card(80), { limitBytes: free.peakBytes - 1e9 });
    expect(limited.peakBytes).toBeLessThanOrEqual(free.peakBytes - 1e9);
    expect(limited.seconds).toBeGreaterThanOrEqual(free.seconds ?? NaN);
    const tooTight = (): unknown => planRun(NETWORKS, RUN, card(80), { limitBytes: 3e9 });
    expect(tooTight).toThrow(
      /^A limit of 3\.0 GB is too little: the leanest plan \(1 block loaded .*\) needs \d\.\d GB; give --memory-limit/,
    );
    const least = Number(/needs (\d+\.\d) GB/.exec(String(refusal(tooTight)))?.[1]);
    expect(planRun(NETWORKS, RUN, card(80), { limitBytes: least * 1e9 }).dit.blocksPerGraph).toBe(1);
  });

  it('counts the computer itself beside a card: an encoder that the card cannot run, weights of another type', () => {
    // WebGPU has no bfloat16: the text encoder runs on the processor and the weights become float16 on their way.
    const webgpu: Device = { provider: 'webgpu', name: 'a card', freeBytes: 80e9 };
    const plan = planRun(NETWORKS, RUN, webgpu);
    expect(plan.placements.text.provider).toBe('cpu');
    // All of the transformer's weights at once.
    expect(plan.hostBytes).toBeGreaterThan(NETWORKS.transformer.parameters * 2);
    const lean = planRun(NETWORKS, RUN, webgpu, { hostFreeBytes: 12e9 });
    expect(lean.dit.plan).toBe('group');
    expect(lean.hostBytes).toBeLessThan(12e9);
    // A sixth of the text encoder's blocks in float32 are 3.2 GB.
    expect(lean.hostBytes).toBeGreaterThan(3.2e9);
    expect(() => planRun(NETWORKS, RUN, webgpu, { hostFreeBytes: 2e9 })).toThrow(
      /^The computer has 2\.0 GB of memory free and for running on a card \(.*\) it needs \d+\.\d GB; /,
    );
  });

  it('counts no weights on the computer where a card takes them as they are stored', () => {
    const stored = { ...NETWORKS.transformer, weights: { size: NETWORKS.transformer.parameters * 2 } };
    const plan = planRun({ ...NETWORKS, transformer: stored }, RUN, card(80));
    expect(plan.placements.dit.precision).toBe('bfloat16');
    expect(plan.hostBytes).toBeLessThan(5e9);
  });

  it('needs no less than its weights and streams in any way to run, and less with less loaded', () => {
    const plans = plansFor(NETWORKS, RUN, { provider: 'cpu', name: 'the processor' });
    const resident = plans.find(({ dit }) => dit.plan === 'resident' && dit.guidanceBatch === 1);
    const single = plans.find(({ dit }) => dit.blocksPerGraph === 1 && dit.guidanceBatch === 1);
    expect(resident?.stages.denoiser).toBeGreaterThan(NETWORKS.transformer.parameters * 4);
    expect(single?.stages.denoiser).toBeLessThan((resident?.stages.denoiser ?? 0) / 3);
    // Rows of one half of guidance: 54,000 of pictures, 2,938 of texts, four bytes in each of 3072 channels.
    expect(single?.stages.denoiser).toBeGreaterThan(3 * 56_938 * 3072 * 4);
    for (const { peakBytes, hostBytes } of plans) expect(hostBytes).toBe(peakBytes);
  });

  it('names the next leaner plan for when memory runs out all the same', () => {
    const remedyOf = (gigabytes: number): string => {
      const plan = planRun(NETWORKS, RUN, card(gigabytes));
      return outOfMemoryRemedy(NETWORKS, RUN, plan);
    };
    const [, limit = ''] = /with --memory-limit (\d+\.\d)$/.exec(remedyOf(80)) ?? [];
    const leaner = planRun(NETWORKS, RUN, card(80), { limitBytes: Number(limit) * 1e9 });
    expect(leaner.peakBytes).toBeLessThan(planRun(NETWORKS, RUN, card(80)).peakBytes);
    expect(remedyOf(80)).toMatch(/^close other programs, or choose the next leaner plan \(.*, up to \d+\.\d GB\) with/);
    const least = plansFor(NETWORKS, RUN, card(80)).reduce((a, b) => (b.peakBytes < a.peakBytes ? b : a));
    expect(outOfMemoryRemedy(NETWORKS, RUN, least)).toMatch(/this is the leanest plan$/);
  });

  it('keeps all blocks loaded where they fit, with both halves of guidance together', () => {
    const plan = planRun(NETWORKS, RUN, card(80));
    expect(plan.dit).toEqual({ plan: 'resident', blocksPerGraph: 42, guidanceBatch: 2 });
    expect(plan.placements.dit.precision).toBe('bfloat16');
    expect(plan.peakBytes).toBeGreaterThan(15.1e9);
    expect(plan.peakBytes).toBeLessThan(45e9);
  });

  it('takes one half after the other, then blocks in groups, as memory gets less', () => {
    const plans = [80, 24, 16, 11].map((size) => planRun(NETWORKS, RUN, card(size)));
    expect(plans.map(({ dit }) => dit.plan)).toEqual(['resident', 'resident', 'group', 'group']);
    expect(plans[1]?.dit.guidanceBatch).toBe(1);
    const blocks = plans.map(({ dit }) => dit.blocksPerGraph);
    expect(blocks[3]).toBeLessThanOrEqual(blocks[2] ?? 0);
    for (const [i, size] of [80, 24, 16, 11].entries()) expect(plans[i]?.peakBytes).toBeLessThan(size * 1e9);
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
