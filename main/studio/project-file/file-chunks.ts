import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { AppError } from '../../../core/errors.ts';
import { tellingWhy } from '../../../native/files/read.ts';
import { openFiles } from './open-files.ts';

/** The bytes of a file in pieces of `length`, the last one shorter. Throws an `AppError` for what is no readable file. */
export async function* fileChunks(path: string, length: number): AsyncGenerator<Buffer, void, undefined> {
  if (openFiles.has(path)) throw new AppError('bad-input', `${path} is an open project; choose another file.`);
  // Not blocking, since opening a pipe that nobody writes to would wait for ever. (Windows has no such flag.)
  const flags = constants.O_RDONLY | ((constants as { O_NONBLOCK?: number }).O_NONBLOCK ?? 0);
  const file = await tellingWhy(path, () => open(path, flags));
  try {
    if (!(await file.stat()).isFile()) throw new AppError('bad-input', `${path} is no file; choose a file.`);
    for (;;) {
      const chunk = await tellingWhy(path, () => nextChunk(file, length));
      if (chunk.length > 0) yield chunk;
      if (chunk.length < length) return;
    }
  } finally {
    await file.close();
  }
}

/** `length` bytes; fewer only at the end of the file. */
async function nextChunk(file: FileHandle, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, null);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
