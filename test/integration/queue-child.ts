// Changes a queue until it is killed, telling its parent of everything that was acknowledged.
import { join } from 'node:path';
import { JobQueue } from '../../main/studio/jobs/job-queue.ts';
import { LibraryDatabase } from '../../main/studio/library/library-database.ts';
import { seededRandom } from '../helpers/random.ts';

export interface QueueOrder {
  readonly folder: string;
  readonly seed: number;
}

/** A job that is on the list, or no longer. */
export interface QueueAck {
  readonly job?: string;
  readonly isThere?: boolean;
}

const { folder, seed } = JSON.parse(process.argv[2] ?? '') as QueueOrder;
/** Resolves when it has left, so that no more than the last change is not acknowledged. */
const tell = (ack: QueueAck): Promise<void> =>
  new Promise((resolve) => {
    process.send?.(ack, undefined, undefined, () => {
      resolve();
    });
  });
const random = seededRandom(seed);
const library = LibraryDatabase.open(folder);
const queue = new JobQueue({
  ...{ store: library.jobs, workRoot: join(folder, 'work'), models: () => ({}), threads: () => null },
  // Nothing begins: the queue is only changed.
  launcher: {
    launch: () => {
      throw new Error('No job was to begin.');
    },
  },
  locateProject: () => ({ path: folder, name: 'A' }),
  applyToProject: () => undefined,
  announce: () => undefined,
});

function change(): readonly QueueAck[] {
  const jobs = queue.list();
  const any = jobs[Math.floor(random() * jobs.length)];
  const choice = random();
  if (!any || choice < 0.4) {
    const first = queue.add({ project: null, task: { kind: 'generate' } });
    const second = queue.add({ project: null, task: { kind: 'optimise' }, after: first.id });
    return [first, second].map(({ id }) => ({ job: id, isThere: true }));
  }
  if (choice < 0.7 && any.state === 'waiting') queue.move(any.id, Math.floor(random() * jobs.length));
  else if (choice < 0.9) queue.cancel(any.id);
  else if (any.state === 'cancelled') {
    queue.remove(any.id);
    return [{ job: any.id, isThere: false }];
  }
  return [];
}

await tell({});
for (;;) {
  for (const ack of change()) await tell(ack);
  await new Promise((resolve) => setImmediate(resolve));
}
