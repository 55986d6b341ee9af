import { fork } from 'node:child_process';
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { runInProcess } from '../../native/inference/process/run-in-process.ts';
import { WorkFolder } from '../../native/inference/process/work-folder.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const ENTRY = new URL('inference-child.ts', import.meta.url);

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a run that is killed goes on: the same result, and no step twice', async () => {
  const whole = await runInProcess(ENTRY, 'steps', { folder: await temporaryFolder() });
  const folder = await temporaryFolder();
  const stop = new AbortController();
  const first = runInProcess(
    ENTRY,
    'steps',
    { folder },
    {
      signal: stop.signal,
      onProgress: (progress) => {
        if (progress.type === 'tick' && progress.done === 3) stop.abort();
      },
    },
  );
  await expect(first).rejects.toThrow(/abort/i);
  const { value, done } = (await runInProcess(ENTRY, 'steps', { folder })) as { value: number; done: number[] };
  expect(value).toBe((whole as { value: number }).value);
  expect(done[0]).toBeGreaterThanOrEqual(4);
  expect(done.at(-1)).toBe(6);
});

test('an error keeps its sentence and its code; an unknown task is one', async () => {
  const sentence = 'The file a.png is no picture; choose another.';
  await expect(runInProcess(ENTRY, 'refuse', {})).rejects.toThrow(new AppError('bad-input', sentence));
  await expect(runInProcess(ENTRY, 'toString', {})).rejects.toThrow(/no task of its own/);
});

test('a process that the system kills is told in one sentence', async () => {
  await expect(runInProcess(ENTRY, 'die', {})).rejects.toThrow(
    /^The inference process ended by SIGKILL; .*memory.*\.$/,
  );
});

test('a process that memory ended is told with what to do', async () => {
  const remedy = 'choose --memory-limit 3.0';
  await expect(runInProcess(ENTRY, 'die', {}, { remedy })).rejects.toThrow(
    'The inference process ended by SIGKILL; the system does that when memory runs out: choose --memory-limit 3.0; the same command goes on where it was.',
  );
  await expect(runInProcess(ENTRY, 'exhaust', {}, { remedy })).rejects.toThrow(
    /^The inference process ended .*; its memory ran out: choose --memory-limit 3\.0; the same command goes on/,
  );
});

test('a process that holds its thread is gone within two seconds of the abort', async () => {
  const stop = new AbortController();
  let pid = 0;
  let aborted = 0;
  const run = runInProcess(
    ENTRY,
    'block',
    {},
    {
      signal: stop.signal,
      onWarning: (message) => {
        pid = Number(message);
        aborted = performance.now();
        stop.abort();
      },
    },
  );
  await expect(run).rejects.toThrow(/abort/i);
  expect(performance.now() - aborted).toBeLessThan(2000);
  await expect.poll(() => isAlive(pid)).toBe(false);
});

// Windows has no signal that ends a parent without its knowing: there is nothing to try.
test.skipIf(process.platform === 'win32')(
  'a process that holds its thread ends when its parent is killed',
  async () => {
    const parent = fork(new URL('inference-parent.ts', import.meta.url), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const pid = await new Promise<number>((resolve) => {
      parent.once('message', (message) => {
        resolve(message as number);
      });
    });
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => isAlive(pid), { timeout: 5000 }).toBe(false);
  },
);

test('a work folder belongs to one process; the lock of a dead one is taken over', async () => {
  const root = await temporaryFolder();
  const work = await WorkFolder.open('abc', root);
  await expect(WorkFolder.open('abc', root)).rejects.toThrow(/makes this very clip already/);
  await writeFile(join(work.path, 'lock'), '999999999');
  await expect(WorkFolder.open('abc', root)).resolves.toBeInstanceOf(WorkFolder);
});

test('a damaged state counts as none', async () => {
  const work = WorkFolder.of(await temporaryFolder());
  await work.save('latents', Buffer.from('numbers'));
  expect(Buffer.from((await work.load('latents')) ?? []).toString()).toBe('numbers');
  await writeFile(join(work.path, 'latents.state'), 'half of it, cut short by a crash of the machine, long enough');
  expect(await work.load('latents')).toBeUndefined();
});
