import { join } from 'node:path';
import { onTestFinished, vi, expect } from 'vitest';
import {
  recordOf,
  type CharacterRecord,
  type DocumentDiff,
  type DocumentRecord,
  type ProjectDocument,
  type SettingsRecord,
} from '../../core/document/document.ts';
import { AppError } from '../../core/errors.ts';
import { changeOf } from '../../main/engine/project.ts';
import { forkEngine, type EngineHandle, type EngineLauncher } from '../../main/studio/jobs/engine-launcher.ts';
import { EngineTools } from '../../main/studio/jobs/engine-tools.ts';
import { JobQueue, type JobQueueOptions, type NewJob } from '../../main/studio/jobs/job-queue.ts';
import { LibraryDatabase } from '../../main/studio/library/library-database.ts';
import { ProjectFile } from '../../main/studio/project-file/project-file.ts';
import type { Job, JobState } from '../../preload/contract/jobs.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const PROJECT = '5f0c1c36-9a3b-4f2e-8a52-0f7f0b1c2d3e';

interface Event {
  readonly name: string;
  readonly payload: unknown;
  /** performance.now() */
  readonly at: number;
}

/** The studio without its windows: a library, one open project, and a queue with real engine processes. */
export class StudioJobs {
  readonly folder: string;
  readonly library: LibraryDatabase;
  readonly file: ProjectFile;
  readonly tools: EngineTools;
  readonly events: Event[] = [];
  readonly engines: EngineHandle[] = [];
  queue: JobQueue;
  /** Whether the project was erased. */
  isGone = false;
  readonly #options: Partial<JobQueueOptions>;

  private constructor(folder: string, options: Partial<JobQueueOptions>) {
    this.folder = folder;
    this.#options = options;
    this.library = LibraryDatabase.open(join(folder, 'data'));
    this.file = ProjectFile.create(join(folder, 'a.cshot'), 'A');
    this.tools = new EngineTools(this.#launcher, this.workRoot);
    this.queue = this.#newQueue();
  }

  static async open(options: Partial<JobQueueOptions> = {}): Promise<StudioJobs> {
    const studio = new StudioJobs(await temporaryFolder(), options);
    onTestFinished(async () => {
      studio.tools.close();
      await studio.queue.close();
      studio.file.close();
      studio.library.close();
    });
    return studio;
  }

  get workRoot(): string {
    return join(this.folder, 'data', 'work');
  }

  get document(): ProjectDocument {
    return this.file.records().document;
  }

  put(...records: readonly DocumentRecord[]): void {
    this.file.apply(changeOf(this.document, records));
  }

  settings(change: Partial<SettingsRecord>): void {
    const settings = recordOf(this.document, 'settings');
    if (settings) this.put({ ...settings, ...change });
  }

  character(about: Pick<CharacterRecord, 'picture' | 'width' | 'height'> & Partial<CharacterRecord>): void {
    const none = { mask: null, restPose: null, views: null } as const;
    this.put({ ...{ id: 'character', type: 'character', pictureName: 'hero.png' }, ...none, ...about });
  }

  add(task: NewJob['task'], more: Partial<NewJob> = {}): Job {
    return this.queue.add({ project: PROJECT, task, ...more });
  }

  /** Waits until a job is in a state; a job that failed says why. */
  async become({ id }: Job, state: JobState, timeout = 60_000): Promise<Job> {
    const reached = (): boolean => {
      const job = this.queue.get(id);
      return job.state === state || job.state === 'failed';
    };
    await vi.waitFor(
      () => {
        expect(reached()).toBe(true);
      },
      { timeout, interval: 5 },
    );
    const job = this.queue.get(id);
    if (job.state !== state) throw new Error(`The job failed: ${job.error ?? ''}`);
    return job;
  }

  run(task: NewJob['task'], more: Partial<NewJob> = {}): Promise<Job> {
    return this.become(this.add(task, more), 'done');
  }

  /** Waits until a job has said something. */
  async heard(name: string, count = 1): Promise<void> {
    const before = this.events.filter((event) => event.name === name).length;
    await vi.waitFor(
      () => {
        expect(this.events.filter((event) => event.name === name).length).toBeGreaterThanOrEqual(before + count);
      },
      { timeout: 60_000, interval: 5 },
    );
  }

  /** The program starts again, as after a crash: nobody told the old queue. */
  restart(): void {
    this.queue = this.#newQueue();
  }

  readonly #launcher: EngineLauncher = {
    launch: () => {
      const engine = forkEngine().launch();
      this.engines.push(engine);
      return engine;
    },
  };

  #newQueue(): JobQueue {
    const queue = new JobQueue({
      ...{ store: this.library.jobs, launcher: this.#launcher, workRoot: this.workRoot },
      locateProject: () => {
        if (this.isGone) throw new AppError('not-found', 'The project is no longer in the library.');
        return { path: this.file.path, name: 'A' };
      },
      applyToProject: (_, diff: DocumentDiff) => {
        this.file.apply(diff);
      },
      models: () => Object.fromEntries(this.library.models.list().map(({ id, folder }) => [id, folder])),
      threads: () => null,
      announce: (name, payload) => {
        this.events.push({ name, payload, at: performance.now() });
      },
      ...this.#options,
    });
    queue.begin();
    return queue;
  }
}
