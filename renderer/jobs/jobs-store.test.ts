import { expect, it } from 'vitest';
import type { Job } from '../../preload/contract/jobs.ts';
import { activeJob } from './jobs-store.ts';

const job = (id: string, state: Job['state'], kind: 'generate' | 'optimise' = 'generate', project = 'p'): Job => ({
  ...{ id, project, projectName: 'P', task: { kind }, state, added: '2026-01-01T00:00:00Z' },
  ...{ started: null, ended: null, progress: null, error: null, result: null, restarts: 0 },
});

it('the job that a project waits for is the one that has begun, or the first that waits', () => {
  const others = [job('a', 'running', 'optimise'), job('b', 'running', 'generate', 'q'), job('c', 'failed')];
  expect(activeJob(others, 'p', 'generate')).toBeUndefined();
  const waiting = [...others, job('d', 'waiting'), job('e', 'waiting')];
  expect(activeJob(waiting, 'p', 'generate')?.id).toBe('d');
  expect(activeJob([...waiting, job('f', 'running')], 'p', 'generate')?.id).toBe('f');
  expect(activeJob([...waiting, job('g', 'paused')], 'p', 'generate')?.id).toBe('g');
});
