import { readdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/helpers/temporary-folder.ts';
import { cacheFolder } from './cache-folder.ts';
import { cached } from './cached.ts';

const counted = (): { make: () => Uint8Array; times: () => number } => {
  let times = 0;
  return { make: () => Uint8Array.of(1, 2, ++times), times: () => times };
};

test('what was made once is read from then on, until its source changes', async () => {
  const folder = join(await temporaryFolder(), 'new');
  const { make, times } = counted();
  for (let round = 0; round < 3; round++) {
    expect([...(await cached('model', ['v1', Buffer.from('source')], make, folder))]).toEqual([1, 2, 1]);
  }
  expect([...(await cached('model', ['v1', Buffer.from('other')], make, folder))]).toEqual([1, 2, 2]);
  expect(times()).toBe(2);
  expect(await readdir(folder)).toHaveLength(2);
});

test('what takes its time to be made is waited for, and is not kept when it fails', async () => {
  const folder = await temporaryFolder();
  const fails = (): Promise<Uint8Array> => Promise.reject(new Error('cannot be made'));
  await expect(cached('model', ['source'], fails, folder)).rejects.toThrow('cannot be made');
  const { make } = counted();
  expect([...(await cached('model', ['source'], () => Promise.resolve(make()), folder))]).toEqual([1, 2, 1]);
  expect([...(await cached('model', ['source'], fails, folder))]).toEqual([1, 2, 1]);
});

test('a damaged file is made anew', async () => {
  const folder = await temporaryFolder();
  const { make, times } = counted();
  await cached('model', ['source'], make, folder);
  const [file = ''] = await readdir(folder);
  const bytes = await readFile(join(folder, file));
  for (const damaged of [bytes.subarray(0, 10), bytes.subarray(0, -1), bytes.map((byte, i) => (i === 33 ? 9 : byte))]) {
    await writeFile(join(folder, file), damaged);
    expect((await cached('model', ['source'], make, folder))[2]).toBe(times());
  }
  expect(times()).toBe(4);
});

test('a cache that cannot be written is done without', async () => {
  const file = join(await temporaryFolder(), 'file');
  await writeFile(file, '');
  const { make } = counted();
  expect([...(await cached('model', ['source'], make, join(file, 'cache')))]).toEqual([1, 2, 1]);
});

test("the folder is the system's own for such files, or the one that is asked for", () => {
  expect(cacheFolder({ CHARACTERSHOT_CACHE: '/mine', XDG_CACHE_HOME: '/x' }, 'linux')).toBe('/mine');
  expect(cacheFolder({ XDG_CACHE_HOME: '/x' }, 'linux')).toBe(join('/x', 'charactershot'));
  expect(cacheFolder({ XDG_CACHE_HOME: 'relative' }, 'linux')).toBe(join(homedir(), '.cache', 'charactershot'));
  expect(cacheFolder({}, 'darwin')).toBe(join(homedir(), 'Library', 'Caches', 'charactershot'));
  expect(cacheFolder({ LOCALAPPDATA: 'C:\\Local' }, 'win32')).toBe(join('C:\\Local', 'charactershot'));
});
