import { ArrowDown, ArrowUp, ListTodo } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Job } from '../../preload/contract/jobs.ts';
import { attempt } from '../app/notices.ts';
import { useApp } from '../app/studio-context.ts';
import { Button, classes, IconButton } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Fold } from '../ui/fold.tsx';
import { durationText } from '../ui/words.ts';
import { JobButtons } from './job-buttons.tsx';
import { JobLog } from './job-log.tsx';
import { JobProgressView } from './job-progress.tsx';
import { secondsTaken, stateText } from './job-words.ts';
import styles from './jobs-panel.module.css';
import { hasEnded, taskName } from './jobs-store.ts';

/** The queue: what runs, what waits in which order, and what has ended. */
export function JobsPanel() {
  const { client, jobs } = useApp();
  const all = useStore(jobs, (state) => state.jobs);
  const waiting = all.filter(({ state }) => state === 'waiting');
  const atWork = all.filter(({ state }) => state === 'running' || state === 'paused');
  const ended = all.filter(hasEnded).reverse();
  const clear = (): void => {
    attempt(() => Promise.all(ended.map(({ id }) => client.jobs.remove({ job: id }))));
  };
  if (all.length === 0) {
    return (
      <EmptyState icon={ListTodo} title="Nothing to do">
        What you start waits here for its turn, one at a time. It goes on where it was after a restart.
      </EmptyState>
    );
  }
  return (
    <div className={styles.panel}>
      <Group title="Now" jobs={atWork} waiting={waiting} />
      <Group title="Next" jobs={waiting} waiting={waiting} />
      <Group title="Before" jobs={ended} waiting={waiting} />
      {ended.length > 1 && (
        <Button kind="quiet" onClick={clear}>
          Clear what has ended
        </Button>
      )}
    </div>
  );
}

interface GroupProps {
  readonly title: string;
  readonly jobs: readonly Job[];
  readonly waiting: readonly Job[];
}

function Group({ title, jobs, waiting }: GroupProps) {
  if (jobs.length === 0) return null;
  return (
    <section>
      <h2 className={styles.title}>{title}</h2>
      <ol className={styles.list}>
        {jobs.map((job) => (
          <JobRow key={job.id} job={job} place={waiting.indexOf(job)} last={waiting.length - 1} />
        ))}
      </ol>
    </section>
  );
}

interface JobRowProps {
  readonly job: Job;
  /** Among the waiting ones; -1: it does not wait. */
  readonly place: number;
  readonly last: number;
}

function JobRow({ job, place, last }: JobRowProps) {
  const { client } = useApp();
  const [showsLog, setShowsLog] = useState(false);
  const name = taskName(job.task);
  const move = (to: number) => () => {
    attempt(() => client.jobs.move({ job: job.id, place: to }));
  };
  return (
    <li className={classes(styles.job, job.state === 'failed' && styles.failed)}>
      <div className={styles.head}>
        <div className={styles.names}>
          <h3>{name}</h3>
          {job.projectName !== null && <p className={styles.project}>{job.projectName}</p>}
        </div>
        {place >= 0 && (
          <>
            <IconButton icon={ArrowUp} label={`Earlier: ${name}`} disabled={place === 0} onClick={move(place - 1)} />
            <IconButton icon={ArrowDown} label={`Later: ${name}`} disabled={place === last} onClick={move(place + 1)} />
          </>
        )}
        {(hasEnded(job) || place >= 0) && <JobButtons job={job} removes />}
      </div>
      {(job.state === 'running' || job.state === 'paused') && <JobProgressView job={job} />}
      {hasEnded(job) && <Ending job={job} />}
      {job.started !== null && (
        <Fold label="Log" onOpen={setShowsLog}>
          {showsLog && <JobLog job={job.id} />}
        </Fold>
      )}
    </li>
  );
}

function Ending({ job }: { readonly job: Job }) {
  // An ended job knows when it ended; what the clock says does not matter.
  const seconds = secondsTaken(job, 0);
  return (
    <>
      <p className={classes(styles.state, styles[job.state])}>
        {stateText(job)}
        {seconds !== null && ` after ${durationText(seconds)}`}
      </p>
      {job.error !== null && (
        <p className={styles.error} role="alert">
          {job.error}
        </p>
      )}
      {job.result !== null && <p className={styles.result}>{job.result}</p>}
    </>
  );
}
