import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AppError } from '../../../core/errors.ts';
import { writeSafetensors, type Tensor } from '../../../core/formats/safetensors.ts';
import { temporaryFolder } from '../../../test/helpers/temporary-folder.ts';
import { openWeights } from './open-weights.ts';
import { openSafetensors } from './safetensors-file.ts';

const f32 = (shape: number[], ...values: number[]): Tensor => ({
  dtype: 'F32',
  shape,
  data: Float32Array.from(values),
});
const bf16 = (shape: number[], ...values: number[]): Tensor => ({
  dtype: 'BF16',
  shape,
  data: Uint16Array.from(values),
});

async function fileOf(folder: string, name: string, tensors: Record<string, Tensor>): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, writeSafetensors(new Map(Object.entries(tensors))));
  return path;
}

test('a header tells where every tensor lies', async () => {
  const path = await fileOf(await temporaryFolder(), 'a.safetensors', { b: bf16([2], 1, 2), a: f32([1, 3], 1, 2, 3) });
  const { tensors, size } = await openSafetensors(path);
  const begin = size - 16;
  expect(tensors).toEqual([
    { name: 'a', dtype: 'F32', shape: [1, 3], offset: begin, length: 12 },
    { name: 'b', dtype: 'BF16', shape: [2], offset: begin + 12, length: 4 },
  ]);
});

test('weights of several files are named by place, relative to the checkpoint', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'vae'));
  const first = await fileOf(folder, 'vae/1.safetensors', { 'module.a': f32([2], 1, 2), other: f32([1], 1) });
  const second = await fileOf(folder, 'vae/2.safetensors', { 'module.b': bf16([1, 2], 1, 2) });
  const weights = await openWeights([first, second], { folder, prefix: 'module.' });
  expect([...weights.tensors.keys()]).toEqual(['a', 'b']);
  const { offset } = (await openSafetensors(second)).tensors[0] ?? {};
  expect(weights.weight('b', [1, 2])).toEqual({
    type: 'bfloat16',
    dims: [1, 2],
    location: 'vae/2.safetensors',
    offset,
  });
});

test('links are followed, and the folder is one that holds what they lead to', async () => {
  const cache = await temporaryFolder();
  await mkdir(join(cache, 'blobs'));
  await mkdir(join(cache, 'snapshots/1/vae'), { recursive: true });
  const blob = await fileOf(cache, 'blobs/0a1b', { a: f32([1], 1) });
  const link = join(cache, 'snapshots/1/vae/model.safetensors');
  await symlink(blob, link);
  const weights = await openWeights([link], { folder: join(cache, 'snapshots/1') });
  expect([weights.folder, weights.weight('a', [1]).location]).toEqual([cache, 'blobs/0a1b']);
});

test('what is not as it must be is told by name', async () => {
  const folder = await temporaryFolder();
  const path = await fileOf(folder, 'a.safetensors', {
    a: f32([2], 1, 2),
    d: { dtype: 'F64', shape: [1], data: Float64Array.of(1) },
    q: { dtype: 'F8_E4M3', shape: [1], data: Uint8Array.of(1) },
  });
  const weights = await openWeights([path]);
  expect(() => weights.weight('b', [2])).toThrow(`${folder} has no tensor b;`);
  expect(() => weights.weight('a', [1, 2])).toThrow(
    `${path} has a of shape [2] where its configuration asks for [1, 2]`,
  );
  expect(() => weights.weight('d', [1])).toThrow(`${path} stores d as F64, but`);
  expect(() => weights.weight('q', [1])).toThrow(`${path} stores q as F8_E4M3, but`);
  await expect(openWeights([path, path])).rejects.toThrow(/has the tensor \w that another file has too/);
});

const text = (value: string) => (path: string) => writeFile(path, value);

test.each<[string, (path: string) => Promise<void>, RegExp]>([
  [
    'half of it',
    (path) => truncate(path, 140),
    /a.safetensors has only 140 bytes of its \d+ bytes: the download stopped/,
  ],
  [
    'its first bytes',
    (path) => truncate(path, 3),
    /a.safetensors: This is no complete safetensors file: it has only 3/,
  ],
  ['nothing', (path) => truncate(path, 0), /a.safetensors: This is no complete safetensors file: it has only 0/],
  [
    'a pointer of git',
    text('version https://git-lfs.github.com/spec/v1\noid'),
    /a.safetensors is only the pointer that git/,
  ],
  ['a web page', text('<!DOCTYPE html><html>'), /a.safetensors is a web page/],
  ['a pickle', text('PK\x03\x04'), /a.safetensors is a PyTorch pickle/],
  [
    'another type',
    text('4\0\0\0\0\0\0\0{"a":{"dtype":"F4","shape":[],"data_offsets":[0,0]}}'),
    /a.safetensors: .*"F4"/,
  ],
])('a file with %s is refused by its name', async (_, damage, sentence) => {
  const path = await fileOf(await temporaryFolder(), 'a.safetensors', {
    a: f32([40], ...new Array<number>(40).fill(1)),
  });
  await damage(path);
  const opening = openSafetensors(path);
  await expect(opening).rejects.toThrow(sentence);
  await expect(opening).rejects.toThrow(AppError);
});

test('a file that is not there, and a folder in its place, are told as such', async () => {
  const folder = await temporaryFolder();
  await expect(openSafetensors(join(folder, 'none'))).rejects.toThrow(/none cannot be read: it is not there/);
  await expect(openSafetensors(folder)).rejects.toThrow(AppError);
});
