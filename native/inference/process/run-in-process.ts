import { fork } from 'node:child_process';
import type { Readable } from 'node:stream';
import { AppError } from '../../../core/errors.ts';
import type { OnProgress } from '../../../core/progress.ts';
import { childMessage, type ChildMessage, type RunMessage } from './messages.ts';

export interface ProcessOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  readonly onWarning?: (message: string) => void;
  /** What to do when memory runs out; the error of a process that it ended says it. */
  readonly remedy?: string;
}

/**
 * glibc keeps blocks of up to 32 MB that were let go of, in pieces that fit nothing later; with this it gives back what is larger than 256 kB at
 * once. Measured with bench plan-peak: a sixth less memory, no more time. Elsewhere nobody reads it.
 */
export const PROCESS_ENVIRONMENT = { MALLOC_MMAP_THRESHOLD_: '262144' } as const;

/** As much of what a process wrote before it died as goes into the cause of the error. */
const LAST_WORDS = 4000;

/**
 * Runs a task in a process of its own (`entry`, a module that calls `serveTasks`) and gives its result. Aborting ends the process at
 * once, whatever it is doing. Throws the task's error, an `AppError` where the process dies, and the signal's reason.
 */
export async function runInProcess(
  entry: URL,
  task: string,
  job: unknown,
  { signal, onProgress, onWarning, remedy = 'close other programs' }: ProcessOptions = {},
): Promise<unknown> {
  signal?.throwIfAborted();
  const env = { ...process.env, ...PROCESS_ENVIRONMENT };
  const child = fork(entry, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env });
  const lastWords = collect(child.stderr);
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  signal?.addEventListener('abort', kill, { once: true });
  try {
    const outcome = await new Promise<ChildMessage & { readonly type: 'done' | 'failed' }>((resolve, reject) => {
      child.on('message', (value) => {
        const message = childMessage(value);
        if (message?.type === 'progress') onProgress?.(message.progress);
        else if (message?.type === 'warning') onWarning?.(message.message);
        else if (message) resolve(message);
      });
      // A process that dies while it is written to breaks the channel first; how it ended says more.
      const fail = (error: Error): void => {
        if (!isBrokenChannel(error)) reject(error);
      };
      child.on('error', fail);
      child.once('exit', (code, by) => {
        reject(death(code, by, lastWords(), remedy));
      });
      const message: RunMessage = { type: 'run', task, job };
      child.send(message, (error) => {
        if (error) fail(error);
      });
    });
    if (outcome.type === 'done') return outcome.result;
    throw new AppError(outcome.code, outcome.message, new Error(outcome.stack));
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', kill);
    kill();
  }
}

const BROKEN_CHANNEL = new Set(['EPIPE', 'ECONNRESET', 'ERR_IPC_CHANNEL_CLOSED']);

const isBrokenChannel = (error: NodeJS.ErrnoException): boolean => BROKEN_CHANNEL.has(error.code ?? '');

function collect(stream: Readable | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-LAST_WORDS);
  });
  return () => text;
}

/** What C++ and V8 write before they give up. */
const NO_ROOM = /bad_alloc|out of memory/i;

/** A process that the system ends without a word was most likely out of memory. */
function death(code: number | null, by: NodeJS.Signals | null, lastWords: string, remedy: string): AppError {
  const how = by === null ? `with code ${code ?? 'unknown'}` : `by ${by}`;
  const why = by === 'SIGKILL' ? 'the system does that when memory runs out' : 'its memory ran out';
  const isRoomless = by === 'SIGKILL' || NO_ROOM.test(lastWords);
  return new AppError(
    'failed',
    `The inference process ended ${how}${isRoomless ? `; ${why}: ${remedy}` : ''}; the same command goes on where it was.`,
    new Error(lastWords),
  );
}
