import { AppError } from '../../../core/errors.ts';
import { readSafetensors, writeSafetensors, type TensorOf } from '../../../core/formats/safetensors.ts';
import { floatTensor, type Tensor } from '../../onnx/tensor.ts';
import { floatsOf } from './floats.ts';

/**
 * All that a run of denoising carries from step to step; with the same conditions, settings and seed it goes on from here to
 * the same bits.
 */
export interface DenoiseState {
  /** How many steps are done. */
  readonly stepsDone: number;
  /** [1, V, F, C, h, w], as the last step left them. */
  readonly latents: Tensor;
  /** The last step's guess of the clean latents, of the same shape; absent before the first step. */
  readonly clean?: Tensor;
}

const FORMAT = 'charactershot-denoise';
const VERSION = '1';
/** Axes of the latents. */
const RANK = 6;

/**
 * The state as a safetensors file: F32 `latents` and, after the first step, `clean`; metadata format, version, stepsDone, run.
 * @param run Tells this run from others: a hash of what it depends on (weights, pictures, prompts, seed, settings, group).
 */
export function writeDenoiseState({ stepsDone, latents, clean }: DenoiseState, run: string): Uint8Array {
  const stored = ({ dims, ...tensor }: Tensor): TensorOf<'F32'> => {
    return { dtype: 'F32', shape: dims, data: floatsOf({ dims, ...tensor }) };
  };
  const tensors = new Map([['latents', stored(latents)]]);
  if (clean) tensors.set('clean', stored(clean));
  return writeSafetensors(
    tensors,
    new Map([
      ['format', FORMAT],
      ['version', VERSION],
      ['stepsDone', `${stepsDone}`],
      ['run', run],
    ]),
  );
}

/**
 * Reads what `writeDenoiseState` wrote. Throws an `AppError` naming `name`, the file, where it is something else, of another run
 * than `run`, or holds numbers that no run leaves.
 */
export function readDenoiseState(bytes: Uint8Array, name: string, run: string): DenoiseState {
  const wrong = (problem: string): AppError =>
    new AppError('bad-input', `${name} ${problem}; delete it and let the run begin again.`);
  const { tensors, metadata } = readSafetensors(bytes);
  if (metadata.get('format') !== FORMAT) throw wrong('is no state of denoising');
  if (metadata.get('version') !== VERSION) {
    throw new AppError('newer-version', `${name} was written by a newer version of the studio; update this one.`);
  }
  if (metadata.get('run') !== run) throw wrong('is of another run');
  const stepsDone = Number(metadata.get('stepsDone') ?? NaN);
  if (!Number.isSafeInteger(stepsDone) || stepsDone < 0) throw wrong('does not say how many steps were done');
  const read = (key: string): Tensor | undefined => {
    const tensor = tensors.get(key);
    if (!tensor) return undefined;
    if (tensor.dtype !== 'F32' || tensor.shape.length !== RANK || !tensor.data.every(Number.isFinite)) {
      throw wrong(`has ${key} that are no latents`);
    }
    return floatTensor(Float32Array.from(tensor.data), tensor.shape);
  };
  const latents = read('latents');
  const clean = read('clean');
  if (!latents || stepsDone > 0 !== (clean !== undefined)) throw wrong('is not complete');
  if (clean && clean.dims.join() !== latents.dims.join()) throw wrong('has latents of two sizes');
  return clean ? { stepsDone, latents, clean } : { stepsDone, latents };
}
