import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../core/errors.ts';
import { asTask, type OnProgress } from '../../../core/progress.ts';
import { tellingWhy } from '../../files/read.ts';
import { publishedHash, type PublishedHash } from './hub-download.ts';
import { EMBEDDINGS, FOLDERS } from './layout.ts';

export interface FileHash {
  /** Path in the checkpoint, with slashes. */
  readonly file: string;
  readonly bytes: number;
  /** SHA-256 where it is not known what the hash should be. */
  readonly algorithm: PublishedHash['algorithm'];
  readonly hash: string;
  /** What the download says it should be; null where nothing says. */
  readonly expected: string | null;
}

export interface HashOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

const PIECE_BYTES = 2 ** 22;
const MEGABYTE = 1e6;

/**
 * Reads every file of a checkpoint, all of it, and says what its hash is and should be. Progress is in megabytes. Throws an `AppError` where a file cannot
 * be read, and one called `cancelled` soon after `signal`.
 */
export async function checkHashes(folder: string, { signal, onProgress }: HashOptions): Promise<FileHash[]> {
  const files = await filesOf(folder);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const task = { task: 'Hashing the files', total: Math.ceil(total / MEGABYTE), unit: 'MB' };
  return asTask(onProgress, task, async (tick) => {
    const hashes: FileHash[] = [];
    let done = 0;
    for (const { file, bytes } of files) {
      const expected = await publishedHash(folder, file);
      const algorithm = expected?.algorithm ?? 'sha256';
      const hash = await hashOf(join(folder, file), bytes, algorithm, (read) => {
        if (signal?.aborted) throw new AppError('cancelled', 'Stopped; the hashes were not all looked at.');
        done += read;
        tick(Math.floor(done / MEGABYTE), file);
      });
      hashes.push({ file, bytes, algorithm, hash, expected: expected?.hash ?? null });
    }
    return hashes;
  });
}

/** A sentence where a file is not what was downloaded. */
export function hashFinding({ file, algorithm, hash, expected }: FileHash): string | undefined {
  if (expected === null || hash === expected) return undefined;
  const name = algorithm === 'sha256' ? 'SHA-256' : 'git hash';
  return `${file} is not what the hub has: its ${name} is ${hash.slice(0, 12)}… instead of ${expected.slice(0, 12)}…`;
}

interface CheckpointFile {
  readonly file: string;
  readonly bytes: number;
}

/** The files of the published layout and of nothing below it: links may lead anywhere, also in circles. */
async function filesOf(folder: string): Promise<CheckpointFile[]> {
  const files: CheckpointFile[] = [];
  for (const part of ['', ...FOLDERS, EMBEDDINGS]) {
    const names = await readdir(join(folder, part)).catch(() => []);
    for (const name of names.filter((found) => !found.startsWith('.')).sort()) {
      const file = part === '' ? name : `${part}/${name}`;
      const found = await stat(join(folder, file)).catch(() => undefined);
      if (found?.isFile()) files.push({ file, bytes: found.size });
    }
  }
  return files;
}

const hashOf = (
  path: string,
  bytes: number,
  algorithm: PublishedHash['algorithm'],
  onRead: (bytes: number) => void,
): Promise<string> =>
  tellingWhy(path, async () => {
    const hash = createHash(algorithm === 'sha256' ? 'sha256' : 'sha1');
    // Git hashes a file behind a head of its own.
    if (algorithm === 'git-sha1') hash.update(`blob ${bytes}\0`);
    for await (const piece of createReadStream(path, { highWaterMark: PIECE_BYTES }) as AsyncIterable<Buffer>) {
      onRead(piece.length);
      hash.update(piece);
    }
    return hash.digest('hex');
  });
