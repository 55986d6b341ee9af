import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Database } from 'better-sqlite3';
import { writeError } from '../../../native/files/atomic.ts';
import { openDatabase } from '../database/open-database.ts';
import { isDamage } from '../database/sqlite-error.ts';
import { WalFlusher } from '../database/wal-flusher.ts';
import { AppError } from '../../../core/errors.ts';
import { JobTable } from './job-table.ts';
import { LIBRARY } from './kind.ts';
import { ModelTable } from './model-table.ts';
import { ProjectTable } from './project-table.ts';
import { SettingTable } from './setting-table.ts';

/**
 * The studio's own data folder: `library.db`, `projects/` and `trash/`. A library that is damaged is put aside and a new one
 * begun; the projects in the folders are found again by `Library.adopt`, since all of their work is in their own files.
 */
export class LibraryDatabase {
  readonly folder: string;
  readonly projectFolder: string;
  readonly trashFolder: string;
  /** What went wrong while it was opened, one sentence each. */
  readonly notices: readonly string[];
  readonly projects: ProjectTable;
  readonly models: ModelTable;
  readonly jobs: JobTable;
  readonly settings: SettingTable;
  readonly #database: Database;
  readonly #flusher: WalFlusher;

  private constructor(folder: string, database: Database, notices: readonly string[]) {
    this.folder = folder;
    this.projectFolder = join(folder, 'projects');
    this.trashFolder = join(folder, 'trash');
    this.notices = notices;
    this.#database = database;
    this.#flusher = new WalFlusher(database.name);
    const onWrite = (): void => {
      this.#flusher.note();
    };
    this.projects = new ProjectTable(database, onWrite);
    this.models = new ModelTable(database, onWrite);
    this.jobs = new JobTable(database, onWrite);
    this.settings = new SettingTable(database, onWrite);
  }

  /** Opens the library in a data folder, or begins one. Throws an `AppError` where nothing can be written there. */
  static open(dataFolder: string): LibraryDatabase {
    const folder = resolve(dataFolder);
    const path = join(folder, 'library.db');
    for (const name of ['projects', 'trash']) makeFolder(join(folder, name));
    try {
      return new LibraryDatabase(folder, openSound(path), []);
    } catch (error) {
      if (!(error instanceof DamagedLibrary) && !(error instanceof AppError && isDamage(error.cause))) throw error;
      const aside = putAside(path);
      const notice = `The library was damaged and was begun anew; projects in ${join(folder, 'projects')} are found again, others can be added. The damaged one is ${aside}.`;
      return new LibraryDatabase(folder, openSound(path), [notice]);
    }
  }

  close(): void {
    this.#flusher.stop();
    this.#database.close();
  }
}

class DamagedLibrary extends Error {}

/** Throws `DamagedLibrary`, or an `AppError` that SQLite's own is the cause of, for a damaged one. */
function openSound(path: string): Database {
  const database = openDatabase(path, LIBRARY, { create: true });
  try {
    for (const table of ['projects', 'jobs', 'models', 'settings']) {
      if (database.pragma(`quick_check(${table})`, { simple: true }) !== 'ok') throw new DamagedLibrary();
    }
    // FTS5 keeps tables of its own, which are checked by asking.
    database.prepare('SELECT count(*) FROM words WHERE words MATCH \'"a"*\'').get();
    return database;
  } catch (error) {
    database.close();
    throw isDamage(error) ? new DamagedLibrary() : error;
  }
}

function putAside(path: string): string {
  const aside = path.replace(/\.db$/, `-damaged-${new Date().toISOString().replace(/[:.]/g, '-')}.db`);
  renameSync(path, aside);
  for (const ending of ['-wal', '-shm', '-journal']) rmSync(path + ending, { force: true });
  return aside;
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw writeError(path, error);
  }
}
