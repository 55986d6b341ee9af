import { statSync } from 'node:fs';

/**
 * The databases that this process has open, whatever name leads to them. On POSIX, a process that opens and closes such a file
 * by any other way loses SQLite's locks on it.
 */
class OpenFiles {
  readonly #counts = new Map<string, number>();

  /** `key`: the file's `fileKey`, kept by the caller, since the file may be moved before it is closed. */
  add(key: string): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  remove(key: string): void {
    const count = (this.#counts.get(key) ?? 1) - 1;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
  }

  has(path: string): boolean {
    return this.#counts.has(fileKey(path));
  }
}

/** What tells the file at a path from all others, also after it was moved; empty where there is none. */
export function fileKey(path: string): string {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return '';
  }
}

export const openFiles = new OpenFiles();
