import { setImmediate as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { DocumentDiff, DocumentRecord } from '../../core/document/document.ts';
import { type PackedRecord, unpackRecord } from '../../core/document/packed-pose.ts';
import type { RecordsDiff } from '../../core/document/records.ts';
import type { ErrorCode } from '../../core/errors.ts';
import { MOST_RECORDS, packedRecord } from '../../preload/contract/document-schema.ts';
import type { CurvePoint, JobProgress, LogLine, Task } from '../../preload/contract/jobs.ts';
import type { WireError } from '../../preload/contract/wire.ts';
import type { ToolTask } from './tools/tool-tasks.ts';

/** Everything that an engine process is told about its one job. Plain data: it crosses to another process. */
export interface EngineOrder {
  readonly task: Task | ToolTask;
  /** The project file; null for what belongs to no project. */
  readonly projectPath: string | null;
  /** A folder of the job's own for what it needs as files and for what it goes on from after a stop. */
  readonly workFolder: string;
  /** Threads of the engine; null: all cores. */
  readonly threads: number | null;
  /** Files that came along with the call, in order. */
  readonly files: readonly string[];
  /** Where an export goes: a folder or a file. */
  readonly place: string | null;
  /** Folders of the library's models by id. */
  readonly models: Readonly<Record<string, string>>;
}

/** What main says. `stop` asks for an end that keeps the state; a process that does not listen is killed. */
export type ToEngine = { readonly type: 'run'; readonly order: EngineOrder } | { readonly type: 'stop' };

/** What a job made: a change of the project as one step of undo, and a sentence about it. */
export interface EngineOutcome {
  readonly diff: DocumentDiff | null;
  /** Name of the step of undo: "Found rest pose". */
  readonly label: string;
  /** "525 pictures of 256x256." */
  readonly result: string;
  /** Seconds of work and how much work it was, in the unit of `work-units.ts`; null where it says nothing about later jobs. */
  readonly seconds: number;
  /** What a tool gives, checked by who asked for it. */
  readonly value?: unknown;
}

export type FromEngine =
  | { readonly type: 'progress'; readonly progress: Omit<JobProgress, 'secondsLeft'> }
  | { readonly type: 'log'; readonly level: LogLine['level']; readonly text: string }
  | { readonly type: 'curve'; readonly points: readonly CurvePoint[] }
  | { readonly type: 'snapshot'; readonly iteration: number; readonly scene: Uint8Array }
  | ({ readonly type: 'done'; readonly diff: RecordsDiff<PackedRecord> | null } & Omit<EngineOutcome, 'diff'>)
  | { readonly type: 'failed'; readonly error: WireError; readonly stack: string };

const text = z.string().max(4000);
const count = z.number().min(0).max(1e12);
const CODES: readonly ErrorCode[] = ['bad-input', 'not-found', 'unwritable', 'newer-version', 'cancelled', 'failed'];
/** The largest scene has some 60,000 Gaussians of 250 bytes and nodes; more than this is no scene of ours. */
const MAX_SCENE_BYTES = 1 << 29;

/** A diff from outside; its records are many, and are looked at one after another by `checkedDiff`. */
const uncheckedDiff = z.strictObject({
  added: z.array(z.unknown()).max(MOST_RECORDS),
  updated: z.array(z.tuple([z.unknown(), z.unknown()])).max(MOST_RECORDS),
  removed: z.array(z.unknown()).max(MOST_RECORDS),
});

const progress = z.strictObject({
  phase: z.string().max(200),
  done: count,
  total: count,
  unit: z.string().max(40),
  note: z.string().max(200).nullable(),
  share: z.number().min(0).max(1).nullable(),
});

const fromEngine = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('progress'), progress }),
  z.strictObject({ type: z.literal('log'), level: z.enum(['info', 'warning', 'error']), text }),
  z.strictObject({
    type: z.literal('curve'),
    points: z.array(z.tuple([count, z.number(), z.number()])).max(1000),
  }),
  z.strictObject({
    type: z.literal('snapshot'),
    iteration: z.int().min(0),
    scene: z.instanceof(Uint8Array).refine((bytes) => bytes.byteLength <= MAX_SCENE_BYTES, 'too large'),
  }),
  z.strictObject({
    type: z.literal('done'),
    diff: uncheckedDiff.nullable(),
    label: z.string().max(200),
    result: text,
    seconds: z.number().min(0),
    value: z.unknown().optional(),
  }),
  z.strictObject({
    type: z.literal('failed'),
    error: z.strictObject({ code: z.enum(CODES), message: text }),
    stack: z.string().max(100_000),
  }),
]);

/** What main knows of a message from an engine: everything but the records of a diff, see `checkedDiff`. */
export type HeardFromEngine =
  | Exclude<FromEngine, { type: 'done' }>
  | ({ readonly type: 'done'; readonly diff: UncheckedDiff | null } & Omit<EngineOutcome, 'diff'>);

export type UncheckedDiff = z.output<typeof uncheckedDiff>;

/**
 * The message that `value` is; undefined where it is none. An engine reads files from anywhere, so that whatever could take it
 * over must not get further than this.
 */
export function engineMessage(value: unknown): HeardFromEngine | undefined {
  const checked = fromEngine.safeParse(value);
  return checked.success ? checked.data : undefined;
}

/** Records are checked for this long at a time, ms: windows want to be served in between. */
const SLICE_MS = 8;

/** The diff, if all its records are such; undefined otherwise. Of a long motion it is done in small parts. */
export async function checkedDiff(diff: UncheckedDiff): Promise<DocumentDiff | undefined> {
  const record = inSlices((value) => {
    const checked = packedRecord.safeParse(value);
    if (!checked.success) throw new NoDiff();
    return unpackRecord(checked.data);
  });
  try {
    const [added, removed] = [await record(diff.added), await record(diff.removed)];
    const [before, after] = [
      await record(diff.updated.map(([first]) => first)),
      await record(diff.updated.map(([, second]) => second)),
    ];
    const updated = before.map((first, index): readonly [DocumentRecord, DocumentRecord] => {
      const second = after[index];
      if (second?.id !== first.id) throw new NoDiff();
      return [first, second];
    });
    return { added, updated, removed };
  } catch (error) {
    if (error instanceof NoDiff) return undefined;
    throw error;
  }
}

class NoDiff extends Error {}

/** Maps values without holding up the event loop. */
const inSlices =
  <T>(map: (value: unknown) => T) =>
  async (values: readonly unknown[]): Promise<T[]> => {
    const result: T[] = [];
    let began = performance.now();
    for (const value of values) {
      result.push(map(value));
      if (performance.now() - began < SLICE_MS) continue;
      await pause();
      began = performance.now();
    }
    return result;
  };
