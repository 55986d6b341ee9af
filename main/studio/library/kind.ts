import type { DatabaseKind } from '../database/open-database.ts';

/** The schema of the library, step by step; see `Migration`. */
const MIGRATIONS = [
  {
    name: '001-library',
    sql: `
      -- path: where the file is; home: where it was before it went to the trash. Times are ISO 8601, tags a JSON list.
      CREATE TABLE projects (
        key INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        path TEXT NOT NULL UNIQUE,
        home TEXT,
        name TEXT NOT NULL,
        tags TEXT NOT NULL DEFAULT '[]',
        sources TEXT NOT NULL DEFAULT '',
        created TEXT NOT NULL,
        modified TEXT NOT NULL,
        opened TEXT,
        stage TEXT NOT NULL,
        size INTEGER NOT NULL,
        thumbnails INTEGER NOT NULL,
        trashed INTEGER NOT NULL DEFAULT 0
      ) STRICT;
      CREATE VIRTUAL TABLE words USING fts5 (
        name, tags, sources, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
      );

      -- Copies of the files' thumbnails, so that the library shows projects without opening them.
      CREATE TABLE thumbnails (
        project INTEGER NOT NULL REFERENCES projects (key) ON DELETE CASCADE,
        n INTEGER NOT NULL,
        picture BLOB NOT NULL,
        UNIQUE (project, n)
      ) STRICT;

      CREATE TABLE models (
        id TEXT PRIMARY KEY, folder TEXT NOT NULL UNIQUE, name TEXT NOT NULL, kind TEXT NOT NULL, size INTEGER NOT NULL,
        "check" TEXT
      ) STRICT;

      -- json: the job; place: its place in the list.
      CREATE TABLE jobs (
        id TEXT PRIMARY KEY, project TEXT, state TEXT NOT NULL, place REAL NOT NULL, json TEXT NOT NULL
      ) STRICT;
      CREATE TABLE job_log (
        n INTEGER PRIMARY KEY,
        job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
        at TEXT NOT NULL,
        level TEXT NOT NULL,
        text TEXT NOT NULL
      ) STRICT;
      CREATE INDEX job_log_of ON job_log (job, n);

      CREATE TABLE settings (key TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;
    `,
  },
] as const;

export const LIBRARY: DatabaseKind = {
  noun: 'library',
  // "cshL"
  applicationId: 0x6373684c,
  migrations: MIGRATIONS,
  untrusted: false,
};
