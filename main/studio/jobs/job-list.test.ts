import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { MemoryJobStore } from '../../../test/helpers/memory-job-store.ts';
import type { JobState } from '../../../preload/contract/jobs.ts';
import { JobList } from './job-list.ts';
import type { StoredJob } from './job-store.ts';

const stored = (order: number, state: JobState, after: string | null = null): StoredJob => ({
  job: {
    ...{ id: randomUUID(), project: null, projectName: null, task: { kind: 'generate' }, state, added: '' },
    ...{ started: null, ended: null, progress: null, error: null, result: null, restarts: 0 },
  },
  ...{ files: [], place: null, after, order },
});

function listOf(...jobs: readonly StoredJob[]): JobList {
  const list = new JobList(new MemoryJobStore());
  for (const job of jobs) list.put(job);
  return list;
}

it('the next job is the first that waits for none', () => {
  const [failed, running] = [stored(1, 'failed'), stored(2, 'running')];
  const [behind, lost, free] = [
    stored(3, 'waiting', running.job.id),
    stored(4, 'waiting', failed.job.id),
    stored(5, 'waiting'),
  ];
  const list = listOf(free, lost, behind, running, failed);
  expect(list.next()).toBe(free);
  expect(list.waitingFor(running.job.id)).toEqual([behind]);
  expect(list.stranded()).toEqual([lost]);
  list.put({ ...running, job: { ...running.job, state: 'done' } });
  expect(list.next()).toBe(behind);
});

it('a moved job takes a number of the waiting ones, and the others shift', () => {
  const [first, running, second, third] = [
    stored(1, 'waiting'),
    stored(2, 'running'),
    stored(5, 'waiting'),
    stored(9, 'waiting'),
  ];
  const list = listOf(first, running, second, third);
  const orders = (place: number): (readonly [string, number])[] =>
    list.moved(third.job.id, place).map(({ job, order }) => [job.id, order] as const);
  expect(orders(0)).toEqual([
    [third.job.id, 1],
    [first.job.id, 5],
    [second.job.id, 9],
  ]);
  expect(orders(1)).toEqual([
    [third.job.id, 5],
    [second.job.id, 9],
  ]);
  expect(orders(7)).toEqual([]);
});
