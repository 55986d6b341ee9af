import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { parseJson, type JsonRecord } from '../../core/formats/json.ts';
import { readSafetensors } from '../../core/formats/safetensors.ts';
import { floatTensor, numbersOf, type Tensor } from '../../native/onnx/tensor.ts';
import { asRecord } from './golden.ts';

/** Folder of the golden data of the neural networks; another set with the same layout may have other sizes. */
export const GOLDEN_FOLDER = process.env.CHARACTERSHOT_GOLDEN ?? join(import.meta.dirname, '../fixtures/golden');

export const goldenPath = (path: string): string => join(GOLDEN_FOLDER, path);

export const goldenJson = (path: string): JsonRecord =>
  asRecord(parseJson(readFileSync(goldenPath(path)), goldenPath(path)));

/** The float32 tensors of PATH.safetensors by name. */
export class GoldenCase {
  readonly #path: string;
  readonly #tensors: ReadonlyMap<string, Tensor>;

  constructor(path: string) {
    this.#path = path;
    const { tensors } = readSafetensors(readFileSync(goldenPath(`${path}.safetensors`)));
    this.#tensors = new Map(
      [...tensors].map(([name, { dtype, shape, data }]) => {
        if (dtype !== 'F32') throw new Error(`${path}: ${name} is ${dtype}, not F32`);
        return [name, floatTensor(data, shape)];
      }),
    );
  }

  get names(): string[] {
    return [...this.#tensors.keys()];
  }

  tensor(name: string): Tensor {
    const found = this.#tensors.get(name);
    if (!found) throw new Error(`${this.#path} has no tensor ${name}`);
    return found;
  }

  data(name: string): Float32Array {
    return Float32Array.from(numbersOf(this.tensor(name)));
  }
}

/** The largest difference of two lists of numbers; infinite where one is no number. */
export function worstDifference(result: ArrayLike<number>, reference: ArrayLike<number>): number {
  if (result.length !== reference.length) throw new Error(`expected ${reference.length} numbers, got ${result.length}`);
  let worst = 0;
  for (let i = 0; i < reference.length; i++) {
    const difference = Math.abs((result[i] ?? NaN) - (reference[i] ?? NaN));
    worst = Math.max(worst, Number.isNaN(difference) ? Infinity : difference);
  }
  return worst;
}

/** Compares results with a set of golden data and prints the worst error of each when the tests of the file are done. */
export class GoldenErrors {
  readonly #seen: string[] = [];

  constructor(set: string) {
    afterAll(() => {
      process.stdout.write(`${set}: worst errors and what is allowed\n${this.#seen.join('\n')}\n`);
    });
  }

  /** Expects `result` to have the shape of `reference` and to lie within `allowed` of it everywhere. */
  check(item: string, result: Tensor, reference: Tensor, allowed: number): void {
    expect({ item, dims: result.dims }).toEqual({ item, dims: reference.dims });
    this.checkNumbers(item, numbersOf(result), numbersOf(reference), allowed);
  }

  checkNumbers(item: string, result: ArrayLike<number>, reference: ArrayLike<number>, allowed: number): void {
    const worst = worstDifference(result, reference);
    this.#seen.push(`  ${item.padEnd(64)}  ${worst.toExponential(1)} of ${allowed.toExponential(1)}`);
    expect(worst, item).toBeLessThanOrEqual(allowed);
  }
}
