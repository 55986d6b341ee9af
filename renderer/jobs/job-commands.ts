import type { StudioClient } from '../../preload/contract/contract.ts';
import type { Job } from '../../preload/contract/jobs.ts';
import type { Command } from '../commands/command.ts';
import type { ProjectStore } from '../document/project-store.ts';
import { activeJob, type JobsStore } from './jobs-store.ts';
import { startAll, startJob } from '../inspector/start-job.ts';

export interface JobCommandsOptions {
  readonly client: StudioClient;
  readonly project: ProjectStore;
  readonly jobs: JobsStore;
}

/** What can be started and stopped while a project is open. */
export function jobCommands({ client, project, jobs }: JobCommandsOptions): readonly Command[] {
  const has = (id: string): boolean => project.getState().document.has(id);
  const isFree = (kind: 'generate' | 'optimise'): boolean =>
    activeJob(jobs.getState().jobs, project.id, kind) === undefined;
  const current = (): Job | undefined =>
    jobs.getState().jobs.find(({ state }) => state === 'running' || state === 'paused');
  const context = { client, project };
  return [
    {
      id: 'job.all',
      label: 'Make it all',
      group: 'Job',
      keys: ['Mod+Enter'],
      when: () => has('character') && has('motion') && isFree('generate') && isFree('optimise'),
      run: () => startAll(context),
    },
    {
      id: 'job.generate',
      label: 'Generate views',
      group: 'Job',
      keys: ['Mod+Shift+G'],
      when: () => has('character') && has('motion') && isFree('generate'),
      run: async () => {
        await startJob(context, { kind: 'generate' });
      },
    },
    {
      id: 'job.importClip',
      label: 'Import a clip…',
      group: 'Job',
      run: async () => {
        await startJob(context, { kind: 'import-clip' });
      },
    },
    {
      id: 'job.optimise',
      label: 'Optimise the scene',
      group: 'Job',
      keys: ['Mod+Shift+O'],
      when: () => has('clip') && isFree('optimise'),
      run: async () => {
        await startJob(context, { kind: 'optimise' });
      },
    },
    {
      id: 'job.pause',
      label: 'Pause or resume the job',
      group: 'Job',
      keys: ['Mod+.'],
      when: () => current() !== undefined,
      isOn: () => current()?.state === 'paused',
      run: async () => {
        const job = current();
        if (job) await client.jobs[job.state === 'paused' ? 'resume' : 'pause']({ job: job.id });
      },
    },
    {
      id: 'job.cancel',
      label: 'Cancel the job',
      group: 'Job',
      keys: ['Mod+Shift+.'],
      when: () => current() !== undefined,
      run: async () => {
        const job = current();
        if (job) await client.jobs.cancel({ job: job.id });
      },
    },
  ];
}
