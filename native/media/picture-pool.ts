import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { AppError, type ErrorCode } from '../../core/errors.ts';
import { PICTURE_TASKS, type RgbPicture } from './picture-tasks.ts';

type Tasks = typeof PICTURE_TASKS;
type TaskName = keyof Tasks;
type Input<N extends TaskName> = Parameters<Tasks[N]>[0];
type Output<N extends TaskName> = Awaited<ReturnType<Tasks[N]>>;

export type PictureRequest = { [N in TaskName]: { readonly task: N; readonly input: Input<N> } }[TaskName];

export interface PictureReply {
  readonly value?: RgbPicture | undefined;
  readonly error?: { readonly message: string; readonly code: string; readonly isAppError: boolean };
}

/** Below this many pictures, starting threads takes longer than they save. */
const WORTH_A_THREAD = 24;

/** More threads than this wait for the disk and for memory. */
const MAX_THREADS = 8;

/**
 * Runs a task on every input, on several threads when there are many; `done` gets the results as they come, in any
 * order. The first error ends the whole. Throws when aborted.
 */
export async function runPictureTasks<N extends TaskName>(
  task: N,
  inputs: readonly Input<N>[],
  done: (index: number, output: Output<N>) => void,
  signal?: AbortSignal,
): Promise<void> {
  const threads = Math.min(availableParallelism(), MAX_THREADS, Math.floor(inputs.length / WORTH_A_THREAD));
  const run = PICTURE_TASKS[task] as (input: Input<N>) => Promise<Output<N>>;
  const queue = inputs.entries(); // shared: every thread takes the next one
  let failed = false;
  const drain = async (work: (input: Input<N>) => Promise<Output<N>>): Promise<void> => {
    for (const [index, input] of queue) {
      if (failed) return;
      signal?.throwIfAborted();
      done(index, await work(input));
    }
  };
  if (threads < 2) {
    await drain(run);
    return;
  }
  const workers = Array.from({ length: threads }, () => new Worker(new URL('./picture-worker.ts', import.meta.url)));
  try {
    const all = workers.map((worker) =>
      drain((input) => ask(worker, { task, input } as PictureRequest) as Promise<Output<N>>),
    );
    await Promise.all(all);
  } finally {
    failed = true;
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** One request at a time and worker: the next message is the reply. */
function ask(worker: Worker, request: PictureRequest): Promise<RgbPicture | undefined> {
  return new Promise((resolve, reject) => {
    const onError = (error: unknown): void => {
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    const onExit = (): void => {
      reject(new Error('A picture thread ended before its work was done.'));
    };
    worker.once('error', onError).once('exit', onExit);
    worker.once('message', ({ value, error }: PictureReply) => {
      worker.off('error', onError).off('exit', onExit);
      if (error) reject(revive(error));
      else resolve(value);
    });
    if (request.task === 'read') worker.postMessage(request);
    else {
      // A picture may be a window on a larger memory, all of which would be copied.
      const rgb = request.input.rgb.slice();
      worker.postMessage({ ...request, input: { ...request.input, rgb } }, [rgb.buffer]);
    }
  });
}

function revive({ message, code, isAppError }: NonNullable<PictureReply['error']>): Error {
  // Errors of the file system keep their code, from which the caller makes a sentence.
  return isAppError ? new AppError(code as ErrorCode, message) : Object.assign(new Error(message), { code });
}
