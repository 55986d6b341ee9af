import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { checkOutputFile, checkOutputFolder, openFolder, removeLeftovers } from '../export/output-place.ts';
import { generatorNamed } from '../generate/generators.ts';
import { findFfmpeg } from '../media/ffmpeg.ts';
import { readPicture } from '../media/read-picture.ts';
import { engineVersion } from './engine-version.ts';
import { JobProgress } from './job-progress.ts';
import { STAGES } from './job-stages.ts';
import { hasJobState, readJobState, writeJobState, type JobState } from './job-state.ts';
import {
  JOB_FILES,
  JOB_STAGES,
  type JobOptions,
  type JobReport,
  type JobRequest,
  type JobStage,
  type StageFacts,
} from './job.ts';

/** Side at which a picture is read only to see whether it can be. */
const PROOF_SIDE = 64;

/**
 * Runs the whole job into a folder: poses.json, clip/, scene.4dgs, ply/ and turntable.mp4. The folder must be new, empty, or of
 * an earlier run; without `resume` that is started over. With it, stages whose outputs are there and were made from the same
 * inputs and options, by this version, are kept; the first that differs is done anew, and all after it. A stage that was
 * stopped within the optimisation goes on from its checkpoint. It may be aborted, or killed, at any moment.
 * Throws an `AppError` that says what to do; 'cancelled' when aborted.
 */
export async function runJob(request: JobRequest, folder: string, options: JobOptions = {}): Promise<JobReport> {
  await checkBefore(request, folder);
  const isNew = !existsSync(folder);
  const job = new Job(request, folder, options, await openJob(folder, options));
  try {
    return await job.run();
  } catch (error) {
    // Poses that cannot be read are a mistake in the request: no trace of it is wanted.
    if (isNew && !job.hasResults && !options.signal?.aborted) await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** What would fail late is looked at early. */
async function checkBefore(request: JobRequest, folder: string): Promise<void> {
  await checkOutputFolder(folder, 'run');
  const { views } = await generatorNamed(request.generator).check(request);
  if (views < 2) {
    throw new AppError(
      'bad-input',
      'The 2D model makes one view, and a scene needs several; choose the 4D checkpoint, or make the clip with generate.',
    );
  }
  await findFfmpeg();
  for (const path of [request.image, request.mask]) {
    if (path !== undefined) await readPicture(path, { maxSide: PROOF_SIDE });
  }
}

async function openJob(folder: string, { resume, onWarning }: JobOptions): Promise<JobState> {
  const earlier = resume ? await readJobState(folder) : undefined;
  if (resume && !earlier) onWarning?.(`There is no run in ${folder} to go on from; starting at the beginning.`);
  if (!resume && hasJobState(folder)) {
    onWarning?.(`Starting at the beginning; --resume would go on with the run in ${folder}, which is replaced.`);
  }
  await openFolder(folder, 'run');
  await removeLeftovers(folder);
  await checkOutputFolder(join(folder, JOB_FILES.clip), 'clip');
  await checkOutputFolder(join(folder, JOB_FILES.ply), 'ply-sequence');
  await checkOutputFile(join(folder, JOB_FILES.scene), 'scene');
  await checkOutputFile(join(folder, JOB_FILES.turntable), 'video');
  return earlier ?? { done: {} };
}

class Job {
  readonly #request: JobRequest;
  readonly #folder: string;
  readonly #options: JobOptions;
  readonly #progress: JobProgress;
  #state: JobState;

  constructor(request: JobRequest, folder: string, options: JobOptions, state: JobState) {
    this.#request = request;
    this.#folder = folder;
    this.#options = options;
    this.#state = state;
    const expected = JOB_STAGES.map((stage) => STAGES[stage].expectedSeconds(request));
    this.#progress = new JobProgress(expected, options.onProgress ?? (() => undefined));
  }

  /** Whether a stage is done. */
  get hasResults(): boolean {
    return Object.keys(this.#state.done).length > 0;
  }

  async run(): Promise<JobReport> {
    const kept = new Set<JobStage>();
    for (const stage of JOB_STAGES) {
      const key = await this.#key(stage);
      if (kept.size === JOB_STAGES.indexOf(stage) && this.#isDone(stage, key)) {
        kept.add(stage);
        this.#progress.skip(JOB_STAGES.indexOf(stage));
        this.#options.onStage?.(stage, 'kept');
      } else {
        await this.#do(stage, key);
      }
    }
    return this.#report(kept);
  }

  /** What a stage is done from: the same text, the same result. */
  async #key(stage: JobStage): Promise<string> {
    const inputs = await STAGES[stage].inputs(this.#request, this.#folder);
    return createHash('sha256')
      .update(JSON.stringify({ stage, engine: engineVersion(), inputs }))
      .digest('hex');
  }

  #isDone(stage: JobStage, key: string): boolean {
    return this.#state.done[stage]?.key === key && existsSync(join(this.#folder, STAGES[stage].output));
  }

  async #do(stage: JobStage, key: string): Promise<void> {
    const { begun } = this.#state;
    const goesOn = begun?.stage === stage && begun.key === key;
    const earlier = goesOn ? begun.seconds : 0;
    const began = performance.now();
    const seconds = (): number => earlier + (performance.now() - began) / 1000;
    const index = JOB_STAGES.indexOf(stage);
    const before = Object.fromEntries(
      Object.entries(this.#state.done).filter(([name]) => JOB_STAGES.indexOf(name as JobStage) < index),
    );
    await this.#save({ done: before, begun: { stage, key, seconds: earlier } });
    this.#options.onStage?.(stage, 'begin');
    try {
      this.#options.signal?.throwIfAborted();
      const facts = await STAGES[stage].run({
        ...{ request: this.#request, folder: this.#folder, resume: goesOn },
        ...{ threads: this.#options.threads, signal: this.#options.signal },
        onProgress: this.#progress.of(index),
        onWarning: (message) => this.#options.onWarning?.(message),
        onNotice: (message) => this.#options.onNotice?.(message),
      });
      await this.#save({ done: { ...before, [stage]: { key, seconds: seconds(), facts } } });
      this.#options.onStage?.(stage, 'done');
    } catch (error) {
      // Where this cannot be written either, the first error is the one to tell.
      await this.#save({ done: before, begun: { stage, key, seconds: seconds() } }).catch(() => undefined);
      if (!this.#options.signal?.aborted) throw error;
      const place = `Stopped in stage ${index + 1} of ${JOB_STAGES.length}`;
      throw new AppError(
        'cancelled',
        `${place}; the state is kept, and the same command with --resume goes on.`,
        error,
      );
    }
  }

  async #save(state: JobState): Promise<void> {
    await writeJobState(this.#folder, state);
    this.#state = state;
  }

  #report(kept: ReadonlySet<JobStage>): JobReport {
    const { done } = this.#state;
    const facts = Object.fromEntries(JOB_STAGES.map((stage) => [stage, done[stage]?.facts])) as unknown as StageFacts;
    const stages = JOB_STAGES.map((stage) => ({ stage, seconds: done[stage]?.seconds ?? 0, kept: kept.has(stage) }));
    return { folder: this.#folder, stages, facts };
  }
}
