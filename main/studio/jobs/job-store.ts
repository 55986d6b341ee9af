import type { Job, LogLine } from '../../../preload/contract/jobs.ts';

/** A job as it is kept: without its progress, with what only the queue needs. */
export interface StoredJob {
  readonly job: Job;
  /** Files that came along with the call. */
  readonly files: readonly string[];
  /** Where an export goes. */
  readonly place: string | null;
  /** The job that has to be done before this one starts. */
  readonly after: string | null;
  /** Jobs are listed, and waiting ones done, by this number, the smallest first. */
  readonly order: number;
}

/** Where jobs outlive the program. */
export interface JobStore {
  /** All jobs, in any order. */
  readonly load: () => readonly StoredJob[];
  readonly put: (job: StoredJob) => void;
  /** What `work` writes is kept as a whole or not at all, also where the program is killed. */
  readonly together: (work: () => void) => void;
  /** With its log. */
  readonly remove: (id: string) => void;
  readonly addLog: (id: string, line: LogLine) => void;
  readonly log: (id: string) => readonly LogLine[];
}
