import { open } from 'node:fs/promises';

/** How long a commit may wait before it is on the disk, ms. */
const DELAY_MS = 800;

/**
 * Brings a database's write-ahead log to the disk soon after a commit, without making the commit wait for the disk: what a
 * power cut takes is at most the last second. The log's frames carry checksums, so that half a log is a shorter log.
 * Only the log is opened here: closing a second handle of the database itself would drop SQLite's locks on it.
 */
export class WalFlusher {
  readonly #log: string;
  #timer: NodeJS.Timeout | undefined;

  /** `path`: the database's. */
  constructor(path: string) {
    this.#log = `${path}-wal`;
  }

  /** There was a commit. */
  note(): void {
    if (this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#flush();
    }, DELAY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #flush(): Promise<void> {
    try {
      const file = await open(this.#log, 'r+');
      try {
        await file.datasync();
      } finally {
        await file.close();
      }
    } catch {
      // The log is gone when the database was closed meanwhile, which has brought everything to the disk.
    }
  }
}
