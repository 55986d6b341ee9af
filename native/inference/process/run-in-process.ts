import { fork } from 'node:child_process';
import type { Readable } from 'node:stream';
import { AppError } from '../../../core/errors.ts';
import type { OnProgress } from '../../../core/progress.ts';
import { childMessage, type ChildMessage, type RunMessage } from './messages.ts';

export interface ProcessOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  readonly onWarning?: (message: string) => void;
}

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
  { signal, onProgress, onWarning }: ProcessOptions = {},
): Promise<unknown> {
  signal?.throwIfAborted();
  const child = fork(entry, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
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
      child.once('error', reject);
      child.once('exit', (code, by) => {
        reject(death(code, by, lastWords()));
      });
      const message: RunMessage = { type: 'run', task, job };
      child.send(message, (error) => {
        if (error) reject(error);
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

function collect(stream: Readable | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-LAST_WORDS);
  });
  return () => text;
}

/** A process that the system ends without a word was most likely out of memory. */
function death(code: number | null, by: NodeJS.Signals | null, lastWords: string): AppError {
  const how = by === null ? `with code ${code ?? 'unknown'}` : `by ${by}`;
  const why = by === 'SIGKILL' ? '; the system does that when memory runs out: close other programs' : '';
  return new AppError(
    'failed',
    `The inference process ended ${how}${why}; the same command goes on where it was.`,
    new Error(lastWords),
  );
}
