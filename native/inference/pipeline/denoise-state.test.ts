import { describe, expect, it } from 'vitest';
import { readSafetensors, writeSafetensors, type Tensor as Stored } from '../../../core/formats/safetensors.ts';
import { floatTensor } from '../../onnx/tensor.ts';
import { readDenoiseState, writeDenoiseState, type DenoiseState } from './denoise-state.ts';

const RUN = 'seed 7';
const dims = [1, 2, 3, 1, 1, 2];
const latents = floatTensor([1 / 3, -0, 1e-40, 3e38, 5, 6, 7, 8, 9, 10, 11, 12], dims);
const clean = floatTensor(new Float32Array(12).fill(0.1), dims);
const state: DenoiseState = { stepsDone: 3, latents, clean };

/** The file of `state` with something changed. */
function changed(tensors: Readonly<Record<string, Stored | undefined>>, metadata: Readonly<Record<string, string>>) {
  const file = readSafetensors(writeDenoiseState(state, RUN));
  const all = new Map(file.tensors);
  for (const [name, tensor] of Object.entries(tensors)) {
    if (tensor) all.set(name, tensor);
    else all.delete(name);
  }
  return writeSafetensors(all, new Map([...file.metadata, ...Object.entries(metadata)]));
}

describe('the state of denoising', () => {
  it.each([state, { stepsDone: 0, latents }])('comes back to the bit', (kept) => {
    const read = readDenoiseState(writeDenoiseState(kept, RUN), 'state', RUN);
    expect(read.stepsDone).toBe(kept.stepsDone);
    expect(read.latents.dims).toEqual(dims);
    expect(Buffer.compare(read.latents.bytes, latents.bytes)).toBe(0);
    expect(read.clean?.bytes).toEqual('clean' in kept ? clean.bytes : undefined);
  });

  const nan: Stored = { dtype: 'F32', shape: dims, data: new Float32Array(12).fill(NaN) };
  const flat: Stored = { dtype: 'F32', shape: [12], data: new Float32Array(12) };
  const half: Stored = { dtype: 'F32', shape: [1, 1, 3, 1, 1, 2], data: new Float32Array(6) };
  it.each([
    ['is no state of denoising', changed({}, { format: 'other' })],
    ['was written by a newer version', changed({}, { version: '2' })],
    ['is of another run', changed({}, { run: 'seed 8' })],
    ['does not say how many steps', changed({}, { stepsDone: '-1' })],
    ['does not say how many steps', changed({}, { stepsDone: 'many' })],
    ['is not complete', changed({ clean: undefined }, {})],
    ['is not complete', changed({}, { stepsDone: '0' })],
    ['is not complete', changed({ latents: undefined }, {})],
    ['has latents that are no latents', changed({ latents: nan }, {})],
    ['has clean that are no latents', changed({ clean: flat }, {})],
    ['has latents of two sizes', changed({ clean: half }, {})],
    ['no complete safetensors file', writeDenoiseState(state, RUN).subarray(0, 40)],
  ])('is refused where it %s', (problem, bytes) => {
    expect(() => readDenoiseState(bytes, 'state.safetensors', RUN)).toThrow(problem);
  });
});
