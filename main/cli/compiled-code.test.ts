import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../test/helpers/temporary-folder.ts';

const LAUNCHER = fileURLToPath(new URL('charactershot.js', import.meta.url));

/** Exit code of the program that only says what a command is for, with `env` laid over this process's. */
const start = (env: NodeJS.ProcessEnv): number | null =>
  spawnSync(process.execPath, [LAUNCHER, 'export', '--help'], {
    env: { ...process.env, NODE_COMPILE_CACHE: '', ...env },
  }).status;

it('what a start compiles is kept in the cache folder', async () => {
  const folder = await temporaryFolder();
  expect(start({ CHARACTERSHOT_CACHE: folder })).toBe(0);
  const kept = (await readdir(join(folder, 'code'), { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  expect(kept.length).toBeGreaterThan(20);
});

it('nothing is kept by who has another place for it, or wants none', async () => {
  const [folder, own] = [await temporaryFolder(), await temporaryFolder()];
  expect(start({ CHARACTERSHOT_CACHE: folder, NODE_COMPILE_CACHE: own })).toBe(0);
  expect(await readdir(own)).not.toEqual([]);
  expect(start({ CHARACTERSHOT_CACHE: folder, NODE_DISABLE_COMPILE_CACHE: '1' })).toBe(0);
  expect(await readdir(folder)).toEqual([]);
});

it('a cache folder that cannot be made is no failure', () => {
  expect(start({ CHARACTERSHOT_CACHE: LAUNCHER })).toBe(0);
});
