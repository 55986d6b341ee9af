import { open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { WeightSource } from '../../native/inference/weights.ts';
import { ELEMENT_SIZE, elementCount } from '../../native/onnx/tensor.ts';
import { seededRandom } from '../helpers/random.ts';

export type StoredType = 'float32' | 'bfloat16';

/** Writes `count` small random numbers as the weights of a bench; a million of them again and again. */
export async function writeRandomWeights(path: string, count: number, type: StoredType = 'float32'): Promise<void> {
  const random = seededRandom(1);
  const numbers = Float32Array.from({ length: 2 ** 20 }, () => (random() - 0.5) * 0.06);
  const piece = type === 'float32' ? numbers : upperHalves(numbers);
  const file = await open(path, 'w');
  for (let written = 0; written < count; written += piece.length) {
    await file.write(new Uint8Array(piece.slice(0, Math.min(piece.length, count - written)).buffer));
  }
  await file.close();
}

/** bfloat16 is the first half of a float32. */
const upperHalves = (numbers: Float32Array): Uint16Array =>
  Uint16Array.from(new Uint32Array(numbers.buffer), (bits) => bits >>> 16);

/** Weights one behind the other in a file of any numbers, in the order in which they are asked for. */
export class LaidOutWeights implements WeightSource {
  readonly folder: string;
  readonly #location: string;
  readonly #type: StoredType;
  readonly #offsets = new Map<string, number>();
  /** In bytes, of all that were asked for. */
  size = 0;

  constructor(path: string, type: StoredType = 'float32') {
    this.folder = dirname(path);
    this.#location = basename(path);
    this.#type = type;
  }

  get parameters(): number {
    return this.size / ELEMENT_SIZE[this.#type];
  }

  weight(name: string, shape: readonly number[]) {
    const offset = this.#offsets.get(name) ?? this.size;
    if (offset === this.size) this.size += elementCount(shape) * ELEMENT_SIZE[this.#type];
    this.#offsets.set(name, offset);
    return { type: this.#type, dims: shape, location: this.#location, offset } as const;
  }
}
