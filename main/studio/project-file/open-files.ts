import { statSync } from 'node:fs';

/**
 * The databases that this process has open, whatever name leads to them. On POSIX, a process that opens and closes such a file
 * by any other way loses SQLite's locks on it.
 */
class OpenFiles {
  readonly #counts = new Map<string, number>();

  add(path: string): void {
    const key = keyOf(path);
    if (key !== undefined) this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** To be called while the file is still where it was. */
  remove(path: string): void {
    const key = keyOf(path);
    if (key === undefined) return;
    const count = (this.#counts.get(key) ?? 1) - 1;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
  }

  has(path: string): boolean {
    const key = keyOf(path);
    return key !== undefined && this.#counts.has(key);
  }
}

function keyOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

export const openFiles = new OpenFiles();
