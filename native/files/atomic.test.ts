import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { temporaryFolder } from '../../test/helpers/temporary-folder.ts';
import { atomicFile, writeFileAtomic } from './atomic.ts';

test('a file is written with the folders above it, and replaced', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'new', 'a.txt');
  await writeFileAtomic(path, 'one');
  await writeFileAtomic(path, 'two');
  expect(await readFile(path, 'utf8')).toBe('two');
  expect(await readdir(join(folder, 'new'))).toEqual(['a.txt']);
});

test('when writing fails half-way, the old file stays and nothing else does', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'a.txt');
  await writeFileAtomic(path, 'one');
  const failing = atomicFile(path, async (temporary) => {
    await writeFile(temporary, 'half');
    throw new Error('stopped');
  });
  await expect(failing).rejects.toThrow('stopped');
  expect(await readFile(path, 'utf8')).toBe('one');
  expect(await readdir(folder)).toEqual(['a.txt']);
});

test.skipIf(!existsSync('/dev/full'))('a full disk is told in one sentence (skipped without /dev/full)', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'a.txt');
  const failing = atomicFile(path, async (temporary) => {
    await writeFile(temporary, 'first bytes');
    await writeFile('/dev/full', 'no room');
  });
  await expect(failing).rejects.toThrow(
    new AppError('unwritable', `${path} cannot be written because the disk is full; free some space.`),
  );
  expect(await readdir(folder)).toEqual([]);
});

test('a path through a file, and a folder in the way, are told in one sentence', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'file'), '');
  await expect(writeFileAtomic(join(folder, 'file', 'a.txt'), '')).rejects.toThrow(/is a file and no folder; choose/);
  await mkdir(join(folder, 'taken'));
  await expect(writeFileAtomic(join(folder, 'taken'), '')).rejects.toThrow(/a folder of that name is there/);
  expect((await readdir(folder)).sort()).toEqual(['file', 'taken']);
});
