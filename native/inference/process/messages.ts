import { AppError, type ErrorCode } from '../../../core/errors.ts';
import { isRecord } from '../../../core/formats/json.ts';
import type { Progress } from '../../../core/progress.ts';

/** What the parent asks for: a task by its name, with a job of plain JSON. */
export interface RunMessage {
  readonly type: 'run';
  readonly task: string;
  readonly job: unknown;
}

/** What the inference process says. */
export type ChildMessage =
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'warning'; readonly message: string }
  | { readonly type: 'done'; readonly result: unknown }
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string; readonly stack: string };

export const isRunMessage = (value: unknown): value is RunMessage =>
  isRecord(value) && value.type === 'run' && typeof value.task === 'string';

const PROGRESS = new Set<unknown>(['begin', 'tick', 'end', 'failed']);

/** The message that `value` is, or nothing where it is none. */
export function childMessage(value: unknown): ChildMessage | undefined {
  if (!isRecord(value)) return undefined;
  switch (value.type) {
    case 'progress':
      return isRecord(value.progress) && PROGRESS.has(value.progress.type) ? (value as ChildMessage) : undefined;
    case 'warning':
      return typeof value.message === 'string' ? (value as ChildMessage) : undefined;
    case 'done':
      return { type: 'done', result: value.result };
    case 'failed':
      return typeof value.message === 'string' && typeof value.code === 'string' ? (value as ChildMessage) : undefined;
    default:
      return undefined;
  }
}

/** An error as data. */
export function failure(error: unknown): ChildMessage {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  return { type: 'failed', code: error instanceof AppError ? error.code : 'failed', message, stack };
}
