import type { Database } from 'better-sqlite3';
import type { Stage } from '../project-file/record-store.ts';
import { searchQuery, searchSigns } from './search-words.ts';

/** What the library keeps of a project besides its file. */
export interface ProjectRow {
  readonly id: string;
  readonly path: string;
  /** Where the file was before it went to the trash. */
  readonly home: string | null;
  readonly name: string;
  readonly tags: readonly string[];
  /** Names of the pictures and motions it was made from, for the search. */
  readonly sources: string;
  /** ISO 8601 */
  readonly created: string;
  readonly modified: string;
  /** When it was last opened; null: never. */
  readonly opened: string | null;
  readonly stage: Stage;
  readonly size: number;
  readonly thumbnails: number;
  readonly trashed: boolean;
}

export interface ProjectQuery {
  readonly search: string;
  readonly tag: string | null;
  readonly trashed: boolean;
  readonly sort: 'modified' | 'name' | 'created';
}

interface StoredRow extends Omit<ProjectRow, 'tags' | 'trashed'> {
  readonly tags: string;
  readonly trashed: number;
}

const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** The projects that the library knows. */
export class ProjectTable {
  readonly #database: Database;
  readonly #statements;
  readonly #onWrite: () => void;

  /** `onWrite` is told of every commit. */
  constructor(database: Database, onWrite: () => void) {
    this.#database = database;
    this.#statements = prepare(database);
    this.#onWrite = onWrite;
  }

  list({ search, tag, trashed, sort }: ProjectQuery): readonly ProjectRow[] {
    const query = searchQuery(search);
    const flag = Number(trashed);
    const rows = (query === undefined ? this.#statements.all.all(flag) : this.#statements.search.all(query, flag)).map(
      rowOf,
    );
    const signs = searchSigns(search);
    const wanted = rows.filter(
      (row) =>
        (tag === null || row.tags.includes(tag)) &&
        signs.every((sign) => `${row.name} ${row.tags.join(' ')}`.includes(sign)),
    );
    return sort === 'name'
      ? wanted.sort((a, b) => byName.compare(a.name, b.name))
      : wanted.sort((a, b) => (a[sort] < b[sort] ? 1 : a[sort] > b[sort] ? -1 : byName.compare(a.name, b.name)));
  }

  get(id: string): ProjectRow | undefined {
    const row = this.#statements.get.get(id);
    return row && rowOf(row);
  }

  atPath(path: string): ProjectRow | undefined {
    const row = this.#statements.atPath.get(path);
    return row && rowOf(row);
  }

  /** Adds a project or replaces what is known of it. A row of another project at the same path goes: its file is no more. */
  put(row: ProjectRow): void {
    this.#database
      .transaction(() => {
        this.#statements.removeOther.run(row.path, row.id);
        this.#statements.put.run({ ...row, tags: JSON.stringify(row.tags), trashed: Number(row.trashed) });
        const key = this.#key(row.id);
        this.#statements.removeWords.run(key);
        this.#statements.putWords.run(key, row.name, row.tags.join(' '), row.sources);
      })
      .immediate();
    this.#onWrite();
  }

  remove(id: string): void {
    this.#database
      .transaction(() => {
        const key = this.#key(id);
        this.#statements.removeWords.run(key);
        this.#statements.remove.run(key);
      })
      .immediate();
    this.#onWrite();
  }

  /** Tags of the projects that are not in the trash, the most used first. */
  tags(): readonly { readonly tag: string; readonly projects: number }[] {
    return this.#statements.tags.all();
  }

  /** The projects that were opened last, newest first. */
  recent(count: number): readonly ProjectRow[] {
    return this.#statements.recent.all(count).map(rowOf);
  }

  /** No project counts as opened any more. */
  clearRecent(): void {
    this.#statements.clearRecent.run();
    this.#onWrite();
  }

  setThumbnail(id: string, index: number, picture: Uint8Array): void {
    this.#statements.putThumbnail.run(index, picture, id);
    this.#onWrite();
  }

  thumbnail(id: string, index: number): Uint8Array | undefined {
    return this.#statements.thumbnail.get(id, index);
  }

  #key(id: string): number {
    return this.#statements.key.get(id) ?? -1;
  }
}

const COLUMNS = 'id, path, home, name, tags, sources, created, modified, opened, stage, size, thumbnails, trashed';

function prepare(database: Database) {
  return {
    all: database.prepare<[number], StoredRow>(`SELECT ${COLUMNS} FROM projects WHERE trashed = ?`),
    search: database.prepare<[string, number], StoredRow>(
      `SELECT ${COLUMNS} FROM projects WHERE key IN (SELECT rowid FROM words WHERE words MATCH ?) AND trashed = ?`,
    ),
    get: database.prepare<[string], StoredRow>(`SELECT ${COLUMNS} FROM projects WHERE id = ?`),
    atPath: database.prepare<[string], StoredRow>(`SELECT ${COLUMNS} FROM projects WHERE path = ?`),
    key: database.prepare<[string], number>('SELECT key FROM projects WHERE id = ?').pluck(),
    put: database.prepare(
      `INSERT INTO projects (id, path, home, name, tags, sources, created, modified, opened, stage, size, thumbnails, trashed)
       VALUES (@id, @path, @home, @name, @tags, @sources, @created, @modified, @opened, @stage, @size, @thumbnails, @trashed)
       ON CONFLICT (id) DO UPDATE SET path = excluded.path, home = excluded.home, name = excluded.name, tags = excluded.tags,
         sources = excluded.sources, modified = excluded.modified, opened = excluded.opened, stage = excluded.stage,
         size = excluded.size, thumbnails = excluded.thumbnails, trashed = excluded.trashed`,
    ),
    removeOther: database.prepare<[string, string]>('DELETE FROM projects WHERE path = ? AND id <> ?'),
    remove: database.prepare<[number]>('DELETE FROM projects WHERE key = ?'),
    putWords: database.prepare<[number, string, string, string]>(
      'INSERT INTO words (rowid, name, tags, sources) VALUES (?, ?, ?, ?)',
    ),
    removeWords: database.prepare<[number]>('DELETE FROM words WHERE rowid = ?'),
    tags: database.prepare<[], { tag: string; projects: number }>(
      `SELECT value AS tag, count(*) AS projects FROM projects, json_each(projects.tags) WHERE trashed = 0
       GROUP BY value ORDER BY count(*) DESC, value`,
    ),
    recent: database.prepare<[number], StoredRow>(
      `SELECT ${COLUMNS} FROM projects WHERE trashed = 0 AND opened IS NOT NULL ORDER BY opened DESC LIMIT ?`,
    ),
    clearRecent: database.prepare('UPDATE projects SET opened = NULL WHERE opened IS NOT NULL'),
    putThumbnail: database.prepare<[number, Uint8Array, string]>(
      `INSERT INTO thumbnails (project, n, picture) SELECT key, ?, ? FROM projects WHERE id = ?
       ON CONFLICT (project, n) DO UPDATE SET picture = excluded.picture`,
    ),
    thumbnail: database
      .prepare<[string, number], Buffer>(
        'SELECT picture FROM thumbnails JOIN projects ON key = project WHERE id = ? AND n = ?',
      )
      .pluck(),
  };
}

const rowOf = ({ tags, trashed, ...row }: StoredRow): ProjectRow => ({
  ...row,
  tags: JSON.parse(tags) as string[],
  trashed: trashed !== 0,
});
