import type { Database } from 'better-sqlite3';
import { AppError } from '../../../core/errors.ts';

/** One step of a database's schema. Steps that were ever released never change; a new one is put at the end. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

const TABLE = 'CREATE TABLE migrations (n INTEGER PRIMARY KEY, name TEXT NOT NULL, applied TEXT NOT NULL) STRICT';

/** Names of the migrations that a database has, oldest first. */
export function appliedMigrations(database: Database): readonly string[] {
  const known = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'").get();
  if (known === undefined) return [];
  return database.prepare<[], string>('SELECT name FROM migrations ORDER BY n LIMIT 1000').pluck().all();
}

/**
 * Brings a database up to date in one transaction. Throws 'newer-version' when it has all of ours and more, 'bad-input'
 * when it has others: then nobody knows what its tables mean.
 */
export function migrate(database: Database, migrations: readonly Migration[], path: string): void {
  if (checkPrefix(appliedMigrations(database), migrations, path) === migrations.length) return;
  database
    .transaction(() => {
      // Asked again inside, since another process may have been faster.
      const count = checkPrefix(appliedMigrations(database), migrations, path);
      if (count === 0) database.exec(TABLE);
      const note = database.prepare('INSERT INTO migrations (n, name, applied) VALUES (?, ?, ?)');
      for (const [index, { name, sql }] of migrations.entries()) {
        if (index < count) continue;
        database.exec(sql);
        note.run(index + 1, name, new Date().toISOString());
      }
      database.pragma(`user_version = ${migrations.length}`);
    })
    .immediate();
}

/** How many of `migrations` are applied. */
function checkPrefix(applied: readonly string[], migrations: readonly Migration[], path: string): number {
  const common = Math.min(applied.length, migrations.length);
  const diverged = applied.slice(0, common).some((name, index) => name !== migrations[index]?.name);
  if (diverged) {
    throw new AppError(
      'bad-input',
      `${path} was written by a different program; open it with the one that wrote it, or move it away.`,
    );
  }
  if (applied.length > migrations.length) {
    throw new AppError('newer-version', `${path} was written by a newer version of the studio; install that one.`);
  }
  return common;
}
