import { flushCompileCache } from 'node:module';
import { Worker } from 'node:worker_threads';
import { AppError } from '../../../core/errors.ts';
import type { OnProgress } from '../../../core/progress.ts';
import { failure, isRunMessage, type ChildMessage } from './messages.ts';

export interface TaskContext {
  readonly onProgress: OnProgress;
  readonly onWarning: (message: string) => void;
}

/** Does a job, which came as JSON and is checked by the task, and gives plain JSON back. */
export type Task = (job: unknown, context: TaskContext) => Promise<unknown>;

/**
 * Makes this process an inference process: it does the one task that its parent asks for, and ends. ONNX Runtime cannot be stopped
 * while it computes, so that the parent ends the process instead; whoever's parent goes away ends too.
 */
export function serveTasks(tasks: Readonly<Record<string, Task>>): void {
  const send = (message: ChildMessage): void => {
    process.send?.(message);
  };
  process.once('disconnect', () => process.exit(1));
  // Where Node keeps compiled code it writes it at the end, which comes to this process by force.
  flushCompileCache();
  new Worker(new URL('watch-parent.ts', import.meta.url), { workerData: process.ppid }).unref();
  process.once('message', (message) => {
    void answer(tasks, message, send).then((last) => {
      // The last message must have left before the process ends.
      process.send?.(last, undefined, undefined, () => process.exit(0));
    });
  });
}

async function answer(
  tasks: Readonly<Record<string, Task>>,
  message: unknown,
  send: (message: ChildMessage) => void,
): Promise<ChildMessage> {
  try {
    const task = isRunMessage(message) && Object.hasOwn(tasks, message.task) ? tasks[message.task] : undefined;
    if (!task || !isRunMessage(message))
      throw new AppError('failed', 'The inference process was asked for no task of its own.');
    const result = await task(message.job, {
      onProgress: (progress) => {
        send({ type: 'progress', progress });
      },
      onWarning: (text) => {
        send({ type: 'warning', message: text });
      },
    });
    return { type: 'done', result };
  } catch (error) {
    return failure(error);
  }
}
