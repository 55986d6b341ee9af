import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clipFolders } from './clip-folders.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'clip-folders-'));
  for (const folder of ['b', 'a', 'models', 'a/view00']) await mkdir(join(root, folder), { recursive: true });
  for (const clip of ['a', 'b']) await writeFile(join(root, clip, 'cameras.json'), '{}');
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

it('a folder of clips stands for its clips, by name', async () => {
  expect(await clipFolders(root)).toEqual([join(root, 'a'), join(root, 'b')]);
});

it('a clip stands for itself, and so does what is no folder', async () => {
  expect(await clipFolders(join(root, 'a'))).toEqual([join(root, 'a')]);
  expect(await clipFolders(join(root, 'a/cameras.json'))).toEqual([join(root, 'a/cameras.json')]);
  expect(await clipFolders(join(root, 'missing'))).toEqual([join(root, 'missing')]);
});
