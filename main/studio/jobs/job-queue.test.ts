import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { newDocument, recordOf, type DocumentDiff } from '../../../core/document/document.ts';
import { packDiff } from '../../../core/document/packed-pose.ts';
import { AppError } from '../../../core/errors.ts';
import { FakeLauncher } from '../../../test/helpers/fake-engine.ts';
import { MemoryJobStore } from '../../../test/helpers/memory-job-store.ts';
import { temporaryFolder } from '../../../test/helpers/temporary-folder.ts';
import type { Job, JobState } from '../../../preload/contract/jobs.ts';
import { JobQueue, type JobQueueOptions } from './job-queue.ts';

const PROJECT = '5f0c1c36-9a3b-4f2e-8a52-0f7f0b1c2d3e';
const OPTIMISE = { project: PROJECT, task: { kind: 'optimise' } } as const;
const GENERATE = { project: PROJECT, task: { kind: 'generate' } } as const;

let launcher: FakeLauncher;
let store: MemoryJobStore;
let workRoot: string;
let applied: DocumentDiff[];
let events: { name: string; payload: unknown }[];

beforeEach(async () => {
  launcher = new FakeLauncher();
  store = new MemoryJobStore();
  applied = [];
  events = [];
  workRoot = await temporaryFolder();
});

function makeQueue(options: Partial<JobQueueOptions> = {}): JobQueue {
  const queue = new JobQueue({
    ...{ store, launcher, workRoot },
    locateProject: () => ({ path: '/a.cshot', name: 'A' }),
    applyToProject: (_, diff) => {
      applied.push(diff);
    },
    ...{ models: () => ({}), threads: () => 2, grace: { cancel: 40, pause: 80 } },
    announce: (name, payload) => events.push({ name, payload }),
    ...options,
  });
  queue.begin();
  return queue;
}

const states = (queue: JobQueue): JobState[] => queue.list().map(({ state }) => state);
const become = (queue: JobQueue, { id }: Job, state: JobState): Promise<void> =>
  vi.waitFor(() => {
    expect(queue.get(id).state).toBe(state);
  });

describe('order', () => {
  it('runs one job at a time, in the order in which they came', async () => {
    const queue = makeQueue();
    const [first, second] = [queue.add(GENERATE), queue.add(OPTIMISE)];
    expect(states(queue)).toEqual(['running', 'waiting']);
    expect(launcher.engines).toHaveLength(1);
    expect(launcher.engine.order).toMatchObject({
      ...{ task: { kind: 'generate' }, projectPath: '/a.cshot', threads: 2, workFolder: join(workRoot, first.id) },
    });
    launcher.engine.finish('21 views.');
    await become(queue, first, 'done');
    expect(queue.get(first.id)).toMatchObject({ result: '21 views.', error: null, projectName: 'A' });
    await become(queue, second, 'running');
    expect(launcher.engines).toHaveLength(2);
  });

  it('moves waiting jobs, and only those', () => {
    const queue = makeQueue();
    const [running, a, b, c] = [1, 2, 3, 4].map(() => queue.add(OPTIMISE)) as [Job, Job, Job, Job];
    queue.move(c.id, 0);
    expect(queue.list().map(({ id }) => id)).toEqual([running.id, c.id, a.id, b.id]);
    queue.move(c.id, 99);
    expect(queue.list().map(({ id }) => id)).toEqual([running.id, a.id, b.id, c.id]);
    expect(() => {
      queue.move(running.id, 0);
    }).toThrow('Only a waiting job');
  });

  it('lets a job wait for the one before, and cancels it when that fails', async () => {
    const queue = makeQueue();
    const generate = queue.add(GENERATE);
    const optimise = queue.add({ ...OPTIMISE, after: generate.id });
    queue.pause(generate.id);
    await become(queue, generate, 'paused');
    // Nothing else is to be done, and yet it does not start.
    await sleep(20);
    expect(queue.get(optimise.id).state).toBe('waiting');
    queue.resume(generate.id);
    launcher.engine.failWith('There are no poses yet.');
    await become(queue, generate, 'failed');
    expect(queue.get(generate.id).error).toBe('There are no poses yet.');
    expect(queue.get(optimise.id).state).toBe('cancelled');
    expect(launcher.engines).toHaveLength(2);
  });

  it('takes a resumed job before those that wait', async () => {
    const queue = makeQueue();
    const [first, second, third] = [1, 2, 3].map(() => queue.add(OPTIMISE)) as [Job, Job, Job];
    queue.pause(first.id);
    await become(queue, second, 'running');
    expect(queue.get(first.id).state).toBe('paused');
    queue.resume(first.id);
    launcher.engine.finish();
    await become(queue, first, 'running');
    expect(queue.get(third.id).state).toBe('waiting');
  });
});

describe('cancel', () => {
  it('kills an engine that does not listen, and keeps its folder for another try', async () => {
    const queue = makeQueue();
    const job = queue.add(OPTIMISE);
    await mkdir(join(workRoot, job.id));
    launcher.engine.isDeaf = true;
    queue.cancel(job.id);
    expect(launcher.engine.stops).toBe(1);
    await become(queue, job, 'cancelled');
    expect(launcher.engine.killed).toBe(true);
    expect(existsSync(join(workRoot, job.id))).toBe(true);
    queue.retry(job.id);
    expect(queue.get(job.id)).toMatchObject({ state: 'running', ended: null, restarts: 0 });
    launcher.engine.finish();
    await become(queue, job, 'done');
    await vi.waitFor(() => {
      expect(existsSync(join(workRoot, job.id))).toBe(false);
    });
  });

  it('wins over a result that arrives meanwhile', async () => {
    const queue = makeQueue();
    const job = queue.add(OPTIMISE);
    launcher.engine.isDeaf = true;
    queue.cancel(job.id);
    const diff = { added: [...newDocument('A').values()], updated: [], removed: [] };
    launcher.engine.tell({ type: 'done', diff: packDiff(diff), label: 'x', result: '', seconds: 1 });
    launcher.engine.exit();
    await become(queue, job, 'cancelled');
    expect(applied).toEqual([]);
  });

  it('ends everything of a project that goes', async () => {
    const queue = makeQueue();
    const [first, second] = [queue.add(GENERATE), queue.add(OPTIMISE)];
    queue.cancelProject(PROJECT);
    await become(queue, first, 'cancelled');
    expect(queue.get(second.id).state).toBe('cancelled');
    expect(launcher.engines).toHaveLength(1);
  });
});

describe('crashes', () => {
  it('go on twice, with a line in the log, and then end with one sentence', async () => {
    const queue = makeQueue();
    const job = queue.add(OPTIMISE);
    for (const restarts of [1, 2]) {
      launcher.engine.exit('by SIGSEGV');
      await vi.waitFor(() => {
        expect(queue.get(job.id)).toMatchObject({ state: 'running', restarts });
      });
    }
    launcher.engine.exit('by SIGSEGV');
    await become(queue, job, 'failed');
    expect(launcher.engines).toHaveLength(3);
    expect(queue.get(job.id).error).toMatch(/^The engine ended by SIGSEGV 3 times in a row; [^.]*\.$/);
    expect(queue.log(job.id).map(({ text }) => text)).toEqual([
      'The engine ended by SIGSEGV; going on from where it was (1 of 2).',
      'The engine ended by SIGSEGV; going on from where it was (2 of 2).',
      'The engine ended by SIGSEGV.',
    ]);
  });

  it('of the whole program: a running job goes on first, and counts as restarted', () => {
    const first = makeQueue();
    const [running, waiting] = [first.add(OPTIMISE), first.add(GENERATE)];
    // The program dies here: nothing more is said to `first`.
    const second = makeQueue();
    expect(second.list().map(({ id, state, restarts }) => ({ id, state, restarts }))).toEqual([
      { id: running.id, state: 'running', restarts: 1 },
      { id: waiting.id, state: 'waiting', restarts: 0 },
    ]);
    expect(second.log(running.id)[0]?.text).toContain('The studio ended while this job was running');
    // A job that takes the program down with it does so three times at most.
    makeQueue();
    const fourth = makeQueue();
    expect(fourth.get(running.id).state).toBe('failed');
    expect(fourth.get(waiting.id).state).toBe('running');
  });

  it('are none when the program is closed', async () => {
    const first = makeQueue();
    const [running, waiting] = [first.add(OPTIMISE), first.add(GENERATE)];
    await first.close();
    expect(first.get(running.id).state).toBe('waiting');
    expect(launcher.engine.killed).toBe(false);
    const second = makeQueue();
    expect(second.get(running.id)).toMatchObject({ state: 'running', restarts: 0 });
    expect(second.get(waiting.id).state).toBe('waiting');
  });

  it('at the start of a process fail that job, not the queue', async () => {
    const queue = makeQueue();
    launcher.isBroken = true;
    const job = queue.add(OPTIMISE);
    expect(queue.get(job.id).state).toBe('failed');
    launcher.isBroken = false;
    await become(queue, queue.add(OPTIMISE), 'running');
  });
});

describe('what an engine says', () => {
  it('reaches listeners and late comers', () => {
    const queue = makeQueue();
    const { id } = queue.add(OPTIMISE);
    const progress = { phase: 'Optimising', done: 5, total: 10, unit: 'iterations', note: null, share: 0.5 };
    launcher.engine.tell({ type: 'progress', progress });
    launcher.engine.tell({ type: 'log', level: 'warning', text: 'Hm.' });
    launcher.engine.tell({ type: 'curve', points: [[1, 0.5, 20], [2, 0.4, 21]] }); // prettier-ignore
    launcher.engine.tell({ type: 'curve', points: [[2, 0.4, 21]] });
    launcher.engine.tell({ type: 'snapshot', iteration: 7, scene: Uint8Array.of(1, 2) });
    launcher.engine.tell({ type: 'snapshot', iteration: 9, scene: Uint8Array.of(3, 4) });
    expect(queue.get(id).progress).toEqual({ ...progress, secondsLeft: null });
    expect(queue.log(id)).toMatchObject([{ level: 'warning', text: 'Hm.' }]);
    expect(queue.curve(id)).toEqual([
      [1, 0.5, 20],
      [2, 0.4, 21],
    ]);
    expect(queue.snapshot(id, -1)).toEqual({ iteration: 9, scene: Uint8Array.of(3, 4) });
    expect(queue.snapshot(id, 9)).toBeNull();
    expect(events.filter(({ name }) => name === 'curve')).toHaveLength(2);
    expect(events.filter(({ name }) => name === 'snapshot')).toHaveLength(2);
    launcher.engine.finish();
    expect(queue.snapshot(id, -1)).toBeNull();
  });

  it('becomes a change of the project', async () => {
    const queue = makeQueue();
    const job = queue.add(GENERATE);
    const settings = recordOf(newDocument('A'), 'settings');
    if (!settings) throw new Error('A new document has settings.');
    const diff: DocumentDiff = { added: [], updated: [[settings, { ...settings, size: 128 }]], removed: [] };
    launcher.engine.tell({ type: 'done', diff: packDiff(diff), label: 'x', result: 'y', seconds: 1 });
    launcher.engine.exit();
    await become(queue, job, 'done');
    expect(applied).toEqual([diff]);
  });

  it.each([
    ['no message at all', 'hello'],
    ['an unknown message', { type: 'run', order: {} }],
    ['a number that is none', { type: 'progress', progress: { phase: '', done: NaN, total: 0, unit: '', note: null, share: 2 } }],
    ['a diff that only looks like one', { type: 'done', diff: { added: 7 }, label: '', result: '', seconds: 1 }],
    ['an endless text', { type: 'log', level: 'info', text: 'x'.repeat(1e6) }],
    ['a strange code', { type: 'failed', error: { code: 'root', message: '' }, stack: '' }],
    ['a getter', Object.defineProperty({}, 'type', { get: () => 'done' })],
  ])('is passed over where it is %s', (_, message) => {
    const queue = makeQueue();
    const { id } = queue.add(GENERATE);
    events = [];
    launcher.engine.say(message);
    expect(events).toEqual([]);
    expect(queue.get(id)).toMatchObject({ state: 'running', progress: null });
    expect(applied).toEqual([]);
  }); // prettier-ignore

  it.each([
    ['a record that is none', { added: [{ id: 'scene', type: 'scene', asset: '../../x' }], updated: [], removed: [] }],
    ['an update that changes an id', { added: [], updated: [[...newDocument('A').values()].slice(0, 2)], removed: [] }],
  ])('fails its job where it ends with %s', async (_, diff) => {
    const queue = makeQueue();
    const job = queue.add(GENERATE);
    launcher.engine.say({ type: 'done', diff, label: '', result: '', seconds: 1 });
    launcher.engine.exit();
    await become(queue, job, 'failed');
    expect(queue.get(job.id).error).toMatch(/does not fit into a project; start the job again\.$/);
    expect(applied).toEqual([]);
  });

  it('counts no more after its last word', async () => {
    const queue = makeQueue();
    const job = queue.add(GENERATE);
    launcher.engine.tell({ type: 'done', diff: null, label: '', result: 'first', seconds: 1 });
    launcher.engine.tell({ type: 'done', diff: null, label: '', result: 'second', seconds: 1 });
    launcher.engine.tell({ type: 'log', level: 'info', text: 'and now' });
    launcher.engine.exit();
    launcher.engine.exit();
    await become(queue, job, 'done');
    expect(queue.get(job.id).result).toBe('first');
    expect(queue.log(job.id)).toEqual([]);
  });
});

describe('a project', () => {
  it('that was deleted meanwhile fails its job in a sentence, before and after the work', async () => {
    let gone = false;
    const sentence = 'The project is no longer in the library; restore it and try again.';
    const lost = (): never => {
      throw new AppError('not-found', sentence);
    };
    const queue = makeQueue({
      locateProject: () => (gone ? lost() : { path: '/a.cshot', name: 'A' }),
      applyToProject: () => {
        if (gone) lost();
      },
    });
    const [first, second] = [queue.add(GENERATE), queue.add(OPTIMISE)];
    gone = true;
    const diff = { added: [], updated: [], removed: [] };
    launcher.engine.tell({ type: 'done', diff, label: '', result: '', seconds: 1 });
    launcher.engine.exit();
    await become(queue, first, 'failed');
    await become(queue, second, 'failed');
    expect(queue.list().map(({ error }) => error)).toEqual([sentence, sentence]);
    expect(launcher.engines).toHaveLength(1);
    expect(() => queue.add(GENERATE)).toThrow(sentence);
  });
});

describe('the list', () => {
  it('lets go of ended jobs only, with their folders', async () => {
    const queue = makeQueue();
    const job = queue.add(GENERATE);
    expect(() => {
      queue.remove(job.id);
    }).toThrow('Cancel the job');
    await mkdir(join(workRoot, job.id));
    queue.cancel(job.id);
    await become(queue, job, 'cancelled');
    queue.remove(job.id);
    expect(queue.list()).toEqual([]);
    expect(store.load()).toEqual([]);
    expect(events.at(-1)).toEqual({ name: 'removed', payload: { job: job.id } });
    await vi.waitFor(() => {
      expect(existsSync(join(workRoot, job.id))).toBe(false);
    });
    expect(() => queue.retry(job.id)).toThrow('no longer on the list');
  });

  it('cleans up folders that no job knows', async () => {
    await mkdir(join(workRoot, 'tool-forgotten'));
    makeQueue();
    await vi.waitFor(() => {
      expect(existsSync(join(workRoot, 'tool-forgotten'))).toBe(false);
    });
  });
});
