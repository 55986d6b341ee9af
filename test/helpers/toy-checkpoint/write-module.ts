import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Shapes } from '../../../native/inference/checkpoint/expected-shapes.ts';
import { elementCount } from '../../../native/onnx/tensor.ts';
import { FLOAT_SIZE, floatBytes, type FloatType } from './float-bytes.ts';
import { writeBeginning } from './sparse-file.ts';

export interface ModuleOptions {
  /** Beginning of the files' names. */
  readonly stem: string;
  readonly type: FloatType;
  /** In how many files; beyond 1 with an index. */
  readonly shards: number;
  /** The numbers of a tensor; without it all are zeros that take no room on the disk. */
  readonly numbers: ((name: string, shape: readonly number[]) => Float32Array) | undefined;
}

type Entry = readonly [name: string, shape: readonly number[]];

/** Writes the tensors of a module into `folder`, in their order, in files of about the same size. */
export async function writeModule(folder: string, shapes: Shapes, options: ModuleOptions): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { stem, type, shards } = options;
  const size = (entries: Iterable<Entry>): number =>
    [...entries].reduce((sum, [, shape]) => sum + elementCount(shape) * FLOAT_SIZE[type], 0);
  const total = size(shapes);
  const parts = Array.from({ length: shards }, (): Entry[] => []);
  let before = 0;
  for (const entry of shapes) {
    parts[Math.floor((before / total) * shards)]?.push(entry);
    before += size([entry]);
  }
  const map: Record<string, string> = {};
  for (const [n, part] of parts.entries()) {
    const file = shards === 1 ? `${stem}.safetensors` : `${stem}-${digits(n + 1)}-of-${digits(shards)}.safetensors`;
    for (const [name] of part) map[name] = file;
    await writeFileOf(join(folder, file), part, options);
  }
  if (shards === 1) return;
  const index = { metadata: { total_size: total }, weight_map: map };
  await writeFile(join(folder, `${stem}.safetensors.index.json`), JSON.stringify(index, null, 2));
}

const digits = (n: number): string => String(n).padStart(5, '0');

async function writeFileOf(path: string, entries: readonly Entry[], { type, numbers }: ModuleOptions): Promise<void> {
  let size = 0;
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  for (const [name, shape] of entries) {
    const begin = size;
    size += elementCount(shape) * FLOAT_SIZE[type];
    header[name] = { dtype: type, shape, data_offsets: [begin, size] };
  }
  const json = Buffer.from(JSON.stringify(header));
  const start = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, ' ');
  start.writeBigUInt64LE(BigInt(start.length - 8));
  json.copy(start, 8);
  if (!numbers) return writeBeginning(path, start, start.length + size);
  const data = entries.map(([name, shape]) => floatBytes(numbers(name, shape), type));
  await writeFile(path, Buffer.concat([start, ...data]));
}
