import SqliteDatabase, { type Database } from 'better-sqlite3';
import { AppError } from '../../../core/errors.ts';
import { appliedMigrations, type Migration, migrate } from './migrations.ts';
import { expectedSchema, schemaText } from './schema.ts';
import { isDamage, sqliteError } from './sqlite-error.ts';

/** What a kind of database of ours is. */
export interface DatabaseKind {
  /** What a file of this kind is called in messages: "project file". */
  readonly noun: string;
  /** SQLite's application_id. */
  readonly applicationId: number;
  readonly migrations: readonly Migration[];
  /** It may come from strangers: its schema must be, word for word, one that the migrations make. */
  readonly untrusted: boolean;
}

/** How long one process waits for another's write, ms. Writers hold the lock for one transaction of a few megabytes. */
const PATIENCE_MS = 10_000;

/**
 * Opens the database at `path`, or makes it when `create` is set, and brings it up to date.
 *
 * Commits go to the write-ahead log at once, so that a killed process loses none; `WalFlusher` brings the log to the disk
 * within a second. Nothing in an untrusted file is believed before its schema was found to be one of ours: so it has no
 * trigger, view or virtual table. Throws an `AppError` for anything else.
 */
export function openDatabase(path: string, kind: DatabaseKind, { create }: { readonly create: boolean }): Database {
  let database: Database | undefined;
  try {
    database = new SqliteDatabase(path, { timeout: PATIENCE_MS, fileMustExist: !create });
    protect(database);
    if (isEmpty(database)) {
      if (!create) throw foreign(path, kind);
      prepareNew(database, kind);
    } else {
      check(database, path, kind);
    }
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    migrate(database, kind.migrations, path);
    return database;
  } catch (error) {
    database?.close();
    throw sqliteError(path, error);
  }
}

/** What keeps a hostile file from doing anything but being read. */
function protect(database: Database): void {
  database.pragma('trusted_schema = OFF');
  database.pragma('cell_size_check = ON');
  database.pragma('mmap_size = 0');
  database.pragma('foreign_keys = ON');
}

const isEmpty = (database: Database): boolean => database.pragma('page_count', { simple: true }) === 0;

function prepareNew(database: Database, { applicationId }: DatabaseKind): void {
  // Lets space be given back to the disk when large assets go.
  database.pragma('auto_vacuum = INCREMENTAL');
  database.pragma(`application_id = ${applicationId}`);
}

function check(database: Database, path: string, kind: DatabaseKind): void {
  if (database.pragma('application_id', { simple: true }) !== kind.applicationId) throw foreign(path, kind);
  const version = database.pragma('user_version', { simple: true });
  if (typeof version !== 'number' || version < 0) throw foreign(path, kind);
  if (version > kind.migrations.length) {
    throw new AppError('newer-version', `${path} was written by a newer version of the studio; install that one.`);
  }
  if (!kind.untrusted) return;
  if (schemaText(database) !== expectedSchema(kind.migrations.slice(0, version))) throw foreign(path, kind);
  const applied = tryApplied(database, path, kind);
  if (applied.length !== version || applied.some((name, index) => name !== kind.migrations[index]?.name)) {
    throw foreign(path, kind);
  }
}

function tryApplied(database: Database, path: string, kind: DatabaseKind): readonly string[] {
  try {
    return appliedMigrations(database);
  } catch (error) {
    if (isDamage(error)) throw error;
    throw foreign(path, kind);
  }
}

const foreign = (path: string, { noun }: DatabaseKind): AppError =>
  new AppError('bad-input', `${path} is no ${noun} of the studio, or was changed by another program; choose another.`);
