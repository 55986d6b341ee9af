import { describe, expect, it } from 'vitest';
import type { Job, JobProgress } from '../../preload/contract/jobs.ts';
import { progressText, secondsTaken, stateText } from './job-words.ts';

const progress: JobProgress = {
  ...{ phase: 'Final stage', done: 1200, total: 6430, unit: 'iterations', note: 'PSNR 31.2 dB' },
  ...{ share: 0.2, secondsLeft: 200 },
};
const job: Job = {
  ...{ id: 'a', project: null, projectName: null, task: { kind: 'optimise' }, state: 'running' },
  ...{ added: '2026-01-01T00:00:00Z', started: '2026-01-01T00:00:10Z', ended: null },
  ...{ progress, error: null, result: null, restarts: 0 },
};

describe('words about jobs', () => {
  it('say how far it is and how long it will take', () => {
    expect(progressText(progress)).toBe('1,200 of 6,430 iterations · PSNR 31.2 dB · about 3 min 20 s left');
  });

  it('leave out what is not known', () => {
    expect(progressText({ ...progress, total: 0, note: null, secondsLeft: null })).toBe('1,200 iterations');
    expect(progressText({ ...progress, done: 0, total: 0, note: null, secondsLeft: null })).toBe('');
  });

  it('tell of a crash that it survived', () => {
    expect(stateText(job)).toBe('Final stage');
    expect(stateText({ ...job, restarts: 1 })).toBe('Final stage (resumed after a crash)');
    expect(stateText({ ...job, progress: null })).toBe('Starting');
  });

  it('count from the start to the end or to now', () => {
    expect(secondsTaken(job, Date.parse('2026-01-01T00:01:10Z'))).toBe(60);
    expect(secondsTaken({ ...job, ended: '2026-01-01T00:00:15Z' }, 0)).toBe(5);
    expect(secondsTaken({ ...job, started: null }, 0)).toBeNull();
  });
});
