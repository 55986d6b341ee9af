import { Check, Sparkles } from 'lucide-react';
import { useStore } from 'zustand';
import { recordOf } from '../../core/document/document.ts';
import { useApp, useDocument, useOpenedProject } from '../app/studio-context.ts';
import { findCommand, runCommand } from '../commands/registry.ts';
import { activeJob } from '../jobs/jobs-store.ts';
import { JobProgressView } from '../jobs/job-progress.tsx';
import { Button, classes } from '../ui/button.tsx';
import styles from './scene-view.module.css';

/** What stands where the character will be, until there is one: the way there. */
export function FirstSteps() {
  const { jobs } = useApp();
  const { project } = useOpenedProject();
  const job = useStore(
    jobs,
    ({ jobs: all }) => activeJob(all, project.id, 'generate') ?? activeJob(all, project.id, 'optimise'),
  );
  const hasPicture = useDocument((document) => document.has('character'));
  const motion = useDocument((document) => recordOf(document, 'motion')?.name);
  return (
    <div className={styles.first}>
      <header className={styles.welcome}>
        <Sparkles size="2.5rem" strokeWidth={1.4} aria-hidden />
        <h2>Three steps to a living character</h2>
        <p>Nothing here needs an account, a graphics card or a download.</p>
      </header>
      <ol className={styles.steps}>
        <Step
          number={1}
          isDone={hasPicture}
          title="A picture of your character"
          hint="The whole body from the front, arms a little away from it. Drop it anywhere at the left."
        >
          <Button
            kind={hasPicture ? 'normal' : 'primary'}
            onClick={() => {
              runCommand(findCommand('character.choose'));
            }}
          >
            {hasPicture ? 'Another picture' : 'Choose picture'}
          </Button>
        </Step>
        <Step
          number={2}
          isDone={motion !== undefined}
          title="How it moves"
          hint={motion === undefined ? 'Choose a motion at the left, or take one from a video.' : `It will ${motion}.`}
        />
        <Step number={3} isDone={false} title="Make it" hint="Views first, then the 4D scene. You can watch it grow.">
          {!job && (
            <Button
              kind={hasPicture && motion !== undefined ? 'primary' : 'normal'}
              disabled={!hasPicture || motion === undefined}
              onClick={() => {
                runCommand(findCommand('job.all'));
              }}
            >
              Make it all
            </Button>
          )}
        </Step>
        {job && (
          <li className={styles.step}>
            <div className={styles.what}>
              <JobProgressView job={job} />
            </div>
          </li>
        )}
      </ol>
    </div>
  );
}

interface StepProps {
  readonly number: number;
  readonly isDone: boolean;
  readonly title: string;
  readonly hint: string;
  readonly children?: React.ReactNode;
}

function Step({ number, isDone, title, hint, children }: StepProps) {
  return (
    <li className={classes(styles.step, isDone && styles.done)}>
      <span className={styles.number}>{isDone ? <Check size="1.1em" aria-label="Done" /> : number}</span>
      <span className={styles.what}>
        <strong>{title}</strong>
        <p>{hint}</p>
      </span>
      {children}
    </li>
  );
}
