import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const LINUX_FOLDERS = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/usr/local/cuda/lib64',
];

/**
 * Those of `names` (as libcudart.so.12) that Linux's loader would not find: neither on LD_LIBRARY_PATH, nor in its cache, nor in
 * the usual folders.
 */
export async function missingLibraries(
  names: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<readonly string[]> {
  const cache = await loaderCache();
  const folders = [
    ...(environment.LD_LIBRARY_PATH ?? '').split(':').filter((folder) => folder !== ''),
    ...LINUX_FOLDERS,
  ];
  return names.filter((name) => !cache.has(name) && !folders.some((folder) => existsSync(join(folder, name))));
}

/** Names of the libraries in the cache of Linux's loader; none where there is no such cache. */
async function loaderCache(): Promise<ReadonlySet<string>> {
  const list = (program: string): Promise<string> =>
    run(program, ['-p'], { timeout: 5000 }).then(({ stdout }) => stdout);
  const text = await list('/sbin/ldconfig').catch(() => list('ldconfig').catch(() => ''));
  return new Set(text.split('\n').flatMap((line) => /^\s+(\S+) \(/.exec(line)?.[1] ?? []));
}
