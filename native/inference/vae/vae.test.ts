import { expect, it } from 'vitest';
import { floatTensor, type Tensor } from '../../onnx/tensor.ts';
import type { VaeConfig } from '../configs.ts';
import type { Graph, Runtime, Tensors } from '../runtime/session.ts';
import type { WeightSource } from '../weights.ts';
import type { KeptFrame } from './frame-batch.ts';
import { openVae } from './vae.ts';

const CONFIG: VaeConfig = {
  ...{ inChannels: 3, outChannels: 3, latentChannels: 4, blockChannels: [2, 2, 2, 2], layersPerBlock: 1 },
  ...{ groups: 1, normEps: 1e-6, temporalCompression: 4, sampleHeight: 96, sampleWidth: 80, scalingFactor: 0.7 },
};

const weights: WeightSource = {
  folder: '/',
  weight: (_, shape) => zeros(shape),
};

const zeros = (dims: readonly number[]): Tensor => floatTensor(new Float32Array(dims.reduce((a, b) => a * b, 1)), dims);

/** Counts what is loaded; runs give zeros of the size that the decoder would. */
class CountingRuntime implements Runtime {
  loads = 0;
  loaded = 0;
  most = 0;
  runs = 0;

  load({ kept = [] }: Graph & { readonly kept?: readonly KeptFrame[] }) {
    this.loads++;
    this.most = Math.max(this.most, ++this.loaded);
    const next = Object.fromEntries(kept.map(({ name, dims }) => [`next ${name}`, zeros(dims)]));
    return Promise.resolve({
      run: (inputs: Tensors): Promise<Tensors> => {
        this.runs++;
        const [, , frames = 0, height = 0, width = 0] = inputs.latents?.dims ?? [];
        return Promise.resolve({ ...next, video: zeros([1, 3, frames * 4, height * 8, width * 8]) });
      },
      release: () => {
        this.loaded--;
        return Promise.resolve();
      },
    });
  }
}

it.each([
  ['large', 0, 2],
  ['small', undefined, 8],
])(
  'of a %s network keeps few or all graphs, loads each once, runs tiles of a size together',
  async (_, bytes, most) => {
    const runtime = new CountingRuntime();
    const limit = bytes === undefined ? {} : { mostWeightBytes: bytes };
    const vae = openVae(runtime, { config: CONFIG, weights, precision: 'float32', ...limit });
    const done: number[] = [];
    await vae.decode(zeros([1, 4, 4, 12, 10]), { onProgress: (share) => done.push(share) });
    // Tiles of 6 and 5, step 5 and 4: rows of 6, 6, 2 and columns of 5, 5, 2, in four sizes; two batches each.
    expect({ loads: runtime.loads, most: runtime.most, runs: runtime.runs }).toEqual({ loads: 8, most, runs: 18 });
    expect(done).toEqual(Array.from({ length: 18 }, (_, run) => (run + 1) / 18));
    await vae.release();
    expect(runtime.loaded).toBe(0);
  },
);

it('stops between runs', async () => {
  const runtime = new CountingRuntime();
  const vae = openVae(runtime, { config: CONFIG, weights, precision: 'float32' });
  const stop = new AbortController();
  const options = { signal: stop.signal, onProgress: () => { stop.abort(); } }; // prettier-ignore
  await expect(vae.decode(zeros([1, 4, 4, 2, 2]), options)).rejects.toMatchObject({ code: 'cancelled' });
  expect(runtime.runs).toBe(1);
  await vae.release();
});

it('refuses what it cannot take', async () => {
  const vae = openVae(new CountingRuntime(), { config: CONFIG, weights, precision: 'float32' });
  await expect(vae.encode(zeros([1, 3, 1, 12, 16]))).rejects.toThrow('A video of 16x12 is not a multiple of 8.');
  await expect(vae.encode(zeros([1, 3, 0, 16, 16]))).rejects.toThrow('The video must be float32[1, 3, frames');
  await expect(vae.decode(zeros([2, 4, 1, 2, 2]))).rejects.toThrow('The latents must be float32[1, 4, frames');
  const open = (change: Partial<VaeConfig>) => () =>
    openVae(new CountingRuntime(), { config: { ...CONFIG, ...change }, weights, precision: 'float32' });
  expect(open({ groups: 4 })).toThrow('no multiple of its 4 groups');
  expect(open({ temporalCompression: 3 })).toThrow('compresses 3 frames into one');
});
