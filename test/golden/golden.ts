import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { isRecord, parseJson, type JsonRecord } from '../../core/formats/json.ts';
import { readSafetensors } from '../../core/formats/safetensors.ts';

const FOLDER = process.env.CHARACTERSHOT_GOLDEN4D ?? join(import.meta.dirname, '../fixtures/golden4d');

export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** How far a result is from its reference; the golden data's README defines the measures. */
export interface GoldenError {
  readonly max_abs: number;
  readonly rel_l2: number;
  readonly row_rel: number;
}

const MEASURES = ['max_abs', 'rel_l2', 'row_rel'] as const;

/** The least tolerance of the golden data, for the few items it states none for. */
const UNSTATED: JsonRecord = { rel_l2: 2e-6 };

const norm = (values: Iterable<number>): number => {
  let sum = 0;
  for (const x of values) sum += x * x;
  return Math.sqrt(sum);
};

/** A reference of zeros asks for zeros. */
const relative = (difference: number, reference: number): number =>
  difference === 0 ? 0 : reference === 0 ? Infinity : difference / reference;

export function goldenError(result: ArrayLike<number>, reference: GoldenTensor): GoldenError {
  const { data, shape } = reference;
  if (result.length !== data.length) throw new Error(`expected [${shape.join(', ')}] numbers, got ${result.length}`);
  // NaN compares false with everything; it must not look like a perfect result.
  const difference = Float64Array.from(data, (x, i) => {
    const d = Math.abs((result[i] ?? NaN) - x);
    return Number.isNaN(d) ? Infinity : d;
  });
  const width = data.length / Math.max(1, shape[0] ?? 1);
  const rows = Array.from({ length: shape[0] ?? 1 }, (_, row) => [row * width, (row + 1) * width] as const);
  const norms = rows.map(([from, to]) => norm(data.subarray(from, to)));
  const least = 1e-4 * norms.reduce((a, b) => Math.max(a, b), 0);
  const rowErrors = rows.map(([from, to], row) => {
    const size = norms[row] ?? 0;
    return size > least ? norm(difference.subarray(from, to)) / size : 0;
  });
  return {
    max_abs: difference.reduce((a, b) => Math.max(a, b), 0),
    rel_l2: relative(norm(difference), norm(data)),
    row_rel: rowErrors.reduce((a, b) => Math.max(a, b), 0),
  };
}

/** One set of reference numbers: inputs, results and their tolerances, and the worst errors that were seen. */
export class Golden {
  readonly name: string;
  readonly json: JsonRecord;
  readonly names: readonly string[];
  private readonly tensors: ReadonlyMap<string, GoldenTensor>;
  private readonly seen = new Map<string, { readonly error: GoldenError; readonly tolerance: JsonRecord }>();

  /** Reads NAME.json and NAME.safetensors; prints its table of errors when the tests of the file are done. */
  constructor(name: string) {
    this.name = name;
    this.json = asRecord(parseJson(readFileSync(join(FOLDER, `${name}.json`)), `${name}.json`));
    const { tensors } = readSafetensors(readFileSync(join(FOLDER, `${name}.safetensors`)));
    this.tensors = new Map(
      [...tensors].map(([key, tensor]) => {
        if (tensor.dtype !== 'F32') throw new Error(`${name}: ${key} is ${tensor.dtype}, not F32`);
        return [key, { shape: tensor.shape, data: tensor.data }];
      }),
    );
    this.names = [...this.tensors.keys()];
    afterAll(() => {
      this.print();
    });
  }

  tensor(key: string): GoldenTensor {
    const found = this.tensors.get(key);
    if (!found) throw new Error(`${this.name} has no tensor ${key}`);
    return found;
  }

  data(key: string): Float32Array {
    return this.tensor(key).data;
  }

  number(key: string, from: JsonRecord = this.json): number {
    const value = from[key];
    if (typeof value !== 'number') throw new Error(`${this.name}.json has no number ${key}`);
    return value;
  }

  numbers(key: string, from: JsonRecord = this.json): number[] {
    const value = from[key];
    if (!Array.isArray(value)) throw new Error(`${this.name}.json has no list ${key}`);
    return value.map(Number);
  }

  record(key: string, from: JsonRecord = this.json): JsonRecord {
    return asRecord(from[key]);
  }

  /** Tensor names that start with `prefix`, without it. */
  namesUnder(prefix: string): string[] {
    return this.names.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  }

  /** Expects all results, by the name of their tensor, within the tolerances; lists every one that is not. */
  check(who: string, results: Readonly<Record<string, ArrayLike<number>>>): void {
    expect(Object.entries(results).flatMap(([key, result]) => this.mistakes(who, key, result))).toEqual([]);
  }

  /** What is wrong with a result of `who` for tensor `key`, allowing `slack` times the tolerance of a measure. */
  mistakes(
    who: string,
    key: string,
    result: ArrayLike<number>,
    slack: Partial<Record<keyof GoldenError, number>> = {},
  ): string[] {
    const reference = this.tensor(key);
    const error = goldenError(result, reference);
    const tolerance = asRecord(this.record('tolerance')[key] ?? UNSTATED);
    this.seen.set(`${who}  ${key}`, { error, tolerance });
    return MEASURES.filter((measure) => {
      const allowed = tolerance[measure];
      return typeof allowed === 'number' && error[measure] > allowed * (slack[measure] ?? 1);
    }).map((measure) => `${who} ${key}: ${measure} ${error[measure]} > ${String(tolerance[measure])}`);
  }

  /** Remembers numbers that are compared by a rule of their own, and says what is wrong with them. */
  within(who: string, key: string, worst: number, allowed: number): string[] {
    const error = { max_abs: worst, rel_l2: NaN, row_rel: NaN };
    this.seen.set(`${who}  ${key}`, { error, tolerance: { max_abs: allowed } });
    return worst <= allowed ? [] : [`${who} ${key}: ${worst} > ${allowed}`];
  }

  private print(): void {
    const lines = [...this.seen].map(([item, { error, tolerance }]) => {
      const cells = MEASURES.filter((measure) => typeof tolerance[measure] === 'number').map(
        (measure) => `${measure} ${error[measure].toExponential(1)} of ${Number(tolerance[measure]).toExponential(1)}`,
      );
      return `  ${item.padEnd(64)}  ${cells.join('  ')}`;
    });
    process.stdout.write(`${this.name}: worst errors and what is allowed\n${lines.join('\n')}\n`);
  }
}

/** A picture [3, height, width] as height x width x 3. */
export function interleaved({ shape, data }: GoldenTensor): Float32Array {
  const [channels = 0, height = 0, width = 0] = shape;
  const pixels = height * width;
  return data.map((_, k) => data[(k % channels) * pixels + Math.floor(k / channels)] ?? NaN);
}

/** Number `index` along the first axis of a tensor. */
export function slice({ shape: [count = 0, ...shape], data }: GoldenTensor, index: number): GoldenTensor {
  const size = data.length / count;
  return { shape, data: data.subarray(index * size, (index + 1) * size) };
}

export function asRecord(value: unknown): JsonRecord {
  if (!isRecord(value)) throw new Error('expected a JSON object');
  return value;
}
