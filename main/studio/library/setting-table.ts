import type { Database } from 'better-sqlite3';
import type { z } from 'zod';

/** Values by name that outlive the program. */
export class SettingTable {
  readonly #get;
  readonly #put;
  readonly #onWrite: () => void;

  /** `onWrite` is told of every commit. */
  constructor(database: Database, onWrite: () => void) {
    this.#get = database.prepare<[string], string>('SELECT json FROM settings WHERE key = ?').pluck();
    this.#put = database.prepare<[string, string]>(
      'INSERT INTO settings (key, json) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET json = excluded.json',
    );
    this.#onWrite = onWrite;
  }

  /** Undefined where nothing was kept, or where it is no longer what `schema` asks for. */
  get<T>(key: string, schema: z.ZodType<T>): T | undefined {
    const json = this.#get.get(key);
    if (json === undefined) return undefined;
    try {
      return schema.safeParse(JSON.parse(json)).data;
    } catch {
      return undefined;
    }
  }

  /** `value` is anything that JSON can say. */
  set(key: string, value: unknown): void {
    this.#put.run(key, JSON.stringify(value));
    this.#onWrite();
  }
}
