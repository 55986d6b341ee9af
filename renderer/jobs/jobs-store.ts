import { createStore, type StoreApi } from 'zustand/vanilla';
import type { StudioClient } from '../../preload/contract/contract.ts';
import type { CurvePoint, Job, JobProgress, Task } from '../../preload/contract/jobs.ts';

export interface JobsState {
  /** In the queue's order. */
  readonly jobs: readonly Job[];
  /** How the fits of this session go, by job. */
  readonly curves: ReadonlyMap<string, readonly CurvePoint[]>;
}

/** The queue as the page knows it: asked for once, then followed. */
export interface JobsStore extends StoreApi<JobsState> {
  readonly end: () => void;
}

export function createJobsStore(client: Pick<StudioClient, 'jobs'>): JobsStore {
  const store = createStore<JobsState>()(() => ({ jobs: [], curves: new Map() }));
  const { getState, setState } = store;
  const set = (job: Job): void => {
    const { jobs } = getState();
    const known = jobs.some(({ id }) => id === job.id);
    setState({ jobs: known ? jobs.map((each) => (each.id === job.id ? job : each)) : [...jobs, job] });
  };
  const change = (id: string, progress: JobProgress): void => {
    const job = getState().jobs.find((each) => each.id === id);
    if (job) set({ ...job, progress });
  };
  const ends = [
    client.jobs.on('changed', set),
    client.jobs.on('removed', ({ job }) => {
      setState({ jobs: getState().jobs.filter(({ id }) => id !== job) });
    }),
    client.jobs.on('progress', ({ job, progress }) => {
      change(job, progress);
    }),
    client.jobs.on('curve', ({ job, point }) => {
      const { curves } = getState();
      setState({ curves: new Map(curves).set(job, [...(curves.get(job) ?? []), point]) });
    }),
  ];
  void client.jobs.list().then((jobs) => {
    setState({ jobs });
    for (const { id, state, task } of jobs) {
      if (state !== 'running' || task.kind !== 'optimise') continue;
      void client.jobs.curve({ job: id }).then((points) => {
        setState({ curves: new Map(getState().curves).set(id, points) });
      });
    }
  });
  return {
    ...store,
    end: () => {
      for (const end of ends) end();
    },
  };
}

/** The job of this kind that a project waits for: one that has begun, or else the first that waits. */
export function activeJob(jobs: readonly Job[], project: string, kind: Task['kind']): Job | undefined {
  const own = jobs.filter((job) => job.project === project && job.task.kind === kind && !hasEnded(job));
  return own.find(({ state }) => state !== 'waiting') ?? own[0];
}

export const hasEnded = ({ state }: Job): boolean => state === 'done' || state === 'failed' || state === 'cancelled';

/** What a job is called in lists. */
export function taskName(task: Task): string {
  switch (task.kind) {
    case 'rest-pose':
      return 'Find the rest pose';
    case 'poses':
      return 'Read poses';
    case 'generate':
      return 'Generate views';
    case 'import-clip':
      return 'Import a clip';
    case 'optimise':
      return 'Optimise the scene';
    case 'export':
      return {
        'ply-sequence': 'Export PLY sequence',
        turntable: 'Export turntable',
        pictures: 'Export pictures',
        frame: 'Export a frame',
      }[task.target.kind];
    case 'check-model':
      return 'Check a model';
  }
}
