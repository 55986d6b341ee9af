import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readSafetensors } from '../../core/formats/safetensors.ts';
import { inspectCheckpoint } from '../../native/inference/checkpoint/inspect.ts';
import { readPt } from '../../native/inference/checkpoint/pt/read-pt.ts';
import { floatsOf } from '../../native/inference/pipeline/floats.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import type { FloatType } from '../helpers/toy-checkpoint/float-bytes.ts';
import { toyNumbers } from '../helpers/toy-checkpoint/toy-numbers.ts';
import { writePt } from '../helpers/toy-checkpoint/write-pt.ts';
import { writeToyCheckpoint, type ToyCheckpointOptions } from '../helpers/toy-checkpoint.ts';

/** Contents of all files below a folder, by path. */
async function contentsOf(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const contents = await Promise.all(paths.sort().map((path) => readFile(path, 'base64')));
  return new Map(paths.map((path, i) => [path.slice(folder.length), contents[i] ?? '']));
}

it.each<ToyCheckpointOptions>([
  {},
  { dtype: 'F16' },
  { dtype: 'BF16', kind: '2d' },
  { sharded: false },
  { kind: '2d', configs: { transformer: { num_layers: 1, num_attention_heads: 2 }, vae: { layers_per_block: 2 } } },
])('the reader finds nothing amiss with one made with %j', async (options) => {
  const folder = await temporaryFolder();
  await writeToyCheckpoint(folder, options);
  const { findings, kind, modules } = await inspectCheckpoint(folder);
  expect(findings).toEqual([]);
  expect(kind).toBe(options.kind ?? '4d');
  for (const { dtypes } of modules) expect(dtypes).toEqual([options.dtype ?? 'F32']);
});

it('the same options write the same bytes, another seed other weights', async () => {
  const make = async (seed: number): Promise<Map<string, string>> => {
    const folder = await temporaryFolder();
    await writeToyCheckpoint(folder, { seed });
    return contentsOf(folder);
  };
  const [one, again, other] = [await make(1), await make(1), await make(2)];
  expect(again).toEqual(one);
  const changed = [...one].filter(([path, bytes]) => other.get(path) !== bytes).map(([path]) => path);
  expect(changed).toEqual([...one.keys()].filter((path) => /\.safetensors$|guider\.pt$/.test(path)));
});

it('weights do not depend on how they are spread over files', async () => {
  const [parts, whole] = [await temporaryFolder(), await temporaryFolder()];
  await writeToyCheckpoint(parts);
  await writeToyCheckpoint(whole, { sharded: false });
  const read = async (path: string) => [...readSafetensors(await readFile(path)).tensors];
  const names = (await readdir(join(parts, 'transformer'))).filter((name) => name.endsWith('.safetensors')).sort();
  expect(names).toHaveLength(3);
  const together = await Promise.all(names.map((name) => read(join(parts, 'transformer', name))));
  expect(together.flat()).toEqual(await read(join(whole, 'transformer/diffusion_pytorch_model.safetensors')));
  const { metadata } = JSON.parse(
    await readFile(join(parts, 'transformer/diffusion_pytorch_model.safetensors.index.json'), 'utf8'),
  ) as { metadata: { total_size: number } };
  expect(metadata.total_size).toBe(together.flat().reduce((sum, [, { data }]) => sum + data.byteLength, 0));
});

/** Worst error of a rounded number, as a part of its size. */
const ROUNDING: Readonly<Record<FloatType, number>> = { F32: 0, F16: 2 ** -11, BF16: 2 ** -8 };

it.each(['F32', 'F16', 'BF16'] as const)('a .pt file of %s holds what was written, rounded to the nearest', (type) => {
  const values = Float32Array.of(0, 1, -1, 0.1, 1 / 3, -1e-3, 65_000, -2.5, 3.14159, 255, 2 ** -14, 1 + 2 ** -8);
  const [read] = readPt(writePt({ shape: [3, 1, 4], values }, 'a', type), 'a.pt');
  expect(read?.[0]).toBe('');
  expect(read?.[1].dims).toEqual([3, 1, 4]);
  const back = read ? floatsOf(read[1]) : new Float32Array();
  values.forEach((value, i) => {
    expect(Math.abs((back[i] ?? NaN) - value)).toBeLessThanOrEqual(Math.abs(value) * ROUNDING[type]);
  });
  // 1 + 2 ** -8 lies half-way between two bfloat16, of which 1 is even.
  expect(back[11]).toBe(type === 'BF16' ? 1 : values[11]);
});

it('a .pt file of a state dict holds all tensors by name, whatever their number of axes', () => {
  const tensors = new Map(
    [[2, 3], [300], [1, 2, 3, 4, 5], []].map((shape, i) => {
      return [`layer.${i}.weight`, { shape, values: toyNumbers(1, `${i}`, shape) }] as const;
    }),
  );
  const read = readPt(writePt(tensors, 'guider'), 'guider.pt');
  expect([...read].map(([name, tensor]) => [name, tensor.dims, [...floatsOf(tensor)]])).toEqual(
    [...tensors].map(([name, { shape, values }]) => [name, shape, [...values]]),
  );
});

it('weights have the scale of their layer', () => {
  const deviation = (values: Float32Array): number =>
    Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  const matrix = toyNumbers(3, 'a.weight', [200, 100]);
  expect(deviation(matrix)).toBeGreaterThan(0.095);
  expect(deviation(matrix)).toBeLessThan(0.105);
  expect(matrix).not.toEqual(toyNumbers(3, 'b.weight', [200, 100]));
  expect(toyNumbers(3, 'norm.weight', [50]).every((value) => value > 0.7 && value < 1.3)).toBe(true);
});
