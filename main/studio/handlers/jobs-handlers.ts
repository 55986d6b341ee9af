import type { ProjectDocument } from '../../../core/document/document.ts';
import type { CallContext, Handlers } from '../../../preload/contract/feature.ts';
import type { Estimate, Job, jobs, Task } from '../../../preload/contract/jobs.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { PICTURE_FILES, type Dialogs } from '../dialogs.ts';
import { askExportPlace } from './export-place.ts';

export interface JobsHandlersOptions {
  readonly queue: JobQueue;
  readonly dialogs: Dialogs;
  readonly projectName: (project: string) => string;
  readonly document: (project: string) => { readonly document: ProjectDocument; readonly path: string };
  readonly estimate: (
    task: Task,
    project: { readonly document: ProjectDocument; readonly path: string } | null,
  ) => Promise<Estimate>;
  readonly estimateAll: (project: { readonly document: ProjectDocument; readonly path: string }) => Promise<Estimate>;
}

const POSE_FILES = [
  {
    name: 'Videos, motions, poses',
    extensions: [
      ...['mp4', 'm4v', 'mov', 'webm', 'mkv', 'avi', 'bvh', 'glb', 'gltf', 'vrm', 'vrma', 'json'],
      ...PICTURE_FILES.extensions,
    ],
  },
];

/** The page's way to the queue. */
export function jobsHandlers(options: JobsHandlersOptions): Handlers<typeof jobs> {
  const { queue } = options;
  return {
    list: () => queue.list(),
    start: ({ project, task }, context) => start(project, task, context, options),
    startAll: ({ project }) => {
      const generate = queue.add({ project, task: { kind: 'generate' } });
      return [generate, queue.add({ project, task: { kind: 'optimise' }, after: generate.id })];
    },
    estimate: ({ project, task }) => options.estimate(task, project === null ? null : options.document(project)),
    estimateAll: ({ project }) => options.estimateAll(options.document(project)),
    pause: ({ job }) => {
      queue.pause(job);
    },
    resume: ({ job }) => {
      queue.resume(job);
    },
    cancel: ({ job }) => {
      queue.cancel(job);
    },
    retry: ({ job }) => queue.retry(job),
    move: ({ job, place }) => {
      queue.move(job, place);
    },
    remove: ({ job }) => {
      queue.remove(job);
    },
    log: ({ job }) => queue.log(job),
    snapshot: ({ job, after }) => queue.snapshot(job, after),
    curve: ({ job }) => queue.curve(job),
  };
}

async function start(
  project: string | null,
  task: Task,
  { files, window }: CallContext,
  { queue, dialogs, projectName }: JobsHandlersOptions,
): Promise<Job | null> {
  if (task.kind === 'export') {
    const name = project === null ? '' : projectName(project);
    const place = await askExportPlace(task.target, name, dialogs, window);
    return place === null ? null : queue.add({ project, task, place });
  }
  const asked = files.length > 0 ? files : await askFiles(task, dialogs, window);
  return asked === null ? null : queue.add({ project, task, files: asked });
}

/** The files that a task needs; null when the user gave up. */
function askFiles(task: Task, dialogs: Dialogs, window: number): Promise<readonly string[] | null> {
  switch (task.kind) {
    case 'poses':
      return dialogs.chooseFiles({ window, title: 'Choose a motion', several: true, filters: POSE_FILES });
    case 'import-clip':
      return dialogs.chooseFiles({ window, title: 'Choose a clip folder', folder: true });
    case 'rest-pose':
    case 'generate':
    case 'optimise':
    case 'export':
    case 'check-model':
      return Promise.resolve([]);
  }
}
