import type { DatabaseKind } from '../database/open-database.ts';

/** The schema of project files, step by step; see `Migration`. */
const MIGRATIONS = [
  {
    name: '001-project',
    sql: `
      -- id, created
      CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

      -- The document: one row a record.
      CREATE TABLE records (id TEXT PRIMARY KEY, type TEXT NOT NULL, json TEXT NOT NULL) STRICT;

      -- Large things by what they hold. While one is being written, and before one is erased, it has a name that is no
      -- SHA-256, so that nobody finds half of it. added: milliseconds since 1970.
      CREATE TABLE assets (
        key INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, added INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE asset_chunks (
        asset INTEGER NOT NULL REFERENCES assets (key) ON DELETE CASCADE,
        n INTEGER NOT NULL,
        data BLOB NOT NULL,
        UNIQUE (asset, n)
      ) STRICT;

      -- The frames of a turn, small, for the library.
      CREATE TABLE thumbnails (n INTEGER PRIMARY KEY, picture BLOB NOT NULL) STRICT;
    `,
  },
  {
    name: '002-numbers',
    // The numbers of a pose, 64 bits each, little-endian: the JSON then says how many there are in each of its lists.
    sql: 'ALTER TABLE records ADD COLUMN numbers BLOB',
  },
] as const;

export const PROJECT_FILE: DatabaseKind = {
  noun: 'project file',
  // "cshT"
  applicationId: 0x63736854,
  migrations: MIGRATIONS,
  untrusted: true,
};

export const PROJECT_EXTENSION = '.cshot';

/** What a project file may hold; whatever goes beyond is left out with a warning, or refused when it is to be written. */
export const FILE_LIMITS = {
  records: 1200,
  /** Characters of one record as JSON: a clip of 64 views x 1000 frames takes about 4.5 million. */
  recordJson: 8_000_000,
  /** Bytes: the lists of a pose of 133 points. */
  recordNumbers: 133 * 11 * 8,
  documentJson: 48_000_000,
  thumbnails: 24,
  /** Bytes. */
  thumbnail: 1 << 20,
  /** Bytes of a row of `asset_chunks`: small, since a writer keeps others waiting for a few, and since a range reads whole ones. */
  chunk: 1 << 20,
  /** Bytes of an asset that is wanted in memory as a whole. */
  assetInMemory: 2 ** 31 - 1,
} as const;
