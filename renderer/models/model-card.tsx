import { Gauge, ShieldCheck, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Model, ModelPlan } from '../../preload/contract/models.ts';
import { attempt } from '../app/notices.ts';
import { useApp } from '../app/studio-context.ts';
import { JobProgressView } from '../jobs/job-progress.tsx';
import { hasEnded } from '../jobs/jobs-store.ts';
import { timeAgo } from '../library/time-ago.ts';
import { Button, classes, IconButton } from '../ui/button.tsx';
import { byteText } from '../ui/words.ts';
import styles from './models-page.module.css';

const KINDS: Readonly<Record<Model['kind'], string>> = {
  '4d': '4D: all views at once',
  '2d': '2D: one view',
  unknown: 'Kind not recognised',
};

/** A checkpoint: what it is, what a check found, and how it would run here. */
export function ModelCard({ model }: { readonly model: Model }) {
  const { client, jobs } = useApp();
  const { id, name, folder, kind, size, missing, check } = model;
  const [plan, setPlan] = useState<ModelPlan | 'asked'>();
  const checking = useStore(jobs, ({ jobs: all }) =>
    all.find((job) => job.task.kind === 'check-model' && job.task.model === id && !hasEnded(job)),
  );
  const ask = async (): Promise<void> => {
    setPlan('asked');
    try {
      setPlan(await client.models.plan({ model: id }));
    } catch (error) {
      setPlan(undefined);
      throw error;
    }
  };
  return (
    <article className={styles.card}>
      <header className={styles.cardHead}>
        <div className={styles.title}>
          <h2>{name}</h2>
          <p className={styles.small}>{folder}</p>
        </div>
        <IconButton
          icon={Trash2}
          label={`Forget ${name}; its files stay`}
          onClick={() => {
            attempt(() => client.models.remove({ model: id }));
          }}
        />
      </header>
      <p className={styles.chips}>
        <span className={styles.chip}>{KINDS[kind]}</span>
        <span className={styles.chip}>{byteText(size)}</span>
        {missing && <span className={classes(styles.chip, styles.missing)}>Folder is missing</span>}
      </p>
      <Findings check={check} />
      {checking && <JobProgressView job={checking} />}
      {plan !== undefined && <Plan plan={plan} />}
      <div className={styles.buttons}>
        <Button
          icon={ShieldCheck}
          disabled={missing || checking !== undefined}
          onClick={() => {
            attempt(() => client.jobs.start({ project: null, task: { kind: 'check-model', model: id } }));
          }}
        >
          Check every file
        </Button>
        <Button
          icon={Gauge}
          disabled={missing || plan === 'asked'}
          onClick={() => {
            attempt(ask);
          }}
        >
          How would it run here?
        </Button>
      </div>
    </article>
  );
}

function Findings({ check }: { readonly check: Model['check'] }) {
  if (!check) return <p className={styles.dim}>Never checked.</p>;
  return (
    <div>
      <p className={styles.dim}>Checked {timeAgo(check.at)}:</p>
      {check.findings.length === 0 ? (
        <p>Nothing is amiss.</p>
      ) : (
        <ul className={styles.lines}>
          {check.findings.map((finding) => (
            <li key={finding}>{finding}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Plan({ plan }: { readonly plan: ModelPlan | 'asked' }) {
  if (plan === 'asked') return <p className={styles.dim}>Working it out…</p>;
  return (
    <div className={classes(styles.plan, !plan.fits && styles.tooLarge)}>
      <p className={styles.verdict}>{plan.fits ? 'It fits this machine.' : 'It does not fit this machine.'}</p>
      <ul className={styles.lines}>
        {plan.lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  );
}
