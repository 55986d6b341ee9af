import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { isRecord } from '../../core/formats/json.ts';
import { writeError } from '../files/atomic.ts';
import { readHead } from '../files/read.ts';

/** What the studio writes as a folder. */
export type FolderKind = 'clip' | 'ply-sequence' | 'pictures' | 'openpose' | 'run';

/** What the studio writes as one file, and how it is known by its first bytes. */
const FILE_KINDS = {
  scene: { name: 'scene', isKnown: (head: Buffer) => head.includes('charactershot-4dgs') },
  poses: { name: 'pose file', isKnown: (head: Buffer) => head.includes('charactershot-poses') },
  video: { name: 'MP4 video', isKnown: (head: Buffer) => head.subarray(4, 8).toString('latin1') === 'ftyp' },
} as const;

export type FileKind = keyof typeof FILE_KINDS;

/** Says in every folder what the studio wrote there, so that it replaces its own output and nothing else. */
const MARKER = '.charactershot.json';

/**
 * Throws an `AppError` unless a file of that kind can be written at `path`: nothing is there, or an older one, and
 * the place takes new files. Meant for before the work starts.
 */
export async function checkOutputFile(path: string, kind: FileKind): Promise<void> {
  const { name, isKnown } = FILE_KINDS[kind];
  if (existsSync(path)) {
    const inTheWay = new AppError('unwritable', `${path} exists and is no ${name}; choose another name.`);
    if (!(await stat(path)).isFile()) throw inTheWay;
    const head = await readHead(path);
    if (head.length > 0 && !isKnown(head)) throw inTheWay;
  }
  await checkWritable(path);
}

/**
 * Throws an `AppError` unless `writeFolder` may write at `path`: nothing is there, or an empty folder, or a folder of
 * that kind that the studio wrote, and the place takes new files.
 */
export async function checkOutputFolder(path: string, kind: FolderKind): Promise<void> {
  if (existsSync(path)) {
    if (!(await stat(path)).isDirectory()) {
      throw new AppError('unwritable', `${path} exists and is no folder; choose another name.`);
    }
    if ((await readdir(path)).length > 0 && (await markedKind(path)) !== kind) {
      throw new AppError('unwritable', `${path} holds other files; choose an empty or a new folder.`);
    }
  }
  await checkWritable(path);
}

/**
 * Writes a folder as a whole or not at all: `write` fills a temporary neighbour, which then takes the place of `path`.
 * An older folder of the same kind is replaced; anything else there is left alone, see `checkOutputFolder`.
 */
export async function writeFolder<T>(
  path: string,
  kind: FolderKind,
  write: (folder: string) => Promise<T>,
): Promise<T> {
  await checkOutputFolder(path, kind);
  const target = existsSync(path) ? await realpath(path) : resolve(path);
  const unique = randomBytes(4).toString('hex');
  const neighbour = (use: string): string => join(dirname(target), `.${basename(target)}.${unique}.${use}`);
  const folder = neighbour('partial');
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, MARKER), `${JSON.stringify({ kind })}\n`);
    const result = await write(folder);
    if (existsSync(target)) {
      // Renaming onto a folder that is not empty is not possible, so that for a moment there is none.
      await rename(target, neighbour('old'));
      await rename(folder, target).catch(async (error: unknown) => {
        await rename(neighbour('old'), target);
        throw error;
      });
      await rm(neighbour('old'), { recursive: true, force: true });
    } else {
      await rename(folder, target);
    }
    return result;
  } catch (error) {
    throw writeError(path, error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Makes a folder that is filled bit by bit, by several runs, known as the studio's from its first moment. One of that kind
 * stays as it is; anything else there is left alone, see `checkOutputFolder`.
 */
export async function openFolder(path: string, kind: FolderKind): Promise<void> {
  await checkOutputFolder(path, kind);
  if ((await markedKind(path)) !== kind) await writeFolder(path, kind, () => Promise.resolve());
}

/** What a write that was killed leaves beside its target: files and folders that no one waits for any more. */
const LEFTOVER = /^\..+\.[0-9a-f]{8}\.(?:partial|old)$/;

/** Removes what killed writes of the studio left in a folder of its own. */
export async function removeLeftovers(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => LEFTOVER.test(name));
  await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

async function markedKind(folder: string): Promise<unknown> {
  try {
    const marker: unknown = JSON.parse(await readFile(join(folder, MARKER), 'utf8'));
    return isRecord(marker) ? marker.kind : undefined;
  } catch {
    return undefined; // no marker, or not ours
  }
}

/** Makes and removes a folder in the nearest existing parent: permission bits alone do not tell. */
async function checkWritable(path: string): Promise<void> {
  let parent = dirname(resolve(path));
  while (!existsSync(parent)) parent = dirname(parent);
  if (!(await stat(parent)).isDirectory()) {
    throw new AppError('unwritable', `${path} cannot be written because ${parent} is no folder; choose another place.`);
  }
  try {
    await rmdir(await mkdtemp(join(parent, '.charactershot-')));
  } catch (cause) {
    const message = `${path} cannot be written because ${parent} takes no new files; choose another place.`;
    throw new AppError('unwritable', message, cause);
  }
}
