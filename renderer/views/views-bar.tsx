import { Grid3x3, ImageUp, Maximize2, Orbit, Sparkles, Undo2 } from 'lucide-react';
import { useStore } from 'zustand';
import type { ClipRecord } from '../../core/document/document.ts';
import { attempt } from '../app/notices.ts';
import { useApp, useOpenedProject } from '../app/studio-context.ts';
import { startJob } from '../inspector/start-job.ts';
import { useRecord } from '../inspector/use-record.ts';
import { JobProgressView } from '../jobs/job-progress.tsx';
import { activeJob } from '../jobs/jobs-store.ts';
import { setView, takeView } from '../sources/source-actions.ts';
import { Button } from '../ui/button.tsx';
import { viewAngle } from './view-angle.ts';
import { viewState } from './view-state.ts';
import { STATE_WORDS } from './view-tile.tsx';
import styles from './views.module.css';

export interface ViewsBarProps {
  readonly clip: ClipRecord;
  /** The chosen one. */
  readonly view: number;
  readonly isLarge: boolean;
  readonly onLarge: () => void;
}

/** What can be done with the chosen view, and with all of them. */
export function ViewsBar({ clip, view, isLarge, onLarge }: ViewsBarProps) {
  const { client, jobs } = useApp();
  const { project } = useOpenedProject();
  const [character, motion] = [useRecord('character'), useRecord('motion')];
  const generating = useStore(jobs, (state) => activeJob(state.jobs, project.id, 'generate'));
  const optimising = useStore(jobs, (state) => activeJob(state.jobs, project.id, 'optimise'));
  // A button that is off has its reason below it.
  const ahead = [generating, optimising].filter((job) => job !== undefined);
  const context = { client, project };
  const state = viewState(view, clip, character?.views);
  const camera = clip.cameras[view];
  const angle = camera && viewAngle(camera);
  const start = (kind: 'generate' | 'optimise') => () => {
    attempt(() => startJob(context, { kind }));
  };
  return (
    <div className={styles.bar}>
      <div className={styles.tools} role="group" aria-label="Chosen view">
        <span className={styles.chosen}>
          <strong>View {view}</strong> {angle && `${angle.degrees}° ${angle.side}`}
          {state !== 'generated' && ` · ${STATE_WORDS[state] ?? ''}`}
        </span>
        <Button kind="quiet" icon={isLarge ? Grid3x3 : Maximize2} onClick={onLarge}>
          {isLarge ? 'All views' : 'Enlarge'}
        </Button>
        <Button
          kind="quiet"
          icon={ImageUp}
          title="By a picture of the character at rest, seen from here"
          onClick={() => {
            attempt(() => takeView(context, view));
          }}
        >
          Replace…
        </Button>
        {state !== 'generated' && (
          <Button
            kind="quiet"
            icon={Undo2}
            onClick={() => {
              setView(context, view, null);
            }}
          >
            Give back
          </Button>
        )}
        <span className={styles.space} />
        <Button
          icon={Sparkles}
          disabled={generating !== undefined || !character || !motion}
          onClick={start('generate')}
        >
          Generate again
        </Button>
        <Button
          kind="primary"
          icon={Orbit}
          disabled={generating !== undefined || optimising !== undefined}
          onClick={start('optimise')}
        >
          Optimise from here
        </Button>
      </div>
      {ahead.map((job) => (
        <JobProgressView key={job.id} job={job} isNamed />
      ))}
    </div>
  );
}
