import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../files/atomic.ts';
import { cacheFolder } from './cache-folder.ts';

const DIGEST_BYTES = 32;

const digest = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/**
 * The bytes that `make` gives for `sources`, from the cache when they were made before. A cache that is damaged, missing or
 * cannot be written costs the time of making them, never the result. `name` is the readable part of the file's name.
 */
export async function cached(
  name: string,
  sources: readonly (Uint8Array | string)[],
  make: () => Uint8Array | Promise<Uint8Array>,
  folder = cacheFolder(),
): Promise<Uint8Array> {
  const hash = createHash('sha256');
  for (const source of sources) hash.update(source);
  const path = join(folder, `${name}-${hash.digest('hex').slice(0, 24)}.cache`);
  const known = await readSealed(path);
  if (known) return known;
  const made = await make();
  await writeSealed(path, made).catch(() => undefined);
  return made;
}

/** Writes bytes behind their own checksum, whole or not at all. */
export const writeSealed = (path: string, bytes: Uint8Array): Promise<void> =>
  writeFileAtomic(path, Buffer.concat([digest(bytes), bytes]));

/** What a file holds behind its own checksum, or nothing when it is missing or that does not fit. */
export async function readSealed(path: string): Promise<Uint8Array | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  if (!bytes || bytes.length <= DIGEST_BYTES) return undefined;
  const content = bytes.subarray(DIGEST_BYTES);
  return digest(content).equals(bytes.subarray(0, DIGEST_BYTES)) ? content : undefined;
}
