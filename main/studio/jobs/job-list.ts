import { AppError } from '../../../core/errors.ts';
import type { JobState } from '../../../preload/contract/jobs.ts';
import type { JobStore, StoredJob } from './job-store.ts';

export const ENDED: ReadonlySet<JobState> = new Set(['done', 'failed', 'cancelled']);

/** The jobs and the order they are in, in memory as on the disk. */
export class JobList {
  readonly #store: JobStore;
  readonly #jobs = new Map<string, StoredJob>();

  constructor(store: JobStore) {
    this.#store = store;
    for (const stored of store.load()) this.#jobs.set(stored.job.id, stored);
  }

  find(id: string): StoredJob | undefined {
    return this.#jobs.get(id);
  }

  /** Throws 'not-found'. */
  get(id: string): StoredJob {
    const stored = this.#jobs.get(id);
    if (stored) return stored;
    throw new AppError('not-found', 'That job is no longer on the list.');
  }

  put(stored: StoredJob): void {
    this.#jobs.set(stored.job.id, stored);
    this.#store.put(stored);
  }

  together(work: () => void): void {
    this.#store.together(work);
  }

  remove(id: string): void {
    this.#jobs.delete(id);
    this.#store.remove(id);
  }

  ordered(): readonly StoredJob[] {
    return [...this.#jobs.values()].sort((a, b) => a.order - b.order);
  }

  /** The first job that may start. */
  next(): StoredJob | undefined {
    return this.ordered().find(({ job, after }) => job.state === 'waiting' && this.#isDone(after));
  }

  /** Jobs that have not ended and wait for this one. */
  waitingFor(id: string): readonly StoredJob[] {
    return this.ordered().filter(({ job, after }) => after === id && !ENDED.has(job.state));
  }

  /** Jobs that wait for one that will never be done. */
  stranded(): readonly StoredJob[] {
    const isLost = (id: string | null): boolean => {
      const state = id === null ? undefined : this.#jobs.get(id)?.job.state;
      return state === 'failed' || state === 'cancelled';
    };
    return this.ordered().filter(({ job, after }) => !ENDED.has(job.state) && isLost(after));
  }

  /** The waiting jobs that get another number when one of them moves to a place, from 0, among them. */
  moved(id: string, place: number): readonly StoredJob[] {
    const waiting = this.ordered().filter(({ job }) => job.state === 'waiting');
    const orders = waiting.map(({ order }) => order);
    const moving = waiting.filter(({ job }) => job.id !== id);
    moving.splice(place, 0, this.get(id));
    return moving
      .map((stored, index) => ({ ...stored, order: orders[index] ?? 0 }))
      .filter(({ job, order }) => this.get(job.id).order !== order);
  }

  lastOrder(): number {
    return Math.max(0, ...[...this.#jobs.values()].map(({ order }) => order));
  }

  /** The smallest number of a waiting job. */
  firstOrder(): number {
    const waiting = [...this.#jobs.values()].filter(({ job }) => job.state === 'waiting');
    return Math.min(this.lastOrder() + 1, ...waiting.map(({ order }) => order));
  }

  #isDone(id: string | null): boolean {
    const before = id === null ? undefined : this.#jobs.get(id);
    return before === undefined || before.job.state === 'done';
  }
}
