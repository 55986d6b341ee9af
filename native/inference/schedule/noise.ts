import { AppError } from '../../../core/errors.ts';
import { floatTensor, elementCount, type Tensor } from '../../onnx/tensor.ts';
import { philox } from './philox.ts';

/** What noise is drawn for; the order is the order in which one run draws it, and part of the seeded numbers. */
export const NOISE_USES = ['pose', 'reference-pose', 'image', 'start', 'step'] as const;

/**
 * - `pose`, `reference-pose`: the samples of the pose video's and the reference pose's posteriors, index 0
 * - `image`: the sample of a picture's posterior; index: place of the view in its group
 * - `start`: what denoising starts from, index 0
 * - `step`: what a step of the scheduler adds; index: number of the step from 0
 */
export type NoiseUse = (typeof NOISE_USES)[number];

/** Gives standard normal numbers, the same ones whenever it is asked for the same use and index. */
export interface NoiseSource {
  draw(use: NoiseUse, index: number, dims: readonly number[]): Tensor;
}

/** Philox gives this many numbers a block. */
const BLOCK = 4;
const TWO_32 = 2 ** 32;

/**
 * Noise that depends on the seed alone, so that a run that goes on after a stop needs no state of a generator: the seed is all.
 *
 * Number i of a draw comes from block b = floor(i / 4) of Philox4x32-10 with the key (seed mod 2^32, floor(seed / 2^32)) and the
 * counter (b mod 2^32, floor(b / 2^32), index, place of the use in `NOISE_USES`). The block's words w0..w3 make four numbers by Box and
 * Muller's transform, two from each pair: with u = (w0 + 1) / 2^32 and a = 2 pi w1 / 2^32 these are sqrt(-2 ln u) cos(a) and
 * sqrt(-2 ln u) sin(a), then the same with w2 and w3. Computed in float64, rounded to float32; none is larger than 6.67.
 *
 * torch's own generator is another one, so that the published pictures of a seed cannot be repeated. All groups of views draw
 * the same numbers, as the published code gives each a new generator of the same seed.
 * @param seed A whole number from 0 to 2^53 - 1; throws an `AppError` for others.
 */
export function seededNoise(seed: number): NoiseSource {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new AppError('bad-input', `The seed ${seed} is no whole number from 0 to 2^53 - 1; choose another.`);
  }
  const key = [seed % TWO_32, Math.floor(seed / TWO_32)] as const;
  return {
    draw: (use, index, dims) => floatTensor(normals(key, use, index, elementCount(dims)), dims),
  };
}

function normals(key: readonly [number, number], use: NoiseUse, index: number, count: number): Float32Array {
  const numbers = new Float32Array(count);
  const words = new Uint32Array(BLOCK);
  const place = NOISE_USES.indexOf(use);
  for (let at = 0; at < count; at += BLOCK) {
    const block = at / BLOCK;
    philox([block % TWO_32, Math.floor(block / TWO_32), index, place], key, words);
    for (let pair = 0; pair < BLOCK && at + pair < count; pair += 2) {
      const radius = Math.sqrt(-2 * Math.log(((words[pair] ?? 0) + 1) / TWO_32));
      const angle = (2 * Math.PI * (words[pair + 1] ?? 0)) / TWO_32;
      numbers[at + pair] = radius * Math.cos(angle);
      if (at + pair + 1 < count) numbers[at + pair + 1] = radius * Math.sin(angle);
    }
  }
  return numbers;
}
