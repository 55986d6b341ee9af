import { existsSync } from 'node:fs';
import { AppError } from '../../core/errors.ts';
import {
  checkOutputFile,
  checkOutputFolder,
  type FileKind,
  type FolderKind,
} from '../../native/export/output-place.ts';
import { ArgumentError } from './argument-error.ts';

/** Throws unless there is something at the path that `flag` gives. */
export function requireInput(flag: string, path: string): void {
  if (!existsSync(path)) throw new ArgumentError(`${flag} names ${path}, but there is no such file or folder.`);
}

/** Throws unless an output file may be written where `flag` says; done before the work starts. */
export const requireOutputFile = (flag: string, path: string, kind: FileKind): Promise<void> =>
  namingFlag(flag, () => checkOutputFile(path, kind));

/** Throws unless an output folder may be written where `flag` says; done before the work starts. */
export const requireOutputFolder = (flag: string, path: string, kind: FolderKind): Promise<void> =>
  namingFlag(flag, () => checkOutputFolder(path, kind));

async function namingFlag(flag: string, check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, `${flag} is not possible: ${error.message}`, error);
  }
}
