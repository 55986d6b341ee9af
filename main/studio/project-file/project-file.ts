import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Database } from 'better-sqlite3';
import { type AssetId, type DocumentDiff, newDocument } from '../../../core/document/document.ts';
import { packChange, type PackedChange } from '../../../core/document/packed-pose.ts';
import { AppError } from '../../../core/errors.ts';
import { atomicFile, writeError } from '../../../native/files/atomic.ts';
import { projectId } from '../../../preload/contract/ids.ts';
import { openDatabase } from '../database/open-database.ts';
import { sqliteError, tellingPath } from '../database/sqlite-error.ts';
import { WalFlusher } from '../database/wal-flusher.ts';
import { type AssetInfo, AssetStore, type ByteRange } from './asset-store.ts';
import { isSound } from './check-damage.ts';
import { copyContents } from './copy-contents.ts';
import { examineFile, statusOf } from './examine-file.ts';
import { PROJECT_FILE } from './kind.ts';
import { namedAssets } from './named-assets.ts';
import { fileKey, openFiles } from './open-files.ts';
import { pause } from './pause.ts';
import { type Outline, type ReadRecords, RecordStore } from './record-store.ts';
import { ThumbnailStore } from './thumbnail-store.ts';

const SAVE_PATIENCE_MS = 5000;
/** Pages that are given back to the disk at a time. */
const PAGES_AT_ONCE = 2000;

/**
 * One project: one SQLite file with everything in it, `.cshot`. What a call has written is safe from a crash of the
 * program when it returns, and from a power cut a second later. While the file is open, a part of it may lie in
 * `-wal` beside it; after `save` or `close` it is whole in itself, unless another process has it open, too.
 *
 * Any file may be opened: it is opened in place, looked at first (`examineFile`), held against our schema (`openDatabase`)
 * and checked for damage. A damaged one is read as far as possible and never written; `copyTo` makes a sound one of it.
 * All errors are `AppError`s that name the file.
 */
export class ProjectFile {
  readonly path: string;
  readonly id: string;
  /** Its small tables are not as they should be: it is only read. */
  readonly damaged: boolean;
  readonly #database: Database;
  readonly #records: RecordStore;
  readonly #assets: AssetStore;
  readonly #thumbnails: ThumbnailStore;
  readonly #flusher: WalFlusher;
  readonly #key: string;
  #closed = false;

  private constructor(path: string, database: Database) {
    this.path = path;
    this.#database = database;
    this.damaged = !isSound(database);
    this.id = idIn(database, path);
    this.#records = new RecordStore(database);
    this.#assets = new AssetStore(database, path);
    this.#thumbnails = new ThumbnailStore(database);
    this.#flusher = new WalFlusher(path);
    this.#key = fileKey(path);
    openFiles.add(this.#key);
  }

  /** Makes a new project at a path where nothing is, with the folders above it. */
  static create(path: string, name: string): ProjectFile {
    const whole = resolve(path);
    if (statusOf(whole)) throw new AppError('unwritable', `${whole} is there already; choose another name.`);
    const temporary = temporaryBeside(whole);
    try {
      mkdirSync(dirname(whole), { recursive: true });
      const database = openDatabase(temporary, PROJECT_FILE, { create: true });
      try {
        writeMeta(database, randomUUID());
        new RecordStore(database).apply(
          packChange({ added: [...newDocument(name).values()], updated: [], removed: [] }),
        );
      } finally {
        database.close();
      }
      flush(temporary);
      renameSync(temporary, whole);
    } catch (error) {
      removeDatabase(temporary);
      throw writeError(whole, namedAs(whole, temporary, sqliteError(whole, error)));
    }
    return ProjectFile.open(whole);
  }

  static open(path: string): ProjectFile {
    const whole = resolve(path);
    examineFile(whole);
    const database = openDatabase(whole, PROJECT_FILE, { create: false });
    try {
      return tellingPath(whole, () => new ProjectFile(whole, database));
    } catch (error) {
      database.close();
      throw error;
    }
  }

  get fileName(): string {
    return basename(this.path);
  }

  /** The document, checked record by record. */
  records(): ReadRecords {
    return this.#do(() => {
      const { document, warnings } = this.#records.read();
      const missing = [...namedAssets(document.values())].filter((id) => !this.#assets.has(id)).length;
      return {
        document,
        warnings: [
          ...(this.damaged ? [`${this.fileName} is damaged and is only read; save it as a new file to go on.`] : []),
          ...warnings,
          ...(missing > 0 ? [`${missing} pictures, videos or scenes that the project names are not in its file.`] : []),
        ],
      };
    });
  }

  /** What the library shows of the document. */
  outline(): Outline {
    return this.#do(() => this.#records.outline());
  }

  /** Writes a change, all of it or nothing; refuses records that do not fit the document's schema. */
  apply(diff: DocumentDiff): void {
    this.put(packChange(diff));
  }

  /** As `apply`, for a change that comes packed. */
  put(change: PackedChange): void {
    this.#write(() => {
      this.#records.apply(change);
    });
  }

  hasAsset(id: AssetId): boolean {
    return this.#do(() => this.#assets.has(id));
  }

  assetInfo(id: AssetId): AssetInfo {
    return this.#do(() => this.#assets.info(id));
  }

  /** All bytes of an asset, checked against its name. */
  asset(id: AssetId): Uint8Array<ArrayBuffer> {
    return this.#do(() => this.#assets.read(id));
  }

  /** Keeps bytes. A record should name them within a day: see `collectGarbage`. */
  addAsset(bytes: Uint8Array): AssetId {
    return this.#write(() => this.#assets.add(bytes));
  }

  /** Keeps the bytes of a file of any size. */
  addAssetFile(path: string, signal?: AbortSignal): Promise<AssetId> {
    return this.#writeSlowly(() => this.#assets.addFile(resolve(path), signal));
  }

  /** The bytes of an asset, or those in `range`, in pieces of at most 1 MB. */
  async *readAsset(id: AssetId, range?: ByteRange): AsyncGenerator<Uint8Array, void, undefined> {
    this.#checkOpen();
    try {
      yield* this.#assets.stream(id, range);
    } catch (error) {
      throw sqliteError(this.path, error);
    }
  }

  /** Writes an asset to a file, whole or not at all. */
  async writeAssetTo(id: AssetId, path: string): Promise<void> {
    if (openFiles.has(path)) throw new AppError('unwritable', `${path} is an open project; choose another name.`);
    await atomicFile(resolve(path), async (temporary) => {
      const file = await open(temporary, 'wx');
      try {
        for await (const chunk of this.readAsset(id)) await file.writeFile(chunk);
      } finally {
        await file.close();
      }
    });
  }

  /** Keeps frame `index` of the moving thumbnail: a PNG or WebP of at most 512 x 512. */
  setThumbnail(index: number, picture: Uint8Array): void {
    this.#write(() => {
      this.#thumbnails.set(index, picture);
    });
  }

  thumbnail(index: number): Uint8Array | undefined {
    return this.#do(() => this.#thumbnails.get(index));
  }

  /** How many frames the moving thumbnail has, from 0 and without a gap. */
  thumbnails(): number {
    return this.#do(() => this.#thumbnails.count());
  }

  /** Bytes of the file as it would be copied. */
  size(): number {
    return statSync(this.path).size;
  }

  /**
   * Folds everything into the one file. Only pages that changed are written. Where another process keeps it from that for
   * seconds, it throws; nothing is lost then: what is not yet in the file is in the log beside it.
   */
  async save(): Promise<void> {
    if (this.damaged) return;
    const until = performance.now() + SAVE_PATIENCE_MS;
    while (!this.#fold()) {
      // SQLite itself does not wait where another process is folding in at the moment.
      await delay(20);
      if (performance.now() > until) {
        throw new AppError('failed', `${this.path} is being read by a job or a copy; save again when that is done.`);
      }
    }
  }

  /**
   * Writes a copy, whole or not at all, as it is at this moment; `newId` makes it a project of its own. Of a damaged file,
   * what can be read is copied. Gives a sentence for what was left out.
   */
  async copyTo(path: string, { newId = false }: { readonly newId?: boolean } = {}): Promise<readonly string[]> {
    const target = resolve(path);
    this.#checkOpen();
    if (openFiles.has(target)) {
      throw new AppError('unwritable', `${target} is an open project; close it or choose another name.`);
    }
    const id = newId ? randomUUID() : this.id;
    let warnings: readonly string[] = [];
    try {
      await atomicFile(target, async (temporary) => {
        try {
          warnings = await this.#copyInto(temporary, id);
        } catch (error) {
          removeDatabase(temporary);
          throw namedAs(target, temporary, error);
        }
        // The log of a file that was here before would be taken for one of the new file.
        for (const ending of ['-wal', '-shm', '-journal']) rmSync(target + ending, { force: true });
      });
    } catch (error) {
      throw sqliteError(target, error);
    }
    return warnings;
  }

  /** Makes this file a project of its own, apart from the one it is a copy of. The file must be opened anew to see its id. */
  renewId(): string {
    const id = randomUUID();
    this.#write(() => {
      writeMeta(this.#database, id);
    });
    return id;
  }

  /**
   * Erases assets that no record names and that were added before `olderThan`: not younger ones, since jobs add assets
   * before a record names them. Gives the bytes erased; the file shrinks by about as much.
   */
  collectGarbage(olderThan: Date): Promise<number> {
    return this.#writeSlowly(async () => {
      const { document, warnings } = this.#records.read();
      // A record that cannot be read may name any of them.
      if (warnings.length > 0) return 0;
      const erased = await this.#assets.collect(namedAssets(document.values()), olderThan);
      while (!this.#closed && this.#freePages() > 0) {
        this.#database.pragma(`incremental_vacuum(${PAGES_AT_ONCE})`);
        await pause();
      }
      return erased;
    });
  }

  /** Folds everything into the one file, unless another process has it open, and lets go of it. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#flusher.stop();
    openFiles.remove(this.#key);
    this.#database.close();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Whether all is in the one file. */
  #fold(): boolean {
    this.#flusher.stop();
    const [row] = this.#do(() => this.#database.pragma('wal_checkpoint(TRUNCATE)')) as [{ busy: number }];
    return row.busy === 0;
  }

  #freePages(): number {
    return Number(this.#database.pragma('freelist_count', { simple: true }));
  }

  async #copyInto(temporary: string, id: string): Promise<readonly string[]> {
    const target = openDatabase(temporary, PROJECT_FILE, { create: true });
    try {
      // Nobody looks at this file before it is whole and flushed; so nothing is written twice and nothing waits for the disk.
      target.pragma('journal_mode = MEMORY');
      target.pragma('synchronous = OFF');
      writeMeta(target, id);
      // A connection of its own keeps the view of this moment while changes go on. A file that is no longer at its path can
      // only be read through the one there is, and takes no changes.
      const source = this.#isGone() ? this.#database : openDatabase(this.path, PROJECT_FILE, { create: false });
      try {
        const warnings = await copyContents(source, target, this.path);
        target.pragma('journal_mode = WAL');
        return warnings;
      } finally {
        if (source !== this.#database) source.close();
      }
    } finally {
      target.close();
    }
  }

  #do<T>(use: () => T): T {
    this.#checkOpen();
    return tellingPath(this.path, use);
  }

  #write<T>(use: () => T): T {
    this.#checkWritable();
    const result = this.#do(use);
    this.#flusher.note();
    return result;
  }

  async #writeSlowly<T>(use: () => Promise<T>): Promise<T> {
    this.#checkOpen();
    this.#checkWritable();
    try {
      return await use();
    } catch (error) {
      // Closed half-way: whatever broke for it did so because the user left.
      if (this.#closed) throw new AppError('cancelled', `${this.path} was closed.`, error);
      throw sqliteError(this.path, error);
    } finally {
      if (!this.#closed) this.#flusher.note();
    }
  }

  #checkOpen(): void {
    if (this.#closed) throw new AppError('failed', `${this.path} is closed; open the project again.`);
  }

  #checkWritable(): void {
    if (this.damaged) {
      throw new AppError('unwritable', `${this.path} is damaged and is only read; save it as a new file to go on.`);
    }
    // Otherwise changes would go on into a file that nobody finds again.
    if (this.#isGone()) {
      throw new AppError('unwritable', `${this.path} was moved or erased meanwhile; save the project as a new file.`);
    }
  }

  #isGone(): boolean {
    return fileKey(this.path) !== this.#key;
  }
}

function writeMeta(database: Database, id: string): void {
  const put = database.prepare(
    'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  put.run('id', id);
}

function idIn(database: Database, path: string): string {
  const value = database.prepare("SELECT value FROM meta WHERE key = 'id' AND octet_length(value) < 100").pluck().get();
  const { data } = projectId.safeParse(value);
  if (data === undefined)
    throw new AppError('bad-input', `${path} is damaged; go on with a copy of it, if you have one.`);
  return data;
}

/** Users know the file by the name that it was to have. */
const namedAs = (path: string, temporary: string, error: unknown): unknown =>
  error instanceof AppError ? new AppError(error.code, error.message.replaceAll(temporary, path), error) : error;

const temporaryBeside = (path: string): string =>
  join(dirname(path), `.${basename(path)}.${randomUUID().slice(0, 8)}.partial`);

function flush(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function removeDatabase(path: string): void {
  for (const ending of ['', '-wal', '-shm', '-journal']) rmSync(path + ending, { force: true });
}
