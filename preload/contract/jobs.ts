import { z } from 'zod';
import { call, event, type Feature } from './feature.ts';
import { jobId, modelId, onProject, projectId } from './ids.ts';

const onJob = z.strictObject({ job: jobId });
const size = z.tuple([z.int().min(16).max(4096), z.int().min(16).max(4096)]);
const range = z.tuple([z.int().min(0), z.int().min(0)]);
const colour = z.tuple([z.number().min(0).max(1), z.number().min(0).max(1), z.number().min(0).max(1)]);

/** What an export writes. Frames count from 0, both ends included; sizes are [width, height]. */
export const exportTarget = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('ply-sequence'),
    /** Which program it is for decides axes and SH, see `PLY_PRESETS`. */
    preset: z.enum(['supersplat', 'blender', 'unity', 'three', 'z-up']),
    frames: range,
  }),
  z.strictObject({
    kind: z.literal('turntable'),
    size,
    fps: z.number().min(1).max(120),
    /** Seconds of one turn. */
    seconds: z.number().min(0.2).max(600),
    turns: z.int().min(1).max(20),
    /** null: transparent (WebM). */
    background: colour.nullable(),
  }),
  z.strictObject({
    kind: z.literal('pictures'),
    size,
    frames: range,
    background: colour.nullable(),
    /** Which way to look from: a camera of the ring, or once around. */
    camera: z.union([z.int().min(0).max(63), z.literal('turntable')]),
  }),
  z.strictObject({
    kind: z.literal('frame'),
    format: z.enum(['png', 'ply']),
    frame: z.int().min(0),
    size,
    background: colour.nullable(),
    camera: z.int().min(0).max(63),
  }),
]);
export type ExportTarget = z.infer<typeof exportTarget>;

/** What a job does. Everything else it needs is in the project. */
export const task = z.discriminatedUnion('kind', [
  /** Cut-out and rest pose of the character's picture. */
  z.strictObject({ kind: z.literal('rest-pose') }),
  /** Poses of a video, a motion file, pose files or skeleton pictures; the files come along with the call, or a dialog asks. */
  z.strictObject({ kind: z.literal('poses') }),
  z.strictObject({ kind: z.literal('generate') }),
  /** A clip folder or published video instead of `generate`. */
  z.strictObject({ kind: z.literal('import-clip') }),
  z.strictObject({ kind: z.literal('optimise') }),
  /** A dialog asks for the place. */
  z.strictObject({ kind: z.literal('export'), target: exportTarget }),
  z.strictObject({ kind: z.literal('check-model'), model: modelId }),
]);
export type Task = z.infer<typeof task>;

/** The queue: one job runs at a time, the others wait in order. It outlives the program. */
export const jobs = {
  calls: {
    list: call(z.undefined()).gives<readonly Job[]>(),
    /** Null when the user gave up in a dialog. `project` is null for `check-model`. */
    start: call(z.strictObject({ project: projectId.nullable(), task })).gives<Job | null>(),
    /** Generate, then optimise: two jobs, the second waits for the first. */
    startAll: call(onProject).gives<readonly Job[]>(),
    /** What it will take, from this machine's own earlier jobs where there are some. */
    estimate: call(z.strictObject({ project: projectId.nullable(), task })).gives<Estimate>(),
    /** What `startAll` will take: time and disk of both jobs, memory of the larger one. */
    estimateAll: call(onProject).gives<Estimate>(),
    pause: call(onJob).gives(),
    resume: call(onJob).gives(),
    cancel: call(onJob).gives(),
    /** Starts a failed or cancelled job again, from where it was where that can be. */
    retry: call(onJob).gives<Job>(),
    /** Moves a waiting job to this place among the waiting ones. */
    move: call(z.strictObject({ job: jobId, place: z.int().min(0).max(10_000) })).gives(),
    /** Takes a finished, failed or cancelled job off the list. */
    remove: call(onJob).gives(),
    log: call(onJob).gives<readonly LogLine[]>(),
    /** The newest scene of a running optimisation, a .4dgs file; null while there is none newer than `after`. */
    snapshot: call(z.strictObject({ job: jobId, after: z.int().min(-1) })).gives<Snapshot | null>(),
    /** How a fit goes so far. */
    curve: call(onJob).gives<readonly CurvePoint[]>(),
  },
  events: {
    /** A job was added or changed in anything but its progress. */
    changed: event<Job>(),
    removed: event<{ readonly job: string }>(),
    progress: event<{ readonly job: string; readonly progress: JobProgress }>(),
    log: event<{ readonly job: string; readonly line: LogLine }>(),
    curve: event<{ readonly job: string; readonly point: CurvePoint }>(),
    /** There is a newer snapshot. */
    snapshot: event<{ readonly job: string; readonly iteration: number }>(),
  },
} satisfies Feature;

export type JobState = 'waiting' | 'running' | 'paused' | 'done' | 'failed' | 'cancelled';

export interface Job {
  readonly id: string;
  readonly project: string | null;
  readonly projectName: string | null;
  readonly task: Task;
  readonly state: JobState;
  /** ISO 8601 */
  readonly added: string;
  readonly started: string | null;
  readonly ended: string | null;
  readonly progress: JobProgress | null;
  /** Why it failed, one sentence that says what to do. */
  readonly error: string | null;
  /** What it made, in one sentence; for an export what was verified. */
  readonly result: string | null;
  /** Engine crashes that it was resumed after. */
  readonly restarts: number;
}

export interface JobProgress {
  /** What is being done: "Rendering views". */
  readonly phase: string;
  readonly done: number;
  /** 0: not known. */
  readonly total: number;
  readonly unit: string;
  /** "PSNR 31.2 dB" */
  readonly note: string | null;
  /** 0..1 of the whole job; null: not known. */
  readonly share: number | null;
  readonly secondsLeft: number | null;
}

export interface LogLine {
  /** ISO 8601 */
  readonly at: string;
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
}

export type CurvePoint = readonly [iteration: number, loss: number, psnr: number];

export interface Snapshot {
  readonly iteration: number;
  /** A .4dgs file. */
  readonly scene: Uint8Array<ArrayBuffer>;
}

export interface Estimate {
  /** null: not known yet on this machine. */
  readonly seconds: number | null;
  readonly memoryBytes: number | null;
  /** What the project file or the export will grow by. */
  readonly diskBytes: number | null;
  /** What stands in the way, one sentence each; empty: it can start. */
  readonly obstacles: readonly string[];
  /** What is worth knowing, one sentence each. */
  readonly notes: readonly string[];
}
