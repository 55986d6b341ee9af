import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readHead } from '../../files/read.ts';
import { byteSize } from './byte-size.ts';

/** Where the hub's client keeps what it knows of the files that it put into a folder. */
const RECORDS = '.cache/huggingface/download';

/** The hash under which the hub publishes a file: SHA-256 of large ones, and git's hash of others. */
export interface PublishedHash {
  readonly algorithm: 'sha256' | 'git-sha1';
  /** Hexadecimal, lower case. */
  readonly hash: string;
}

/**
 * The hash of a file of the hub, as its client left it behind: beside the files of a folder, or as the name of the file that a link
 * in the client's cache leads to. Undefined where neither says.
 * @param file Path in the folder, with slashes.
 */
export async function publishedHash(folder: string, file: string): Promise<PublishedHash | undefined> {
  const record = await readHead(join(folder, RECORDS, `${file}.metadata`)).catch(() => undefined);
  // The lines are commit, hash and time.
  const recorded = record && asHash(record.toString('latin1').split('\n')[1] ?? '');
  if (recorded) return recorded;
  const real = await realpath(join(folder, file));
  return basename(dirname(real)) === 'blobs' ? asHash(basename(real)) : undefined;
}

function asHash(text: string): PublishedHash | undefined {
  const hash = text.trim().replace(/^"|"$/g, '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hash)) return { algorithm: 'sha256', hash };
  return /^[0-9a-f]{40}$/.test(hash) ? { algorithm: 'git-sha1', hash } : undefined;
}

/** What was left half-way among the client's records, one phrase each. */
export async function halfDownloads(folder: string): Promise<string[]> {
  const records = join(folder, RECORDS);
  const names = await readdir(records, { recursive: true }).catch(() => []);
  const phrases: string[] = [];
  for (const name of names.filter((path) => path.endsWith('.incomplete')).sort()) {
    const { size } = await stat(join(records, name));
    phrases.push(`${join(RECORDS, name)} is half a download (${byteSize(size)} so far); let it finish, or remove it`);
  }
  return phrases;
}
