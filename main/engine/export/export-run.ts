import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scene } from '../../../core/deformation/deformation.ts';
import { AppError } from '../../../core/errors.ts';
import type { TaskRun } from '../task-run.ts';

/** What an export of one kind has to work with. */
export interface ExportRun {
  readonly run: TaskRun;
  readonly scene: Scene;
  /** The folder or file to write. */
  readonly place: string;
}

export const VERIFYING = 'Verifying';

export type FrameRange = readonly [first: number, last: number];

/** Throws an `AppError` for frames that the scene does not have. */
export function checkFrames([first, last]: FrameRange, { frames }: Scene): void {
  if (first <= last && last < frames) return;
  throw new AppError(
    'bad-input',
    `The scene has frames 1 to ${frames}, not ${first + 1} to ${last + 1}; choose others.`,
  );
}

/** "1.4 MB" */
export const megabytes = (bytes: number): string =>
  bytes < 1e5 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** Paths of a folder's files with an ending, in order, and the bytes of all. */
export async function filesIn(
  folder: string,
  ending: string,
): Promise<{ readonly paths: readonly string[]; readonly bytes: number }> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(ending)).sort();
  const paths = names.map((name) => join(folder, name));
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  return { paths, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** An export that does not read back as it was meant: a disk or a driver is at fault, not the user. */
export const notVerified = (what: string): AppError =>
  new AppError('failed', `${what} when it was read back, and was removed; check the disk and export it again.`);
