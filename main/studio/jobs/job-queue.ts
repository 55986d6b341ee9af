import { randomUUID } from 'node:crypto';
import type { DocumentDiff } from '../../../core/document/document.ts';
import { AppError } from '../../../core/errors.ts';
import { Curve } from '../../engine/curve.ts';
import { checkedDiff, type EngineOrder, type EngineOutcome } from '../../engine/messages.ts';
import type { Announce } from '../../../preload/contract/feature.ts';
import type { CurvePoint, Job, JobProgress, jobs, LogLine, Snapshot, Task } from '../../../preload/contract/jobs.ts';
import type { EngineLauncher } from './engine-launcher.ts';
import { EngineRun, type During, type EngineEnd, type Last } from './engine-run.ts';
import { ENDED, JobList } from './job-list.ts';
import type { JobStore, StoredJob } from './job-store.ts';
import { TimeLeft } from './time-left.ts';
import { WorkFolders } from './work-folders.ts';

export interface JobQueueOptions {
  readonly store: JobStore;
  readonly launcher: EngineLauncher;
  /** Holds a folder a job, by its id. */
  readonly workRoot: string;
  /** Where a project's file is, and its name. Throws an `AppError` where there is no such project. */
  readonly locateProject: (project: string) => { readonly path: string; readonly name: string };
  /** Applies what a job made as one step of undo. Throws an `AppError` where the project does not take it. */
  readonly applyToProject: (project: string, diff: DocumentDiff, label: string) => void | Promise<void>;
  /** Folders of the library's models by id. */
  readonly models: () => Readonly<Record<string, string>>;
  /** Threads of the engine; null: all cores. */
  readonly threads: () => number | null;
  readonly announce: Announce<typeof jobs>;
  /** Told what a job made once it is done, before anybody else hears of it. */
  readonly onDone?: (job: Job, outcome: EngineOutcome) => void;
  /** How long a process that is asked to stop has, in ms. */
  readonly grace?: { readonly cancel: number; readonly pause: number };
}

export interface NewJob {
  readonly project: string | null;
  readonly task: Task;
  readonly files?: readonly string[];
  readonly place?: string | null;
  /** Starts only when this job is done; cancelled when it fails or is cancelled. */
  readonly after?: string | null;
}

/** Cancel acts within two seconds; a pause has to write a checkpoint of some ten megabytes. */
const GRACE = { cancel: 1300, pause: 20_000 } as const;
const MOST_RESTARTS = 2;

type Wish = 'cancel' | 'pause' | 'close';

interface Running {
  readonly id: string;
  readonly run: EngineRun;
  readonly timeLeft: TimeLeft;
  wish: Wish | undefined;
}

/**
 * The studio's jobs: kept on the disk, one at a time in a process of its own, in an order that the user decides. Jobs that were running
 * when the program ended go on when it starts again. `begin` has to be called once everything that it tells is there.
 */
export class JobQueue {
  readonly #options: JobQueueOptions;
  readonly #jobs: JobList;
  readonly #folders: WorkFolders;
  readonly #progress = new Map<string, JobProgress>();
  readonly #curves = new Map<string, Curve>();
  #snapshot: { readonly job: string; readonly value: Snapshot } | undefined;
  #running: Running | undefined;
  #begun = false;
  #onIdle: (() => void)[] = [];

  constructor(options: JobQueueOptions) {
    this.#options = options;
    this.#jobs = new JobList(options.store);
    this.#folders = new WorkFolders(options.workRoot);
    void this.#folders.keepOnly((id) => (this.#jobs.find(id)?.job.state ?? 'done') !== 'done');
    for (const { job } of this.#jobs.ordered().toReversed()) if (job.state === 'running') this.#takeUp(job);
    // The program may have been killed between the end of a job and that of those behind it.
    for (const { job } of this.#jobs.stranded()) this.#strand(job);
  }

  /** Starts working. */
  begin(): void {
    this.#begun = true;
    this.#next();
  }

  /** Stops the running job, which goes on at the next start, and no other begins. Resolves when its process is gone. */
  async close(): Promise<void> {
    this.#begun = false;
    if (!this.#running) return;
    this.#running.wish ??= 'close';
    this.#running.run.stop(this.#grace.pause);
    await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  list(): readonly Job[] {
    return this.#jobs.ordered().map(({ job }) => this.#view(job));
  }

  /** Where a job writes to; null for one that writes into its project alone. */
  placeOf(id: string): string | null {
    return this.#stored(id).place;
  }

  get(id: string): Job {
    return this.#view(this.#stored(id).job);
  }

  /** Puts a job at the end of the queue. Throws an `AppError` for a project that is not there. */
  add({ project, task, files = [], place = null, after = null }: NewJob): Job {
    const projectName = project === null ? null : this.#options.locateProject(project).name;
    const job: Job = {
      ...{ id: randomUUID(), project, projectName, task, state: 'waiting', added: new Date().toISOString() },
      ...{ started: null, ended: null, progress: null, error: null, result: null, restarts: 0 },
    };
    this.#put({ job, files, place, after, order: this.#jobs.lastOrder() + 1 });
    this.#next();
    return this.get(job.id);
  }

  /** A running job is stopped and keeps its state; a waiting one is passed over. */
  pause(id: string): void {
    const { job } = this.#stored(id);
    if (job.state === 'waiting') this.#change(id, { state: 'paused' });
    else if (this.#running?.id === id) {
      if (this.#running.wish) return;
      this.#running.wish = 'pause';
      this.#running.run.stop(this.#grace.pause);
    } else throw new AppError('bad-input', `A job that is ${job.state} cannot be paused.`);
  }

  /** A paused job is the next one again. */
  resume(id: string): void {
    const stored = this.#stored(id);
    if (stored.job.state !== 'paused') throw new AppError('bad-input', 'Only a paused job can be resumed.');
    this.#put({ ...stored, order: this.#jobs.firstOrder() - 1, job: { ...stored.job, state: 'waiting' } });
    this.#next();
  }

  /** Acts within two seconds whatever the engine is doing. What was done so far is kept for `retry`. */
  cancel(id: string): void {
    const { job } = this.#stored(id);
    if (this.#running?.id === id) {
      this.#running.wish = 'cancel';
      this.#running.run.stop(this.#grace.cancel);
    } else if (job.state === 'waiting' || job.state === 'paused') this.#end(id, { state: 'cancelled' });
  }

  /** Starts a failed or cancelled job again, from where it was where that can be. */
  retry(id: string): Job {
    const stored = this.#stored(id);
    const { state } = stored.job;
    if (state !== 'failed' && state !== 'cancelled') {
      throw new AppError('bad-input', 'Only a failed or cancelled job can be started again.');
    }
    const before = stored.after === null ? undefined : this.#jobs.find(stored.after);
    const after = before && !ENDED.has(before.job.state) ? stored.after : null;
    const fresh = { state: 'waiting', started: null, ended: null, error: null, result: null, restarts: 0 } as const;
    this.#put({ ...stored, after, order: this.#jobs.lastOrder() + 1, job: { ...stored.job, ...fresh } });
    this.#next();
    return this.get(id);
  }

  /** Moves a waiting job to this place, from 0, among the waiting ones. */
  move(id: string, place: number): void {
    if (this.#stored(id).job.state !== 'waiting') throw new AppError('bad-input', 'Only a waiting job can be moved.');
    this.#jobs.together(() => {
      for (const stored of this.#jobs.moved(id, place)) this.#put(stored);
    });
  }

  /** Takes an ended job off the list, with its log and what it left in its folder. */
  remove(id: string): void {
    const { job } = this.#stored(id);
    if (!ENDED.has(job.state)) throw new AppError('bad-input', 'Cancel the job before you remove it.');
    this.#jobs.remove(id);
    this.#progress.delete(id);
    this.#curves.delete(id);
    if (this.#snapshot?.job === id) this.#snapshot = undefined;
    void this.#folders.remove(id);
    this.#options.announce('removed', { job: id });
  }

  log(id: string): readonly LogLine[] {
    this.#stored(id);
    return this.#options.store.log(id);
  }

  /** The newest snapshot of a job, if it is newer than iteration `after`. */
  snapshot(id: string, after: number): Snapshot | null {
    const value = this.#snapshot?.job === id ? this.#snapshot.value : undefined;
    return value && value.iteration > after ? value : null;
  }

  curve(id: string): readonly CurvePoint[] {
    return this.#curves.get(id)?.points() ?? [];
  }

  /** Cancels everything that is to be done for a project: it is being erased. */
  cancelProject(project: string): void {
    for (const { job } of this.#jobs.ordered())
      if (job.project === project && !ENDED.has(job.state)) this.cancel(job.id);
  }

  get #grace(): { readonly cancel: number; readonly pause: number } {
    return this.#options.grace ?? GRACE;
  }

  /** A job that was running when the program ended without a word. */
  #takeUp({ id, restarts }: Job): void {
    const stored = this.#stored(id);
    this.#put({ ...stored, order: this.#jobs.firstOrder() - 1, job: { ...stored.job, state: 'waiting' } });
    this.#restart(id, restarts, 'The studio ended while this job was running');
  }

  #next(): void {
    if (!this.#begun || this.#running) return;
    const next = this.#jobs.next();
    if (next) this.#start(next);
  }

  #start({ job, files, place }: StoredJob): void {
    const { id, project, task, started } = job;
    try {
      const projectPath = project === null ? null : this.#options.locateProject(project).path;
      const order: EngineOrder = {
        ...{ task, projectPath, files, place, workFolder: this.#folders.of(id) },
        ...{ models: this.#options.models(), threads: this.#options.threads() },
      };
      const run = new EngineRun(
        this.#options.launcher,
        order,
        (message) => {
          this.#hear(id, message);
        },
        (end) => {
          void this.#finish(id, end);
        },
      );
      this.#running = { id, run, timeLeft: new TimeLeft(), wish: undefined };
      this.#change(id, { state: 'running', started: started ?? new Date().toISOString(), error: null });
    } catch (error) {
      this.#fail(id, sentenceOf(error));
      this.#next();
    }
  }

  #hear(job: string, message: During): void {
    const { announce } = this.#options;
    switch (message.type) {
      case 'progress': {
        const secondsLeft = this.#running?.timeLeft.tell(message.progress.share, performance.now()) ?? null;
        const progress = { ...message.progress, secondsLeft };
        this.#progress.set(job, progress);
        announce('progress', { job, progress });
        break;
      }
      case 'log':
        this.#log(job, message.level, message.text);
        break;
      case 'curve': {
        const curve = this.#curves.get(job) ?? new Curve();
        this.#curves.set(job, curve);
        for (const point of message.points) if (curve.add(point)) announce('curve', { job, point });
        break;
      }
      case 'snapshot': {
        const { iteration } = message;
        this.#snapshot = { job, value: { iteration, scene: alone(message.scene) } };
        announce('snapshot', { job, iteration });
        break;
      }
    }
  }

  async #finish(id: string, { last, how }: EngineEnd): Promise<void> {
    const wish = this.#running?.wish;
    try {
      if (wish === 'cancel') this.#end(id, { state: 'cancelled' });
      else if (last?.type === 'done') await this.#complete(id, last);
      else if (wish !== undefined) this.#keep(id, wish);
      else if (last) {
        this.#log(id, 'error', last.error.message);
        this.#fail(id, last.error.message);
      } else this.#restart(id, this.#stored(id).job.restarts, `The engine ended ${how}`);
    } catch (error) {
      this.#fail(id, sentenceOf(error));
    } finally {
      this.#running = undefined;
      for (const resolve of this.#onIdle.splice(0)) resolve();
      this.#next();
    }
  }

  async #complete(id: string, { diff: unchecked, ...said }: Extract<Last, { type: 'done' }>): Promise<void> {
    const diff = unchecked && ((await checkedDiff(unchecked)) ?? misfit());
    if (this.#running?.wish === 'cancel') {
      this.#end(id, { state: 'cancelled' });
      return;
    }
    const { project } = this.#stored(id).job;
    if (diff && project !== null) await this.#options.applyToProject(project, diff, said.label);
    this.#options.onDone?.(this.get(id), { ...said, diff });
    this.#end(id, { state: 'done', result: said.result });
    await this.#folders.remove(id);
  }

  /** A stopped job keeps its state. When the program closes it is the first to go on. */
  #keep(id: string, wish: Exclude<Wish, 'cancel'>): void {
    if (wish === 'pause') {
      this.#change(id, { state: 'paused' });
      return;
    }
    const stored = this.#stored(id);
    this.#put({ ...stored, order: this.#jobs.firstOrder() - 1, job: { ...stored.job, state: 'waiting' } });
  }

  /** Lets a job go on after a crash, unless it crashed too often. */
  #restart(id: string, restarts: number, what: string): void {
    if (restarts >= MOST_RESTARTS) {
      this.#log(id, 'error', `${what}.`);
      this.#fail(id, `${what} ${restarts + 1} times in a row; choose a smaller size or fewer threads, and try again.`);
      return;
    }
    this.#log(id, 'warning', `${what}; going on from where it was (${restarts + 1} of ${MOST_RESTARTS}).`);
    const stored = this.#stored(id);
    this.#put({
      ...stored,
      order: Math.min(stored.order, this.#jobs.firstOrder()),
      job: { ...stored.job, state: 'waiting', restarts: restarts + 1 },
    });
  }

  #fail(id: string, error: string): void {
    this.#end(id, { state: 'failed', error });
  }

  #end(id: string, change: Partial<Job>): void {
    if (this.#snapshot?.job === id) this.#snapshot = undefined;
    this.#jobs.together(() => {
      this.#change(id, { ...change, ended: new Date().toISOString() });
      if (change.state === 'done') return;
      for (const { job } of this.#jobs.waitingFor(id)) this.#strand(job);
    });
  }

  #strand({ id }: Job): void {
    this.#log(id, 'info', 'The job before it did not end well.');
    this.#end(id, { state: 'cancelled' });
  }

  #log(job: string, level: LogLine['level'], text: string): void {
    const line = { at: new Date().toISOString(), level, text };
    this.#options.store.addLog(job, line);
    this.#options.announce('log', { job, line });
  }

  #change(id: string, change: Partial<Job>): void {
    const stored = this.#stored(id);
    this.#put({ ...stored, job: { ...stored.job, ...change } });
  }

  #put(stored: StoredJob): void {
    const { job } = stored;
    if (job.state !== 'running' && job.state !== 'paused') this.#progress.delete(job.id);
    this.#jobs.put(stored);
    this.#options.announce('changed', this.#view(job));
  }

  #stored(id: string): StoredJob {
    return this.#jobs.get(id);
  }

  #view(job: Job): Job {
    return { ...job, progress: this.#progress.get(job.id) ?? null };
  }
}

/** The bytes in memory of their own: a part of a message would keep all of it, and take it along to windows. */
const alone = ({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array<ArrayBuffer> =>
  buffer instanceof ArrayBuffer && byteLength === buffer.byteLength
    ? new Uint8Array(buffer)
    : new Uint8Array(buffer, byteOffset, byteLength).slice();

function misfit(): never {
  throw new AppError('failed', 'The engine gave a result that does not fit into a project; start the job again.');
}

const sentenceOf = (error: unknown): string =>
  error instanceof AppError
    ? error.message
    : 'Something went wrong that should not; copy the diagnostics (Help menu) to report it.';
