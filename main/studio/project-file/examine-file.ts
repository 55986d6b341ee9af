import { lstatSync, type Stats } from 'node:fs';
import { AppError } from '../../../core/errors.ts';

// The file itself is never opened here: closing a second handle of a database that this process has open would drop
// SQLite's locks on it.

/**
 * Looks at what lies at `path` and beside it before SQLite does; throws an `AppError` where SQLite should not.
 *
 * - Links, folders, pipes and devices are refused, also in place of SQLite's `-wal` and `-shm`, which it would write through.
 * - A `-journal` is refused. Project files never have one, and SQLite would not only play it back but also erase the file
 *   that it names as its master, wherever that lies.
 */
export function examineFile(path: string): Stats {
  if (path !== path.trim()) {
    throw new AppError('bad-input', `"${path}" begins or ends with a space; rename it and open it again.`);
  }
  const stats = statusOf(path);
  if (!stats)
    throw new AppError('not-found', `${path} is not there; find it with "Locate" or restore it from a backup.`);
  if (stats.isSymbolicLink()) throw new AppError('bad-input', `${path} is a link; open the file that it points to.`);
  if (!stats.isFile()) throw new AppError('bad-input', `${path} is no file; choose a project file (.cshot).`);
  if (statusOf(`${path}-journal`)) {
    throw new AppError('bad-input', `Beside ${path} lies a journal that the studio did not write; move it away first.`);
  }
  for (const beside of [`${path}-wal`, `${path}-shm`]) {
    if (statusOf(beside)?.isFile() === false) {
      throw new AppError('bad-input', `${beside} is no plain file; move it away first.`);
    }
  }
  return stats;
}

/** Of the thing itself, not of what it points to; undefined where there is none. */
export function statusOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw new AppError('not-found', `${path} cannot be looked at; check its folder's permissions.`, error);
  }
}
