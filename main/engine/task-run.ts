import { join } from 'node:path';
import type { EngineOrder, EngineOutcome } from './messages.ts';
import type { EngineProject } from './project.ts';
import type { Reporter } from './reporter.ts';

/** What a task has to work with. */
export interface TaskRun {
  readonly order: EngineOrder;
  /** Throws an `AppError` for an order without a project. */
  readonly project: () => EngineProject;
  readonly signal: AbortSignal;
  readonly report: Reporter;
}

/** Does an order of its kind. Throws an `AppError` that says what to do, and the signal's reason when it aborts. */
export type TaskFunction = (run: TaskRun) => Promise<TaskOutcome>;

export type TaskOutcome = Omit<EngineOutcome, 'seconds'>;

/** What native functions are given. */
export const during = ({ signal, report }: TaskRun) => ({
  signal,
  onProgress: report.onProgress,
  onWarning: report.onWarning,
  onNotice: report.onNotice,
});

/** A file in the job's own folder. */
export const workFile = ({ order }: TaskRun, name: string): string => join(order.workFolder, name);
