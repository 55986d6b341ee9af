import { open, readFile } from 'node:fs/promises';
import { AppError } from '../../core/errors.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there; check its path',
  ENOTDIR: 'it is not there; check its path',
  EISDIR: 'it is a folder; choose a file',
  EACCES: 'you have no permission to read it; change its permissions',
  EPERM: 'you have no permission to read it; change its permissions',
};

/** Enough to tell what a file is, the metadata at the head of a scene included. */
const HEAD_BYTES = 1 << 16;

/** The bytes of a file; throws an `AppError` that names it and says why it cannot be read. */
export const readInput = (path: string): Promise<Uint8Array> => tellingWhy(path, () => readFile(path));

/** The first 64 KB of a file, or all of it where it is shorter; errors are those of `readInput`. */
export const readHead = (path: string): Promise<Buffer> =>
  tellingWhy(path, async () => {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  });

/** What `read` gives; an error of the file system becomes an `AppError` that names `path` and says why. */
export async function tellingWhy<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const reason = Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
    if (reason === undefined) throw error;
    throw new AppError(code.startsWith('ENO') ? 'not-found' : 'bad-input', `${path} cannot be read: ${reason}.`, error);
  }
}
