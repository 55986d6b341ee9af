import type { Database } from 'better-sqlite3';
import { isDamage } from '../database/sqlite-error.ts';
import { FILE_LIMITS } from './kind.ts';

/** More than any project has: 64 views x 1000 frames, twice. */
const MOST_ASSETS = 200_000;

/**
 * Whether the small tables of a project file are sound: whole trees, types as declared. The chunks of assets are
 * not walked, which would mean reading all of the file; each asset is checked against its SHA-256 when it is read.
 */
export function isSound(database: Database): boolean {
  try {
    return (
      isOfUsualSize(database) && ['meta', 'records', 'thumbnails', 'assets'].every((table) => isWhole(database, table))
    );
  } catch (error) {
    if (isDamage(error)) return false;
    throw error;
  }
}

const isWhole = (database: Database, table: string): boolean =>
  database.pragma(`quick_check(${table})`, { simple: true }) === 'ok';

/** What bounds the time that walking the tables takes. */
function isOfUsualSize(database: Database): boolean {
  const within = (table: string, column: string, rows: number, bytes: number): boolean => {
    const { count, largest } = database
      .prepare<[number], { count: number; largest: number | null }>(
        `SELECT count(*) AS count, max(octet_length(${column})) AS largest FROM (SELECT ${column} FROM ${table} LIMIT ?)`,
      )
      .get(rows + 1) ?? { count: 0, largest: 0 };
    return count <= rows && (largest ?? 0) <= bytes;
  };
  return (
    within('meta', 'value', 100, 1000) &&
    within('records', 'json', FILE_LIMITS.records, FILE_LIMITS.recordJson * 3) &&
    within('thumbnails', 'picture', FILE_LIMITS.thumbnails * 4, FILE_LIMITS.thumbnail) &&
    within('assets', 'sha256', MOST_ASSETS, 200)
  );
}
