import { createHash, randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { AssetId } from '../../../core/document/document.ts';
import { AppError } from '../../../core/errors.ts';
import { isDamage } from '../database/sqlite-error.ts';
import { fileChunks } from './file-chunks.ts';
import { FILE_LIMITS } from './kind.ts';
import { type Mime, mimeOf } from './mime.ts';
import { pause } from './pause.ts';

const CHUNK = FILE_LIMITS.chunk;
/** Names of assets that are not whole. */
const PARTIAL = 'partial:';
/** Chunks that go in one transaction when an asset is erased. */
const ERASED_AT_ONCE = 8;

export interface AssetInfo {
  /** Bytes. */
  readonly size: number;
  readonly mime: Mime;
}

/** Bytes from `start` to `end`, the latter not included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

interface AssetRow {
  readonly key: number;
  readonly size: number;
}

/** The assets of an open project file. Several processes may add to one file at a time. */
export class AssetStore {
  readonly #database: Database;
  readonly #path: string;
  /** Those whose bytes were found to be the ones they are named after. */
  readonly #verified = new Set<AssetId>();
  readonly #statements;

  /** `path` is for messages. */
  constructor(database: Database, path: string) {
    this.#database = database;
    this.#path = path;
    this.#statements = prepare(database);
  }

  has(id: AssetId): boolean {
    return this.#find(id) !== undefined;
  }

  /** Throws 'not-found' for an asset that is not there. */
  info(id: AssetId): AssetInfo {
    const { key, size } = this.#get(id);
    return { size, mime: size === 0 ? 'application/octet-stream' : mimeOf(this.#chunk(id, key, 0)) };
  }

  /** Keeps bytes; those that are there already are not written again. */
  add(bytes: Uint8Array): AssetId {
    const id = createHash('sha256').update(bytes).digest('hex');
    if (this.#touch(id)) return id;
    if (bytes.length <= CHUNK) {
      this.#database
        .transaction(() => {
          if (this.#touch(id)) return;
          const key = this.#insert(id, bytes.length);
          if (bytes.length > 0) this.#statements.insertChunk.run(key, 0, bytes);
        })
        .immediate();
      return id;
    }
    const key = this.#insert(PARTIAL + randomUUID(), 0);
    for (let n = 0; n * CHUNK < bytes.length; n++) {
      this.#statements.insertChunk.run(key, n, bytes.subarray(n * CHUNK, (n + 1) * CHUNK));
    }
    if (!this.#finish(key, id, bytes.length)) this.#statements.remove.run(key);
    return id;
  }

  /** Keeps the bytes of a file, a chunk at a time. Throws 'cancelled' when `signal` is aborted; nothing is kept then. */
  async addFile(path: string, signal?: AbortSignal): Promise<AssetId> {
    const key = this.#insert(PARTIAL + randomUUID(), 0);
    try {
      const hash = createHash('sha256');
      let size = 0;
      let n = 0;
      for await (const chunk of fileChunks(path, CHUNK)) {
        if (signal?.aborted === true) throw new AppError('cancelled', `Reading ${path} was stopped.`);
        hash.update(chunk);
        size += chunk.length;
        this.#statements.insertChunk.run(key, n++, chunk);
      }
      const id = hash.digest('hex');
      if (!this.#finish(key, id, size)) await this.#erase(key);
      return id;
    } catch (error) {
      await this.#erase(key);
      throw error;
    }
  }

  /** Keeps an asset of another store; false, and nothing is kept, when it is damaged there. */
  async addCopy(id: AssetId, from: AssetStore): Promise<boolean> {
    if (this.#touch(id)) return true;
    const key = this.#insert(PARTIAL + randomUUID(), 0);
    try {
      let n = 0;
      let size = 0;
      // The stream ends well only for bytes that are those of the name.
      for await (const chunk of from.stream(id)) {
        this.#statements.insertChunk.run(key, n++, chunk);
        size += chunk.length;
      }
      if (!this.#finish(key, id, size)) await this.#erase(key);
      return true;
    } catch (error) {
      await this.#erase(key);
      if (isDamage(error) || (error instanceof AppError && error.code === 'bad-input')) return false;
      throw error;
    }
  }

  /** All bytes of an asset, checked against its name. */
  read(id: AssetId): Uint8Array<ArrayBuffer> {
    const { key, size } = this.#get(id);
    if (size > FILE_LIMITS.assetInMemory) {
      throw new AppError('failed', `An asset of ${this.#path} is too large to be shown at once; export it to a file.`);
    }
    const chunks: Buffer[] = [];
    for (let n = 0; n * CHUNK < size; n++) chunks.push(this.#chunk(id, key, n));
    const bytes = new Uint8Array(size);
    let offset = 0;
    for (const chunk of chunks) {
      if (offset + chunk.length > size) throw this.#damaged(id);
      bytes.set(chunk, offset);
      offset += chunk.length;
    }
    if (offset !== size || createHash('sha256').update(bytes).digest('hex') !== id) throw this.#damaged(id);
    this.#verified.add(id);
    return bytes;
  }

  /** The bytes of an asset, or those in `range`, piece by piece. Before the first piece all of it is checked, once a session. */
  async *stream(id: AssetId, range?: ByteRange): AsyncGenerator<Uint8Array, void, undefined> {
    const { key, size } = this.#get(id);
    await this.#verify(id, key, size);
    const { start, end } = { start: Math.max(0, range?.start ?? 0), end: Math.min(size, range?.end ?? size) };
    for (let n = Math.floor(start / CHUNK); n * CHUNK < end; n++) {
      const chunk = this.#chunk(id, key, n);
      yield chunk.subarray(Math.max(0, start - n * CHUNK), Math.min(chunk.length, end - n * CHUNK));
      await pause();
    }
  }

  /** All whole assets, and how large they are. */
  *list(): Generator<{ readonly id: AssetId; readonly key: number; readonly size: number }, void, undefined> {
    let after = Number.MIN_SAFE_INTEGER;
    for (;;) {
      const row = this.#statements.next.get(after);
      if (!row) return;
      after = row.key;
      if (/^[0-9a-f]{64}$/.test(row.sha256)) yield { id: row.sha256, key: row.key, size: row.size };
    }
  }

  /** Erases what was added before `olderThan` and is not among `named`; gives the bytes erased. */
  async collect(named: ReadonlySet<AssetId>, olderThan: Date): Promise<number> {
    let erased = 0;
    for (const { key, sha256, size } of this.#statements.old.all(olderThan.getTime())) {
      if (named.has(sha256)) continue;
      // Renamed first: from then on nobody finds it, whenever this process ends. One that was added again meanwhile stays.
      if (this.#statements.hide.run(PARTIAL + randomUUID(), key, olderThan.getTime()).changes === 0) continue;
      this.#verified.delete(sha256);
      await this.#erase(key);
      erased += size;
    }
    return erased;
  }

  #find(id: AssetId): AssetRow | undefined {
    return this.#statements.find.get(id);
  }

  #get(id: AssetId): AssetRow {
    const row = /^[0-9a-f]{64}$/.test(id) ? this.#find(id) : undefined;
    if (!row) {
      throw new AppError('not-found', `${this.#path} lacks a picture, video or scene that it names; make it again.`);
    }
    if (!Number.isSafeInteger(row.size) || row.size < 0) throw this.#damaged(id);
    return row;
  }

  #chunk(id: AssetId, key: number, n: number): Buffer {
    const chunk = this.#statements.chunk.get(CHUNK, key, n);
    if (!Buffer.isBuffer(chunk)) throw this.#damaged(id);
    return chunk;
  }

  async #verify(id: AssetId, key: number, size: number): Promise<void> {
    if (this.#verified.has(id)) return;
    const hash = createHash('sha256');
    let total = 0;
    for (let n = 0; n * CHUNK < size; n++) {
      const chunk = this.#chunk(id, key, n);
      // All but the last are full, which is what lets a range be found.
      if (chunk.length !== Math.min(CHUNK, size - n * CHUNK)) throw this.#damaged(id);
      hash.update(chunk);
      total += chunk.length;
      await pause();
    }
    if (total !== size || hash.digest('hex') !== id) throw this.#damaged(id);
    this.#verified.add(id);
  }

  /** Whether it is there; if so, it counts as just added. */
  #touch(id: AssetId): boolean {
    return this.#statements.touch.run(Date.now(), id).changes > 0;
  }

  #insert(name: string, size: number): number {
    return Number(this.#statements.insert.run(name, size, Date.now()).lastInsertRowid);
  }

  /** Gives an asset its name; false when another process has added the same meanwhile. */
  #finish(key: number, id: AssetId, size: number): boolean {
    return this.#database
      .transaction(() => {
        if (this.#touch(id)) return false;
        if (this.#statements.finish.run(id, size, Date.now(), key).changes === 0) throw this.#damaged(id);
        return true;
      })
      .immediate();
  }

  /** A few chunks a transaction, so that neither windows nor other processes wait long. */
  async #erase(key: number): Promise<void> {
    while (this.#statements.removeChunks.run(key, ERASED_AT_ONCE).changes > 0) await pause();
    this.#statements.remove.run(key);
  }

  #damaged(id: AssetId): AppError {
    return new AppError(
      'bad-input',
      `An asset of ${this.#path} (${id.slice(0, 8)}) is damaged; make or import it again.`,
    );
  }
}

function prepare(database: Database) {
  return {
    find: database.prepare<[string], AssetRow>('SELECT key, size FROM assets WHERE sha256 = ?'),
    // Never more than a chunk, whatever the file claims: a longer one would have to be read before it could be refused.
    chunk: database
      .prepare<[number, number, number]>(
        `SELECT CASE WHEN typeof(data) = 'blob' AND octet_length(data) <= ? THEN data END
         FROM asset_chunks WHERE asset = ? AND n = ?`,
      )
      .pluck(),
    touch: database.prepare<[number, string]>('UPDATE assets SET added = ? WHERE sha256 = ?'),
    insert: database.prepare<[string, number, number]>('INSERT INTO assets (sha256, size, added) VALUES (?, ?, ?)'),
    insertChunk: database.prepare<[number, number, Uint8Array]>(
      'INSERT INTO asset_chunks (asset, n, data) VALUES (?, ?, ?)',
    ),
    finish: database.prepare<[string, number, number, number]>(
      'UPDATE assets SET sha256 = ?, size = ?, added = ? WHERE key = ?',
    ),
    hide: database.prepare<[string, number, number]>('UPDATE assets SET sha256 = ? WHERE key = ? AND added < ?'),
    remove: database.prepare<[number]>('DELETE FROM assets WHERE key = ?'),
    removeChunks: database.prepare<[number, number]>('DELETE FROM asset_chunks WHERE asset = ? LIMIT ?'),
    old: database.prepare<[number], { key: number; sha256: string; size: number }>(
      'SELECT key, sha256, size FROM assets WHERE added < ?',
    ),
    next: database.prepare<[number], { key: number; sha256: string; size: number }>(
      'SELECT key, sha256, size FROM assets WHERE key > ? ORDER BY key LIMIT 1',
    ),
  };
}
