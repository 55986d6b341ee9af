import { CircleCheck, FolderOpen, Share } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { SceneRecord } from '../../core/document/document.ts';
import type { Job } from '../../preload/contract/jobs.ts';
import { attempt } from '../app/notices.ts';
import { useApp, useOpenedProject } from '../app/studio-context.ts';
import { Cost } from '../inspector/cost.tsx';
import { startJob } from '../inspector/start-job.ts';
import { useEstimate } from '../inspector/use-estimate.ts';
import { useRecord } from '../inspector/use-record.ts';
import { JobProgressView } from '../jobs/job-progress.tsx';
import { hasEnded } from '../jobs/jobs-store.ts';
import { Button } from '../ui/button.tsx';
import { ChoiceCards } from '../ui/choice-cards.tsx';
import { Dialog } from '../ui/dialog.tsx';
import styles from './export-dialog.module.css';
import { EXPORT_KINDS, type ExportDraft, exportTarget } from './export-draft.ts';
import { ExportFields } from './export-fields.tsx';
import { exportDraft } from './export-store.ts';

export interface ExportDialogProps {
  readonly onClose: () => void;
}

/** Out of the studio: what, how large, what it costs; then how it goes, and what was found when the files were read back. */
export function ExportDialog({ onClose }: ExportDialogProps) {
  const scene = useRecord('scene');
  if (scene) return <Form scene={scene} onClose={onClose} />;
  return (
    <Dialog title="Export" onClose={onClose}>
      <p>There is no scene yet: generate the views, then optimise.</p>
    </Dialog>
  );
}

function Form({ scene, onClose }: ExportDialogProps & { readonly scene: SceneRecord }) {
  const { client, jobs } = useApp();
  const { project } = useOpenedProject();
  const draft = useStore(exportDraft);
  const [started, setStarted] = useState<string>();
  const job = useStore(jobs, ({ jobs: all }) => all.find(({ id }) => id === started));
  const target = exportTarget(draft, scene.frames);
  const estimate = useEstimate({ kind: 'export', target });
  const isBusy = job !== undefined && !hasEnded(job);
  const change = (part: Partial<ExportDraft>): void => {
    exportDraft.setState(part);
  };
  const start = async (): Promise<void> => {
    const queued = await startJob({ client, project }, { kind: 'export', target });
    if (queued) setStarted(queued.id);
  };
  return (
    <Dialog
      title="Export"
      wide
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{isBusy ? 'Close; it goes on' : 'Close'}</Button>
          <Button
            kind="primary"
            icon={Share}
            disabled={isBusy || (estimate?.obstacles.length ?? 0) > 0}
            onClick={() => {
              attempt(start);
            }}
          >
            {draft.kind === 'ply-sequence' || draft.kind === 'pictures' ? 'Export into folder…' : 'Export…'}
          </Button>
        </>
      }
    >
      <ChoiceCards
        label="What"
        sideBySide
        value={draft.kind}
        choices={EXPORT_KINDS}
        onChange={(kind) => {
          change({ kind });
        }}
      />
      <ExportFields draft={draft} frames={scene.frames} onChange={change} />
      <Cost estimate={estimate} showsMemory={false} />
      {job && <Outcome job={job} />}
    </Dialog>
  );
}

function Outcome({ job }: { readonly job: Job }) {
  const { client } = useApp();
  if (!hasEnded(job)) return <JobProgressView job={job} />;
  if (job.state !== 'done') {
    return (
      <div className={styles.failed} role="alert">
        {job.state === 'cancelled' ? 'Cancelled; nothing was written.' : job.error}
      </div>
    );
  }
  return (
    <div className={styles.done} role="status">
      <CircleCheck size="1.4em" aria-hidden />
      <p className={styles.result}>{job.result}</p>
      <Button
        icon={FolderOpen}
        onClick={() => {
          attempt(() => client.studio.reveal({ job: job.id }));
        }}
      >
        Show in folder
      </Button>
    </div>
  );
}
