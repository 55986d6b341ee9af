import Database from 'better-sqlite3';
import { AppError } from '../../../core/errors.ts';

/** What SQLite's codes mean to a user; the first prefix that fits counts. */
const REASONS: readonly (readonly [prefix: string, code: AppError['code'], sentence: (path: string) => string])[] = [
  ['SQLITE_NOTADB', 'bad-input', (path) => `${path} is no file of the studio; choose a project file (.cshot).`],
  ['SQLITE_CORRUPT', 'bad-input', (path) => `${path} is damaged; go on with a copy of it, if you have one.`],
  ['SQLITE_FULL', 'unwritable', (path) => `${path} cannot be written because the disk is full; free some space.`],
  ['SQLITE_BUSY', 'failed', (path) => `${path} is in use by another program; close it there and try again.`],
  ['SQLITE_LOCKED', 'failed', (path) => `${path} is in use by another program; close it there and try again.`],
  ['SQLITE_READONLY', 'unwritable', (path) => `${path} cannot be written; copy it to a folder of yours.`],
  ['SQLITE_CANTOPEN', 'unwritable', (path) => `${path} cannot be opened for writing; copy it to a folder of yours.`],
  ['SQLITE_PERM', 'unwritable', (path) => `${path} cannot be opened for writing; copy it to a folder of yours.`],
  ['SQLITE_IOERR', 'unwritable', (path) => `The disk failed while ${path} was read or written; check the disk.`],
];

/** Whether SQLite says that the bytes of the file make no sense. */
export const isDamage = (error: unknown): boolean =>
  error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code);

/** SQLite's error about the database at `path` as the one sentence a user can act on; other errors stay what they are. */
export function sqliteError(path: string, error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const reason = REASONS.find(([prefix]) => error.code.startsWith(prefix));
  return reason ? new AppError(reason[1], reason[2](path), error) : error;
}

/** What `use` gives; errors of SQLite become those of `sqliteError`. */
export function tellingPath<T>(path: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    throw sqliteError(path, error);
  }
}
