import { Check, CircleAlert, CirclePause, Clock, LoaderCircle, RotateCcw } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { attempt } from '../app/notices.ts';
import { useApp } from '../app/studio-context.ts';
import { JobProgressView } from '../jobs/job-progress.tsx';
import { Button, classes } from '../ui/button.tsx';
import type { StageState } from './stage-states.ts';
import styles from './stage-section.module.css';

export interface StageSectionProps {
  readonly number: number;
  readonly title: string;
  /** What it has made, in a few words. */
  readonly summary: string;
  readonly state: StageState;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
  readonly children: ReactNode;
}

/** One stage: what state it is in, and, opened, all that belongs to it. */
export function StageSection({ number, title, summary, state, isOpen, onOpen, children }: StageSectionProps) {
  const id = useId();
  return (
    <section className={classes(styles.stage, isOpen && styles.open)}>
      <h2 className={styles.heading}>
        <button
          type="button"
          id={`${id}-head`}
          className={styles.head}
          aria-expanded={isOpen}
          aria-controls={`${id}-body`}
          onClick={onOpen}
        >
          <StageMark number={number} state={state} />
          <span className={styles.title}>{title}</span>
          <span className={styles.summary}>{stateWords(state) ?? summary}</span>
        </button>
      </h2>
      {/* What runs is seen whichever stage is open. */}
      {state.kind === 'active' && (
        <div className={styles.running}>
          <JobProgressView job={state.job} />
        </div>
      )}
      <div id={`${id}-body`} role="region" aria-labelledby={`${id}-head`} className={styles.body} hidden={!isOpen}>
        {isOpen && (
          <>
            {state.kind === 'failed' && <Failure job={state.job} />}
            {state.kind === 'blocked' && <p className={styles.need}>{state.need}</p>}
            {state.kind === 'done' && state.outdated !== null && <p className={styles.outdated}>{state.outdated}</p>}
            {children}
          </>
        )}
      </div>
    </section>
  );
}

function stateWords(state: StageState): string | undefined {
  switch (state.kind) {
    case 'active':
      return state.job.state === 'running' ? 'Running' : state.job.state === 'paused' ? 'Paused' : 'Waiting';
    case 'failed':
      return 'Failed';
    case 'blocked':
      return 'Not started';
    case 'ready':
      return 'Ready';
    case 'done':
      return undefined;
  }
}

function StageMark({ number, state }: { readonly number: number; readonly state: StageState }) {
  switch (state.kind) {
    case 'active': {
      const Icon = { running: LoaderCircle, paused: CirclePause }[state.job.state as string] ?? Clock;
      return (
        <span className={classes(styles.mark, styles.active)}>
          <Icon size="1.1em" aria-hidden />
        </span>
      );
    }
    case 'failed':
      return (
        <span className={classes(styles.mark, styles.failed)}>
          <CircleAlert size="1.1em" aria-hidden />
        </span>
      );
    case 'done':
      return (
        <span className={classes(styles.mark, state.outdated === null ? styles.done : styles.old)}>
          <Check size="1.1em" aria-hidden />
        </span>
      );
    case 'ready':
    case 'blocked':
      return <span className={classes(styles.mark, state.kind === 'ready' && styles.ready)}>{number}</span>;
  }
}

function Failure({ job }: { readonly job: Extract<StageState, { kind: 'failed' }>['job'] }) {
  const { client } = useApp();
  return (
    <div className={styles.failure} role="alert">
      <p>{job.error ?? 'It failed without saying why; the log may tell more.'}</p>
      <Button
        icon={RotateCcw}
        onClick={() => {
          attempt(() => client.jobs.retry({ job: job.id }));
        }}
      >
        Try again
      </Button>
    </div>
  );
}
