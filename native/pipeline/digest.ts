import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';

/** SHA-256 over the content of a file, or of a folder with the names in it; hidden entries do not count. */
export async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await addEntry(hash, path);
  return hash.digest('hex');
}

async function addEntry(hash: Hash, path: string): Promise<void> {
  try {
    if (!(await stat(path)).isDirectory()) {
      for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
      return;
    }
  } catch (cause) {
    throw new AppError('not-found', `${path} cannot be read; check its path and permissions.`, cause);
  }
  for (const name of (await readdir(path)).filter((entry) => !entry.startsWith('.')).sort()) {
    hash.update(`\0${name}\0`);
    await addEntry(hash, join(path, name));
  }
}
