import type { StudioClient } from '../../preload/contract/contract.ts';
import type { Job, Task } from '../../preload/contract/jobs.ts';
import type { ProjectStore } from '../document/project-store.ts';

export interface JobContext {
  readonly client: StudioClient;
  readonly project: ProjectStore;
}

/** Queues a task once the main process has kept every change that it depends on; null when the user gave up in a dialog. */
export async function startJob(
  { client, project }: JobContext,
  task: Task,
  files?: readonly File[],
): Promise<Job | null> {
  await project.settled();
  return client.jobs.start({ project: project.id, task }, files);
}

/** Views, then the scene. */
export async function startAll({ client, project }: JobContext): Promise<void> {
  await project.settled();
  await client.jobs.startAll({ project: project.id });
}
