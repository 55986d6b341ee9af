import { z } from 'zod';

/** Where a few values outlive the program. */
export interface SettingStore {
  readonly get: <T>(key: string, schema: z.ZodType<T>) => T | undefined;
  readonly set: (key: string, value: unknown) => void;
}

const KEY = 'job-rates';
const table = z.record(z.string().max(60), z.number().positive());
/** What the newest job counts beside all before it. */
const NEWEST = 0.5;

/** Seconds a unit of work takes on this machine, by kind of job, as earlier jobs showed. */
export class Rates {
  readonly #store: SettingStore;

  constructor(store: SettingStore) {
    this.#store = store;
  }

  get(kind: string): number | undefined {
    return this.#table()[kind];
  }

  /** Takes note of a job that was done in one go. */
  note(kind: string, units: number, seconds: number): void {
    const rate = seconds / units;
    if (!Number.isFinite(rate) || rate <= 0) return;
    const known = this.get(kind);
    const next = known === undefined ? rate : known + NEWEST * (rate - known);
    this.#store.set(KEY, { ...this.#table(), [kind]: next });
  }

  #table(): Readonly<Record<string, number>> {
    return this.#store.get(KEY, table) ?? {};
  }
}
