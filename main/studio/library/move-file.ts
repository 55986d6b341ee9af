import { copyFileSync, renameSync, rmSync } from 'node:fs';
import { writeError } from '../../../native/files/atomic.ts';
import { statusOf } from '../project-file/examine-file.ts';

const BESIDE = ['-wal', '-shm'] as const;

/** Moves a project file that is not open, with what a crash may have left beside it. Throws an `AppError` where it cannot. */
export function moveFile(from: string, to: string): void {
  try {
    // The log first: a log without its file is nothing, a file without its log lacks what was acknowledged.
    for (const ending of BESIDE) if (statusOf(from + ending)) move(from + ending, to + ending);
    move(from, to);
  } catch (error) {
    throw writeError(to, error);
  }
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
    // To another disk.
    copyFileSync(from, to);
    rmSync(from);
  }
}

/** Erases a project file that is not open. */
export function eraseFile(path: string): void {
  try {
    for (const ending of ['', ...BESIDE]) rmSync(path + ending, { force: true });
  } catch (error) {
    throw writeError(path, error);
  }
}
