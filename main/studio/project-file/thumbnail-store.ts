import type { Database } from 'better-sqlite3';
import { AppError } from '../../../core/errors.ts';
import { FILE_LIMITS } from './kind.ts';
import { pictureSize } from './picture-size.ts';

/** Pixels. */
const LARGEST_SIDE = 512;

/** The small pictures of an open project file: frames of a turn. */
export class ThumbnailStore {
  readonly #statements;

  constructor(database: Database) {
    this.#statements = {
      put: database.prepare<[number, Uint8Array]>(
        'INSERT INTO thumbnails (n, picture) VALUES (?, ?) ON CONFLICT (n) DO UPDATE SET picture = excluded.picture',
      ),
      get: database
        .prepare<[number, number]>(
          "SELECT CASE WHEN typeof(picture) = 'blob' AND octet_length(picture) <= ? THEN picture END FROM thumbnails WHERE n = ?",
        )
        .pluck(),
      indices: database.prepare<[number], number>('SELECT n FROM thumbnails WHERE n >= 0 AND n < ? ORDER BY n').pluck(),
    };
  }

  set(index: number, picture: Uint8Array): void {
    checkThumbnail(index, picture);
    this.#statements.put.run(index, picture);
  }

  /** Undefined where there is none that can be shown. */
  get(index: number): Uint8Array | undefined {
    const picture = this.#statements.get.get(FILE_LIMITS.thumbnail, index);
    return Buffer.isBuffer(picture) && isThumbnail(picture) ? picture : undefined;
  }

  /** How many there are without a gap, from 0. */
  count(): number {
    const indices = this.#statements.indices.all(FILE_LIMITS.thumbnails);
    const gap = indices.findIndex((n, place) => n !== place);
    return gap < 0 ? indices.length : gap;
  }
}

/** Throws where a small picture is not what a thumbnail is. */
export function checkThumbnail(index: number, picture: Uint8Array): void {
  if (!Number.isInteger(index) || index < 0 || index >= FILE_LIMITS.thumbnails) {
    throw new AppError('bad-input', `A thumbnail has frames 0 to ${FILE_LIMITS.thumbnails - 1}, not ${index}.`);
  }
  if (!isThumbnail(picture)) {
    throw new AppError(
      'bad-input',
      `A thumbnail is a PNG or WebP picture of at most ${LARGEST_SIDE} x ${LARGEST_SIDE} pixels and 1 MB.`,
    );
  }
}

function isThumbnail(picture: Uint8Array): boolean {
  if (picture.length > FILE_LIMITS.thumbnail) return false;
  const size = pictureSize(picture);
  return size !== undefined && Math.max(size.width, size.height) <= LARGEST_SIDE;
}
