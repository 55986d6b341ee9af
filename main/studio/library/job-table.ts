import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { jobId, projectId } from '../../../preload/contract/ids.ts';
import { type Job, type LogLine, task } from '../../../preload/contract/jobs.ts';
import type { JobStore, StoredJob } from '../jobs/job-store.ts';

/** Lines that are kept of one job, the newest. */
const MOST_LINES = 5000;
/** Characters of one line. */
const LONGEST_LINE = 4000;

const job: z.ZodType<Job> = z.object({
  id: jobId,
  project: projectId.nullable(),
  projectName: z.string().nullable(),
  task,
  state: z.enum(['waiting', 'running', 'paused', 'done', 'failed', 'cancelled']),
  added: z.string(),
  started: z.string().nullable(),
  ended: z.string().nullable(),
  progress: z.null(),
  error: z.string().nullable(),
  result: z.string().nullable(),
  restarts: z.int().min(0),
});

const storedJob: z.ZodType<StoredJob> = z.object({
  job,
  files: z.array(z.string()),
  place: z.string().nullable(),
  after: z.string().nullable(),
  order: z.number(),
});

/** The jobs of the library and their logs. Progress is not kept. */
export class JobTable implements JobStore {
  readonly #statements;
  readonly #database: Database;
  readonly #onWrite: () => void;

  /** `onWrite` is told of every commit. */
  constructor(database: Database, onWrite: () => void) {
    this.#statements = prepare(database);
    this.#database = database;
    this.#onWrite = onWrite;
  }

  /** In the order of their places. Jobs that an older version wrote and nobody understands any more are dropped. */
  readonly load = (): readonly StoredJob[] =>
    this.#statements.all.all().flatMap((json) => {
      const { data } = storedJob.safeParse(parsed(json));
      return data ? [data] : [];
    });

  readonly put = (stored: StoredJob): void => {
    const kept: StoredJob = { ...stored, job: { ...stored.job, progress: null } };
    this.#statements.put.run(kept.job.id, kept.job.project, kept.job.state, kept.order, JSON.stringify(kept));
    this.#onWrite();
  };

  readonly together = (work: () => void): void => {
    this.#database.transaction(work).immediate();
  };

  readonly remove = (id: string): void => {
    this.#statements.remove.run(id);
    this.#onWrite();
  };

  /** Lines of jobs that are not there are forgotten. */
  readonly addLog = (id: string, { at, level, text }: LogLine): void => {
    const { lastInsertRowid, changes } = this.#statements.addLine.run(at, level, text.slice(0, LONGEST_LINE), id);
    // Not at every line, since it takes longer than adding one.
    if (changes > 0 && Number(lastInsertRowid) % 100 === 0) this.#statements.shorten.run(id, id, MOST_LINES);
    this.#onWrite();
  };

  /** The newest lines, oldest first. */
  readonly log = (id: string): readonly LogLine[] => this.#statements.lines.all(id, MOST_LINES).reverse();
}

function prepare(database: Database) {
  return {
    all: database.prepare<[], string>('SELECT json FROM jobs ORDER BY place, id').pluck(),
    put: database.prepare<[string, string | null, string, number, string]>(
      `INSERT INTO jobs (id, project, state, place, json) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET project = excluded.project, state = excluded.state, place = excluded.place, json = excluded.json`,
    ),
    remove: database.prepare<[string]>('DELETE FROM jobs WHERE id = ?'),
    addLine: database.prepare<[string, string, string, string]>(
      'INSERT INTO job_log (job, at, level, text) SELECT id, ?, ?, ? FROM jobs WHERE id = ?',
    ),
    lines: database.prepare<[string, number], LogLine>(
      'SELECT at, level, text FROM job_log WHERE job = ? ORDER BY n DESC LIMIT ?',
    ),
    shorten: database.prepare<[string, string, number]>(
      `DELETE FROM job_log WHERE job = ?
       AND n <= (SELECT n FROM job_log WHERE job = ? ORDER BY n DESC LIMIT 1 OFFSET ?)`,
    ),
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
