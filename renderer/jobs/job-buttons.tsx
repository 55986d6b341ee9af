import { FolderOpen, Pause, Play, RotateCcw, Square, Trash2 } from 'lucide-react';
import type { Job } from '../../preload/contract/jobs.ts';
import { attempt } from '../app/notices.ts';
import { useApp } from '../app/studio-context.ts';
import { IconButton } from '../ui/button.tsx';
import { hasEnded, taskName } from './jobs-store.ts';

export interface JobButtonsProps {
  readonly job: Job;
  /** Whether it can be taken off the list here. */
  readonly removes?: boolean;
}

/** What can be done with a job in its state. */
export function JobButtons({ job, removes = false }: JobButtonsProps) {
  const { client } = useApp();
  const { state, task } = job;
  const onJob = { job: job.id };
  const name = taskName(task);
  const click = (work: () => Promise<unknown>) => () => {
    attempt(work);
  };
  return (
    <>
      {state === 'running' && (
        <IconButton icon={Pause} label={`Pause: ${name}`} onClick={click(() => client.jobs.pause(onJob))} />
      )}
      {state === 'paused' && (
        <IconButton icon={Play} label={`Resume: ${name}`} onClick={click(() => client.jobs.resume(onJob))} />
      )}
      {!hasEnded(job) && (
        <IconButton icon={Square} label={`Cancel: ${name}`} onClick={click(() => client.jobs.cancel(onJob))} />
      )}
      {(state === 'failed' || state === 'cancelled') && (
        <IconButton icon={RotateCcw} label={`Try again: ${name}`} onClick={click(() => client.jobs.retry(onJob))} />
      )}
      {state === 'done' && task.kind === 'export' && (
        <IconButton
          icon={FolderOpen}
          label={`Show in folder: ${name}`}
          onClick={click(() => client.studio.reveal(onJob))}
        />
      )}
      {removes && hasEnded(job) && (
        <IconButton
          icon={Trash2}
          label={`Take off the list: ${name}`}
          onClick={click(() => client.jobs.remove(onJob))}
        />
      )}
    </>
  );
}
