import SqliteDatabase, { type Database } from 'better-sqlite3';
import { type Migration, migrate } from './migrations.ts';

/** More objects than any database of ours has. */
const MOST_OBJECTS = 200;

/** Everything that a database's schema holds, in a text that can be compared. */
export function schemaText(database: Database): string {
  const rows = database
    .prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name LIMIT ?')
    .raw()
    .all(MOST_OBJECTS);
  return JSON.stringify(rows);
}

const expected = new Map<string, string>();

/** The schema of a database that has exactly these migrations. */
export function expectedSchema(migrations: readonly Migration[]): string {
  const key = JSON.stringify(migrations);
  const known = expected.get(key);
  if (known !== undefined) return known;
  const database = new SqliteDatabase(':memory:');
  try {
    migrate(database, migrations, 'The schema');
    const text = schemaText(database);
    expected.set(key, text);
    return text;
  } finally {
    database.close();
  }
}
