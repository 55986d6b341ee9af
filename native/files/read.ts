import { readFile } from 'node:fs/promises';
import { AppError } from '../../core/errors.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there; check its path',
  ENOTDIR: 'it is not there; check its path',
  EISDIR: 'it is a folder; choose a file',
  EACCES: 'you have no permission to read it; change its permissions',
  EPERM: 'you have no permission to read it; change its permissions',
};

/** The bytes of a file; throws an `AppError` that names it and says why it cannot be read. */
export async function readInput(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const reason = Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
    if (reason === undefined) throw error;
    throw new AppError(code.startsWith('ENO') ? 'not-found' : 'bad-input', `${path} cannot be read: ${reason}.`, error);
  }
}
