import { Share } from 'lucide-react';
import { useStore } from 'zustand';
import { showDialog } from '../app/app-store.ts';
import { useApp, useOpenedProject } from '../app/studio-context.ts';
import { EXPORT_KINDS } from '../export/export-draft.ts';
import { exportDraft } from '../export/export-store.ts';
import { JobButtons } from '../jobs/job-buttons.tsx';
import { taskName } from '../jobs/jobs-store.ts';
import { Button } from '../ui/button.tsx';
import styles from './export-stage.module.css';
import type { StageState } from './stage-states.ts';

const SHOWN = 4;

/** Out of the studio: where to, and what went there before. */
export function ExportStage({ state }: { readonly state: StageState }) {
  const { jobs } = useApp();
  const { project } = useOpenedProject();
  const all = useStore(jobs, (queue) => queue.jobs);
  const done = all
    .filter((job) => job.project === project.id && job.task.kind === 'export' && job.state === 'done')
    .slice(-SHOWN)
    .reverse();
  return (
    <>
      <div className={styles.kinds}>
        {EXPORT_KINDS.map(({ value, label, icon: Icon, hint }) => (
          <button
            key={value}
            type="button"
            className={styles.kind}
            disabled={state.kind === 'blocked'}
            onClick={() => {
              exportDraft.setState({ kind: value });
              showDialog('export');
            }}
          >
            <Icon size="1.3em" aria-hidden />
            <span className={styles.words}>
              <span className={styles.label}>{label}…</span>
              <span className={styles.hint}>{hint}</span>
            </span>
          </button>
        ))}
      </div>
      {done.length > 0 && (
        <ul className={styles.done} aria-label="Exported">
          {done.map((job) => (
            <li key={job.id} className={styles.export}>
              <div className={styles.words}>
                <span className={styles.label}>{taskName(job.task)}</span>
                <span className={styles.hint}>{job.result}</span>
              </div>
              <JobButtons job={job} />
            </li>
          ))}
        </ul>
      )}
      {state.kind === 'ready' && (
        <Button
          kind="primary"
          icon={Share}
          onClick={() => {
            showDialog('export');
          }}
        >
          Export…
        </Button>
      )}
    </>
  );
}
