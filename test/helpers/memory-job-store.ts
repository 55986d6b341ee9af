import type { LogLine } from '../../preload/contract/jobs.ts';
import type { JobStore, StoredJob } from '../../main/studio/jobs/job-store.ts';

/** Jobs that outlive a queue, not the test. */
export class MemoryJobStore implements JobStore {
  readonly #jobs = new Map<string, StoredJob>();
  readonly #logs = new Map<string, LogLine[]>();

  readonly load = (): readonly StoredJob[] => [...this.#jobs.values()];

  readonly put = (stored: StoredJob): void => {
    this.#jobs.set(stored.job.id, structuredClone(stored));
  };

  readonly together = (work: () => void): void => {
    work();
  };

  readonly remove = (id: string): void => {
    this.#jobs.delete(id);
    this.#logs.delete(id);
  };

  readonly addLog = (id: string, line: LogLine): void => {
    this.#logs.set(id, [...(this.#logs.get(id) ?? []), line]);
  };

  readonly log = (id: string): readonly LogLine[] => this.#logs.get(id) ?? [];
}
