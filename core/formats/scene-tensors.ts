import { AppError } from '../errors.ts';
import { isRecord, parseJson, type JsonRecord } from './json.ts';
import type { Safetensors, Tensor } from './safetensors.ts';

/** Checked access to the tensors and the metadata of a scene file; every error names the file and the entry. */
export class SceneTensors {
  readonly #file: Safetensors;
  readonly #name: string;

  constructor(file: Safetensors, name: string) {
    this.#file = file;
    this.#name = name;
  }

  broken(problem: string): AppError {
    return new AppError('bad-input', `${this.#name} ${problem}; the file is damaged, export or optimise it again.`);
  }

  has(tensor: string): boolean {
    return this.#file.tensors.has(tensor);
  }

  shape(tensor: string): readonly number[] {
    return this.#tensor(tensor).shape;
  }

  /** A float tensor of exactly this shape with finite numbers. */
  floats(name: string, shape: readonly number[]): Float32Array {
    const tensor = this.#shaped(name, shape);
    if (tensor.dtype !== 'F32') throw this.broken(`holds "${name}" as ${tensor.dtype} instead of F32`);
    const bad = tensor.data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw this.broken(`has no finite number at element ${bad} of "${name}"`);
    return tensor.data;
  }

  /** An index tensor of exactly this shape with values from 0 to below `limit`. */
  indices(name: string, shape: readonly number[], limit: number): Int32Array {
    const tensor = this.#shaped(name, shape);
    if (tensor.dtype !== 'I32') throw this.broken(`holds "${name}" as ${tensor.dtype} instead of I32`);
    const bad = tensor.data.findIndex((value) => value < 0 || value >= limit);
    if (bad >= 0) throw this.broken(`points outside the ${limit} nodes at element ${bad} of "${name}"`);
    return tensor.data;
  }

  text(key: string): string {
    const value = this.#file.metadata.get(key);
    if (value === undefined) throw this.broken(`lacks "${key}" in its metadata`);
    return value;
  }

  /** A number in a closed range; whole where the range begins at a whole number. */
  number(key: string, least: number, most: number): number {
    const value = Number(this.text(key) || NaN);
    if (!(value >= least && value <= most) || (Number.isInteger(least) && !Number.isInteger(value))) {
      throw this.broken(`has the impossible ${key} ${JSON.stringify(this.text(key))} in its metadata`);
    }
    return value;
  }

  colour(key: string): [number, number, number] {
    const value = parseJson(this.text(key), `The ${key} of ${this.#name}`);
    const [r, g, b] = Array.isArray(value) ? (value as readonly unknown[]) : [];
    if (!isUnit(r) || !isUnit(g) || !isUnit(b)) throw this.broken(`has no colour of three numbers 0..1 as ${key}`);
    return [r, g, b];
  }

  object(key: string): JsonRecord {
    const value = parseJson(this.text(key), `The ${key} of ${this.#name}`);
    if (!isRecord(value)) throw this.broken(`has no object as ${key} in its metadata`);
    return value;
  }

  #tensor(name: string): Tensor {
    const tensor = this.#file.tensors.get(name);
    if (!tensor) throw this.broken(`lacks the tensor "${name}"`);
    return tensor;
  }

  #shaped(name: string, shape: readonly number[]): Tensor {
    const tensor = this.#tensor(name);
    if (tensor.shape.length !== shape.length || shape.some((size, axis) => size !== tensor.shape[axis])) {
      throw this.broken(`has "${name}" as [${tensor.shape.join(', ')}] instead of [${shape.join(', ')}]`);
    }
    return tensor;
  }
}

const isUnit = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1;
