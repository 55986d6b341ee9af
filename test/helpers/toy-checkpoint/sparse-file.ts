import { open, type FileHandle } from 'node:fs/promises';

const BLOCK = 1 << 16;
const NOTHING = Buffer.alloc(BLOCK);

/** Writes a file in which blocks of zeros take no room on the disk. */
export function writeSparse(path: string, bytes: Buffer): Promise<void> {
  return inNewFile(path, bytes.length, async (file) => {
    for (let at = 0; at < bytes.length; at += BLOCK) {
      const block = bytes.subarray(at, at + BLOCK);
      if (!block.equals(NOTHING.subarray(0, block.length))) await file.write(block, 0, block.length, at);
    }
  });
}

/** Writes the beginning of a file of `size` bytes; the rest is zeros that take no room on the disk. */
export const writeBeginning = (path: string, bytes: Uint8Array, size: number): Promise<void> =>
  inNewFile(path, size, async (file) => {
    await file.write(bytes, 0, bytes.length, 0);
  });

async function inNewFile(path: string, size: number, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.truncate(size);
    await write(file);
  } finally {
    await file.close();
  }
}
