import type { Job } from '../../preload/contract/jobs.ts';
import { ProgressBar } from '../ui/progress.tsx';
import { JobButtons } from './job-buttons.tsx';
import styles from './job-progress.module.css';
import { progressText, stateText } from './job-words.ts';
import { taskName } from './jobs-store.ts';

interface JobProgressProps {
  readonly job: Job;
  /** Where it is not plain from its place which job it is. */
  readonly isNamed?: boolean;
}

/** A job that has not ended: what it does, how far it is, and how to stop it. */
export function JobProgressView({ job, isNamed = false }: JobProgressProps) {
  const { progress, state } = job;
  return (
    <div className={styles.job}>
      <div className={styles.row}>
        <span className={styles.phase}>
          {isNamed ? `${taskName(job.task)}: ${stateText(job).toLowerCase()}` : stateText(job)}
        </span>
        <span className={styles.buttons}>
          <JobButtons job={job} />
        </span>
      </div>
      {state !== 'waiting' && (
        <ProgressBar
          label={taskName(job.task)}
          share={state === 'paused' ? (progress?.share ?? 0) : (progress?.share ?? null)}
        />
      )}
      {/* A job that waits may have been further before the program was closed; that is not what it does now. */}
      {progress && state !== 'waiting' && <p className={styles.details}>{progressText(progress)}</p>}
    </div>
  );
}
