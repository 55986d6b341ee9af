import { join } from 'node:path';
import type { z } from 'zod';
import { contract } from '../../preload/contract/contract.ts';
import type { Announce, Feature } from '../../preload/contract/feature.ts';
import { projectId } from '../../preload/contract/ids.ts';
import type { StudioState } from '../../preload/contract/studio.ts';
import type { Desktop } from './desktop.ts';
import { Diagnostics } from './diagnostics.ts';
import { importHandlers } from './handlers/import-handlers.ts';
import { jobsHandlers } from './handlers/jobs-handlers.ts';
import { libraryHandlers } from './handlers/library-handlers.ts';
import { modelsHandlers, noteCheck, planModel, withMissing } from './handlers/models-handlers.ts';
import { motionsHandlers } from './handlers/motions-handlers.ts';
import { projectStoreHandlers } from './handlers/project-store-handlers.ts';
import { studioHandlers } from './handlers/studio-handlers.ts';
import type { EngineLauncher } from './jobs/engine-launcher.ts';
import { EngineTools } from './jobs/engine-tools.ts';
import { estimateAll, estimateTask } from './jobs/estimate.ts';
import { JobQueue } from './jobs/job-queue.ts';
import { onJobDone } from './jobs/on-job-done.ts';
import { Rates } from './jobs/rates.ts';
import { Library } from './library/library.ts';
import { LibraryDatabase } from './library/library-database.ts';
import { Projects } from './projects.ts';
import { Router } from './router.ts';
import { serveAsset, type AssetReply } from './serve-asset.ts';
import { StudioSettings } from './settings.ts';

export interface StudioOptions {
  readonly dataFolder: string;
  readonly version: string;
  readonly platform: StudioState['platform'];
  readonly desktop: Desktop;
  readonly launcher: EngineLauncher;
  /** Tells all windows; `name` is `feature.event`. */
  readonly tell: (name: string, payload: unknown) => void;
}

const LAST_PROJECT = 'last-project';

/** The studio without its windows: library, open projects, jobs, and the calls that pages may make. */
export class Studio {
  readonly router: Router;
  readonly diagnostics: Diagnostics;
  readonly settings: StudioSettings;
  readonly library: Library;
  readonly projects: Projects;
  readonly #database: LibraryDatabase;
  readonly #queue: JobQueue;
  readonly #tools: EngineTools;
  #notices: string[];

  /** Throws an `AppError` where the data folder cannot be used. */
  constructor(options: StudioOptions) {
    const { dataFolder, desktop, launcher } = options;
    this.diagnostics = new Diagnostics(options.version);
    this.router = new Router(this.diagnostics.note);
    this.#database = LibraryDatabase.open(dataFolder);
    this.#notices = [...this.#database.notices];
    this.settings = new StudioSettings(this.#database.settings);
    const workRoot = join(dataFolder, 'work');
    const announce =
      <F extends Feature>(feature: string): Announce<F> =>
      (name, payload) => {
        options.tell(`${feature}.${name}`, payload);
      };

    this.projects = new Projects({
      library: this.#database,
      announceProject: announce('project'),
      announceLibrary: announce('library'),
      isBusy: (project) => this.#queue.list().some((job) => job.project === project && isUnderWay(job.state)),
    });
    this.library = new Library(this.#database, this.projects, announce('library'));
    this.#notices.push(...this.library.adopt());
    this.#tools = new EngineTools(launcher, workRoot);
    const rates = new Rates(this.#database.settings);
    const modelStore = this.#database.models;
    const models = { store: modelStore, announce: announce<typeof contract.models>('models') };
    this.#queue = new JobQueue({
      store: this.#database.jobs,
      launcher,
      workRoot,
      locateProject: (project) => this.projects.locate(project),
      applyToProject: (project, diff, label) => this.projects.applyFromJob(project, diff, label),
      models: () => Object.fromEntries(modelStore.list().map(({ id, folder }) => [id, folder])),
      threads: () => this.settings.now.threads,
      announce: announce('jobs'),
      onDone: onJobDone({
        rates,
        document: (project) => this.projects.document(project).document,
        noteCheck: (model, findings) => {
          noteCheck(models, model, findings);
        },
      }),
    });

    const estimating = {
      rates,
      model: (id: string) => {
        const model = modelStore.get(id);
        return model && withMissing(model);
      },
      planModel: (folder: string, steps: number) => planModel(this.#tools, folder, steps),
    };
    const common = {
      dialogs: desktop.dialogs,
      tools: this.#tools,
      projectName: (project: string) => this.projects.row(project).name,
      document: (project: string) => this.projects.document(project),
    };
    const { router } = this;
    router.add(
      'studio',
      contract.studio,
      studioHandlers({
        ...options,
        settings: this.settings,
        diagnostics: this.diagnostics,
        announce: announce('studio'),
        project: () => this.#lastProject(),
        takeNotices: () => this.#notices.splice(0),
        placeOf: (job) => this.#queue.placeOf(job),
        facts: () => this.#facts(),
      }),
    );
    router.add('library', contract.library, libraryHandlers(this.library, desktop));
    const store = projectStoreHandlers(this.projects, desktop.dialogs);
    router.add('project', contract.project, {
      ...store,
      ...motionsHandlers(),
      ...importHandlers(common),
      open: async (input, context) => {
        const opened = await store.open(input, context);
        this.#database.settings.set(LAST_PROJECT, input.project);
        desktop.noteRecent(this.projects.row(input.project).path);
        return opened;
      },
      close: async (input, context) => {
        await store.close(input, context);
        this.#database.settings.set(LAST_PROJECT, null);
      },
    });
    router.add(
      'jobs',
      contract.jobs,
      jobsHandlers({
        ...common,
        queue: this.#queue,
        estimate: (task, project) => estimateTask(task, project, estimating),
        estimateAll: (project) => estimateAll(project, estimating),
      }),
    );
    router.add('models', contract.models, modelsHandlers({ ...common, ...models }));
    desktop.setTheme(this.settings.now.theme);
    this.#queue.begin();
  }

  /** The project that the next window shows at once. */
  showNext(project: string): void {
    this.#database.settings.set(LAST_PROJECT, project);
  }

  /** Something that the next window should say. */
  notice(text: string): void {
    this.#notices.push(text);
  }

  /** Answers a page's request for an asset or a thumbnail; undefined for other paths. */
  asset(path: string, range: string | null): AssetReply | undefined {
    return serveAsset(this.projects, this.#database, path, range);
  }

  /** Values that outlive the program and are no setting of the user's: where windows were. */
  remember(key: string, value: unknown): void {
    this.#database.settings.set(`remembered:${key}`, value);
  }

  recall<T>(key: string, schema: z.ZodType<T>): T | undefined {
    return this.#database.settings.get(`remembered:${key}`, schema);
  }

  /** Stops the running job, which goes on at the next start, and lets go of all files. */
  async close(): Promise<void> {
    this.#tools.close();
    await this.#queue.close();
    this.projects.closeAll();
    this.#database.close();
  }

  /** The project that was open when the studio ended, if it is still there. */
  #lastProject(): string | null {
    const last = this.#database.settings.get(LAST_PROJECT, projectId.nullable()) ?? null;
    try {
      if (last !== null) this.projects.locate(last);
      return last;
    } catch {
      return null;
    }
  }

  #facts(): readonly string[] {
    const jobs = this.#queue.list();
    const failed = jobs.filter(({ state }) => state === 'failed').slice(-5);
    return [
      `Settings: ${JSON.stringify(this.settings.now)}`,
      `Models: ${this.#database.models.list().length}; jobs: ${jobs.length}, failed: ${failed.length}`,
      ...failed.map(({ task, error }) => `Failed ${task.kind}: ${error ?? ''}`),
    ];
  }
}

const isUnderWay = (state: string): boolean => state === 'running' || state === 'waiting' || state === 'paused';
