import { describe, expect, it } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { ditGraphs } from '../../native/inference/graphs/dit.ts';
import { openDit, type DitArguments, type DitPlan } from '../../native/inference/graphs/open-dit.ts';
import { cpuRuntime, type Runtime } from '../../native/inference/runtime/session.ts';
import type { WeightSource } from '../../native/inference/weights.ts';
import { floatTensor, numbersOf, type Tensor } from '../../native/onnx/tensor.ts';
import { batchElement, DitGolden } from './dit-golden.ts';
import { GoldenErrors, worstDifference } from './inference-golden.ts';

const network = new DitGolden('4d');
const errors = new GoldenErrors('dit4d');
const PLANS = [
  ['resident', network.config.layers],
  ['group', 1],
] as const;
/** Least change of the output, of those that the golden data lists for real mistakes of this kind. */
const MISTAKE = 0.1;
/** For 16-bit floats, whose outputs here reach 4.8. */
const HALF = 2e-2;

describe.each(['fused', 'plain'] as const)('DiT4D with %s attention', (attention) => {
  describe.each(PLANS)('%s', (plan, blocksPerGraph) => {
    it.each(['case_b1', 'case_cfg2', 'case_b2_mixed'])('gives the values of %s, inside and out', async (name) => {
      await network.check(errors, name, { attention, blocksPerGraph }, plan);
    });
  });

  it('stays close in float16, within one graph and over several', async () => {
    const golden = network.case('case_cfg2');
    for (const [plan, blocksPerGraph] of PLANS) {
      const variant = { attention, blocksPerGraph, precision: 'float16' } as const;
      const { sample } = await network.predict(network.arguments(golden), variant, plan);
      errors.check(`case_cfg2 ${attention} ${plan} float16`, sample, golden.tensor('out_sample'), HALF);
    }
  });
});

/** What ONNX Runtime says of a graph that is sound but uses an operator in a type that the provider does not have it in. */
const NO_KERNEL = /Could not find an implementation/;

it.each(['fused', 'plain'] as const)(
  'DiT4D in bfloat16 with %s attention is sound, though CPUs have no such operators',
  async (attention) => {
    const { hidden } = network.arguments(network.case('case_b1'));
    const [part] = network.graphs(hidden, { precision: 'bfloat16', attention }).parts;
    if (!part) throw new Error('there is no graph');
    const error: unknown = await cpuRuntime()
      .load(part)
      .then(
        (session) => session.release(),
        (reason: unknown) => reason,
      );
    if (error !== undefined) expect(String((error as Error).cause)).toMatch(NO_KERNEL);
  },
);

describe('DiT4D', () => {
  const golden = network.case('case_cfg2');
  const whole = network.arguments(golden);
  const output = golden.data('out_sample');

  it('gives the same one batch element at a time as both at once', async () => {
    for (const index of [0, 1]) {
      const alone: DitArguments = {
        hidden: batchElement(whole.hidden, index),
        text: batchElement(whole.text, index),
        frameText: batchElement(whole.frameText, index),
        camera: batchElement(whole.camera, index),
        timesteps: whole.timesteps.slice(index, index + 1),
      };
      const { sample } = await network.predict(alone);
      const reference = batchElement(golden.tensor('out_sample'), index);
      errors.check(`case_cfg2 element ${index} alone`, sample, reference, 2e-5);
    }
  });

  const zeros = ({ dims, bytes }: Tensor): Tensor => floatTensor(new Float32Array(bytes.length / 4), dims);
  it.each([
    ['the text of each element in its frames', { frameText: frameTextOfEach() }],
    ['no camera', { camera: zeros(golden.tensor('in_camera_latents')) }],
    ['another time', { timesteps: [998, 998] }],
  ])('notices %s', async (_, mistake) => {
    const { sample } = await network.predict({ ...whole, ...mistake });
    expect(worstDifference(numbersOf(sample), output)).toBeGreaterThan(MISTAKE);
  });

  /** The mistake of a run one element at a time with each element's own text in the frame stream. */
  function frameTextOfEach(): Tensor {
    const [batch = 0, views = 0, tokens = 0, width = 0] = whole.text.dims;
    const frames = whole.hidden.dims[2] ?? 0;
    const text = golden.data('in_encoder_hidden_states');
    const size = tokens * width;
    const rows = Array.from({ length: batch * frames }, (__, i) => {
      const from = Math.floor(i / frames) * views * size;
      return [...text.subarray(from, from + size)];
    });
    return floatTensor(rows.flat(), [batch, frames, tokens, width]);
  }

  it('reads every weight but the learned positions', () => {
    const weights = network.weights();
    network.graphs(whole.hidden, {}, weights);
    expect(weights.unused()).toEqual(['patch_embed.pos_embedding']);
  });

  it('gives the same in one graph as in several that are neither the first nor the last', async () => {
    const { config } = network;
    const golden = network.weights();
    // A deeper network of the two blocks in turn.
    const weights: WeightSource = {
      folder: golden.folder,
      weight: (name, shape) =>
        golden.weight(
          name.replace(/(?<=blocks\.)\d+/, (n) => `${Number(n) % config.layers}`),
          shape,
        ),
    };
    const results: Tensor[] = [];
    for (const blocksPerGraph of [5, 2, 1]) {
      const graphs = ditGraphs({ ...config, layers: 5 }, weights, {
        ...network.size(whole.hidden),
        precision: 'float32',
        attention: 'fused',
        blocksPerGraph,
      });
      expect(graphs.parts).toHaveLength(Math.ceil(5 / blocksPerGraph));
      const dit = await openDit(cpuRuntime(), graphs, 'group');
      results.push(await dit.predict(whole));
    }
    const [one, ...several] = results;
    if (!one) throw new Error('there is no result');
    for (const [i, other] of several.entries()) errors.check(`5 blocks in several graphs ${i}`, other, one, 1e-6);
  });

  it('refuses inputs of another shape by name', async () => {
    const dit = await openDit(cpuRuntime(), network.graphs(whole.hidden), 'group');
    await expect(dit.predict({ ...whole, camera: floatTensor([0], [1]) })).rejects.toThrow(
      /input camera is float32\[1\]/,
    );
  });

  it.each(['resident', 'group'] as const)(
    'releases what it loaded (%s), and stops between parts',
    async (plan: DitPlan) => {
      const held = new Set<string>();
      const most: number[] = [];
      const inner = cpuRuntime();
      const counting: Runtime = {
        async load(graph) {
          const session = await inner.load(graph);
          held.add(graph.name);
          most.push(held.size);
          return {
            run: (inputs) => session.run(inputs),
            release() {
              held.delete(graph.name);
              return session.release();
            },
          };
        },
      };
      const graphs = network.graphs(whole.hidden, { blocksPerGraph: 1 });
      const dit = await openDit(counting, graphs, plan);
      const stop = new AbortController();
      const observe = (): void => {
        stop.abort();
      };
      const stopped = dit.predict(whole, { signal: stop.signal, observe });
      await expect(stopped).rejects.toSatisfy((error) => error instanceof AppError && error.code === 'cancelled');
      expect(Math.max(...most)).toBe(plan === 'group' ? 1 : graphs.parts.length);
      await dit.release();
      expect([...held]).toEqual([]);
    },
  );
});
