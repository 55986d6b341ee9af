// Runs a job in a process that can be killed; tells its parent how far it is.
import type { JobRequest } from '../../native/pipeline/job.ts';
import { runJob } from '../../native/pipeline/run-job.ts';

export interface JobOrder {
  readonly request: JobRequest;
  readonly folder: string;
}

const { request, folder } = JSON.parse(process.argv[2] ?? '') as JobOrder;
await runJob(request, folder, {
  resume: true,
  onStage: (stage, state) => process.send?.({ type: 'stage', stage, state }),
  onProgress: (progress) => process.send?.(progress),
});
