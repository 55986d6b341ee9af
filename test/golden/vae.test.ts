import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonRecord } from '../../core/formats/json.ts';
import { openWeights } from '../../native/inference/checkpoint/open-weights.ts';
import { readVaeConfig } from '../../native/inference/configs.ts';
import type { Precision } from '../../native/inference/graphs/module-builder.ts';
import { cpuRuntime } from '../../native/inference/runtime/session.ts';
import type { Tiling } from '../../native/inference/vae/tiling.ts';
import { openVae, type Vae, type VaeOptions } from '../../native/inference/vae/vae.ts';
import { numbersOf, type Tensor } from '../../native/onnx/tensor.ts';
import { asRecord } from './golden.ts';
import { GoldenCase, GoldenErrors, goldenJson, goldenPath } from './inference-golden.ts';

const MOMENTS = 2e-5;
const DECODED = 1e-4;

const errors = new GoldenErrors('vae');
const config = readVaeConfig(readFileSync(goldenPath('vae/config.json')), 'vae/config.json');

async function openGoldenVae(precision: Precision): Promise<Vae> {
  const weights = await openWeights([goldenPath('vae/diffusion_pytorch_model.safetensors')]);
  return openVae(cpuRuntime(), { config, weights, precision });
}

describe('float32', () => {
  let vae: Vae;
  beforeAll(async () => {
    vae = await openGoldenVae('float32');
  });
  afterAll(() => vae.release());

  /** Encodes and decodes a case whose tensors may have a suffix, and compares what it has results for. */
  async function check(path: string, suffix = '', options: VaeOptions = {}): Promise<void> {
    const golden = new GoldenCase(`vae/${path}`);
    const item = (name: string): string => `${path} ${name}`;
    if (golden.names.includes(`in_video${suffix}`)) {
      const { mean, logvar } = await vae.encode(golden.tensor(`in_video${suffix}`), options);
      errors.check(item(`mean${suffix}`), mean, golden.tensor(`out_mean${suffix}`), MOMENTS);
      errors.check(item(`logvar${suffix}`), logvar, golden.tensor(`out_logvar${suffix}`), MOMENTS);
    }
    if (golden.names.includes(`in_latents${suffix}`)) {
      const video = await vae.decode(golden.tensor(`in_latents${suffix}`), options);
      errors.check(item(`decoded${suffix}`), video, golden.tensor(`out_decoded${suffix}`), DECODED);
    }
  }

  it.each(['case_f1', 'case_f9', 'case_f25'])('%s', (path) => check(path));

  it.each(['_2', '_4'])('even numbers of latent frames: %s', (suffix) => check('case_even_decode', suffix));

  it('a batch with an odd remainder', () => check('case_odd_encode', '_13'));

  it.each(['case_tiled_default_f1', 'case_tiled_default_f9'])('%s', (path) => check(path));

  it('tiles that overlap more', () =>
    check('case_tiled_overlap_f1', '', { tiling: tilingOf(goldenJson('vae/case_tiled_overlap_f1.json')) }));

  it.each([
    ['encoder', MOMENTS],
    ['decoder', DECODED],
  ] as const)('every stage of the %s in the first two batches', async (direction, allowed) => {
    const trace = new GoldenCase(`vae/case_f25_${direction}_trace`);
    const golden = new GoldenCase('vae/case_f25');
    const seen = new Map<string, Tensor>();
    const observe: VaeOptions['observe'] = (stage, batch, value) => seen.set(`batch${batch}_${stage}`, value);
    if (direction === 'encoder') await vae.encode(golden.tensor('in_video'), { observe });
    else await vae.decode(golden.tensor('in_latents'), { observe });
    for (const name of trace.names) {
      const value = seen.get(name);
      if (!value) throw new Error(`No stage gave ${name}; there are ${[...seen.keys()].join()}`);
      errors.check(`${direction} ${name}`, value, trace.tensor(name), allowed);
    }
  });
});

/** Root of the mean squared error by the root of the mean square. */
function relativeError(result: Tensor, reference: Tensor): number {
  const [a, b] = [numbersOf(result), numbersOf(reference)];
  let [error, size] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    error += ((a[i] ?? NaN) - (b[i] ?? NaN)) ** 2;
    size += (b[i] ?? NaN) ** 2;
  }
  return Math.sqrt(error / size);
}

/** In 16 bits errors count by the size of the values; the official code in bfloat16 is off by up to 0.03. */
describe.each([
  ['float16', 2e-2],
  ['bfloat16', 3e-2],
] as const)('%s', (precision, allowed) => {
  let vae: Vae;
  beforeAll(async () => {
    vae = await openGoldenVae(precision);
  });
  afterAll(() => vae.release());

  it.each(['case_f1', 'case_f9'])('%s', async (path) => {
    const golden = new GoldenCase(`vae/${path}`);
    const { mean, logvar } = await vae.encode(golden.tensor('in_video'));
    const video = await vae.decode(golden.tensor('in_latents'));
    const results = Object.entries({ mean, logvar, decoded: video });
    for (const [name, value] of results) {
      const error = relativeError(value, golden.tensor(`out_${name}`));
      errors.checkNumbers(`${path} ${name} in ${precision}, relative`, [error], [0], allowed);
      // As good as float32 would mean that nothing was computed in 16 bits.
      expect(error, name).toBeGreaterThan(1e-5);
    }
  });
});

function tilingOf(settings: JsonRecord): Tiling {
  const given = asRecord(settings.enable_tiling_arguments);
  return {
    height: Number(given.tile_sample_min_height),
    width: Number(given.tile_sample_min_width),
    overlapHeight: Number(given.tile_overlap_factor_height),
    overlapWidth: Number(given.tile_overlap_factor_width),
  };
}
