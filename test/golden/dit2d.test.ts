import { describe, expect, it } from 'vitest';
import { numbersOf } from '../../native/onnx/tensor.ts';
import { DitGolden } from './dit-golden.ts';
import { GoldenErrors } from './inference-golden.ts';

const network = new DitGolden('2d');
const errors = new GoldenErrors('dit2d');
/** Text and picture tokens in one sequence here, in two of ours. */
const JOINED = 'block0_ff_text_then_hidden';
const FEED_FORWARD = ['block0_ff_enc', 'block0_ff_hidden'];

describe.each(['fused', 'plain'] as const)('DiT2D with %s attention', (attention) => {
  describe.each([
    ['resident', network.config.layers],
    ['group', 1],
  ] as const)('%s', (plan, blocksPerGraph) => {
    it.each(['case_b1', 'case_cfg2'])('gives the values of %s, inside and out', async (name) => {
      const variant = { attention, blocksPerGraph, observed: (item: string) => FEED_FORWARD.includes(item) };
      const observed = await network.check(errors, name, variant, plan, [JOINED]);
      const golden = network.case(name);
      if (!golden.names.includes(`mid_${JOINED}`)) return;
      const joined = FEED_FORWARD.flatMap((item) => {
        const value = observed.get(item);
        return value ? [...numbersOf(value)] : [];
      });
      errors.checkNumbers(`${name} ${attention} ${plan} ${JOINED}`, joined, golden.data(`mid_${JOINED}`), 3e-5);
    });
  });

  it('stays close in float16', async () => {
    const golden = network.case('case_cfg2');
    const { sample } = await network.predict(network.arguments(golden), { attention, precision: 'float16' });
    errors.check(`case_cfg2 ${attention} float16`, sample, golden.tensor('out_sample'), 2e-2);
  });
});

describe('DiT2D', () => {
  it('reads every weight but the learned positions', () => {
    const weights = network.weights();
    network.graphs(network.case('case_b1').tensor('in_hidden_states'), {}, weights);
    expect(weights.unused()).toEqual(['patch_embed.pos_embedding']);
  });
});
