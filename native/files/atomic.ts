import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../core/errors.ts';

/** Writes a file whole or not at all, with the folders above it; throws an `AppError` that says why it cannot be. */
export function writeFileAtomic(path: string, data: Uint8Array | string): Promise<void> {
  return atomicFile(path, (temporary) => writeFile(temporary, data));
}

/**
 * Lets `write` fill a temporary file in the folder of `path`, which then takes the place of `path`. When `write` throws,
 * nothing stays behind and what was at `path` is as before.
 */
export async function atomicFile(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  // In the same folder, because a rename between two file systems would be a copy.
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.partial`);
  try {
    await mkdir(dirname(path), { recursive: true });
    await write(temporary);
    await flush(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined); // the first error is the one to tell
    throw writeError(path, error);
  }
}

/** Without this, a crash of the machine could leave the new name with the old or no content. */
async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free some space',
  EDQUOT: 'your disk quota is used up; free some space',
  EACCES: 'you have no permission to write there; choose another place',
  EPERM: 'you have no permission to write there; choose another place',
  EROFS: 'that disk is read-only; choose another place',
  ENOTDIR: 'a part of its path is a file and no folder; choose another place',
  EEXIST: 'a part of its path is a file and no folder; choose another place',
  EISDIR: 'a folder of that name is there; choose another name',
  ENAMETOOLONG: 'its name is too long; choose a shorter one',
};

/** An error of the file system as the one sentence a user can act on; other errors stay what they are. */
export function writeError(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
  return reason === undefined || error instanceof AppError
    ? error
    : new AppError('unwritable', `${path} cannot be written because ${reason}.`, error);
}
