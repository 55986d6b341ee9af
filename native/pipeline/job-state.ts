import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { isRecord, parseJson } from '../../core/formats/json.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { readInput } from '../files/read.ts';
import { JOB_STAGES, type JobStage, type StageFacts } from './job.ts';

/** A stage that is done. */
interface Done<S extends JobStage> {
  /** What it was done from, see `stageKey`. */
  readonly key: string;
  readonly seconds: number;
  readonly facts: StageFacts[S];
}

/** How far a job is: the small file in its folder. */
export interface JobState {
  readonly done: { readonly [S in JobStage]?: Done<S> };
  /** The stage that was being worked on, what from, and for how long before it was stopped. */
  readonly begun?: { readonly stage: JobStage; readonly key: string; readonly seconds: number };
}

const FILE = 'run.json';
const FORMAT = 'charactershot-run';
const VERSION = 1;

export const hasJobState = (folder: string): boolean => existsSync(join(folder, FILE));

/** The state kept in a folder; undefined where there is none. Throws an `AppError` when it is damaged. */
export async function readJobState(folder: string): Promise<JobState | undefined> {
  const path = join(folder, FILE);
  if (!hasJobState(folder)) return undefined;
  const json = parseJson(await readInput(path), path);
  if (!isRecord(json) || json.format !== FORMAT || !isRecord(json.done)) throw damaged(path);
  if (json.version !== VERSION) {
    throw new AppError('newer-version', `${path} is of another version of the studio; start over without --resume.`);
  }
  for (const [stage, done] of Object.entries(json.done)) {
    if (!JOB_STAGES.some((name) => name === stage) || !isDone(done)) throw damaged(path);
  }
  const { begun } = json;
  if (begun !== undefined && !(isDone({ facts: {}, ...(isRecord(begun) ? begun : {}) }) && isRecord(begun))) {
    throw damaged(path);
  }
  return json as unknown as JobState;
}

const isDone = (value: unknown): boolean =>
  isRecord(value) &&
  typeof value.key === 'string' &&
  typeof value.seconds === 'number' &&
  value.seconds >= 0 &&
  isRecord(value.facts);

const damaged = (path: string): AppError =>
  new AppError('bad-input', `${path} is damaged; start over without --resume.`);

export const writeJobState = (folder: string, state: JobState): Promise<void> =>
  writeFileAtomic(join(folder, FILE), `${JSON.stringify({ format: FORMAT, version: VERSION, ...state }, null, 2)}\n`);
