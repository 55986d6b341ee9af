import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import type { Job } from '../../../preload/contract/jobs.ts';
import { temporaryFolder } from '../../../test/helpers/temporary-folder.ts';
import type { StoredJob } from '../jobs/job-store.ts';
import { freePath, safeFileName } from './file-names.ts';
import { LibraryDatabase } from './library-database.ts';

const opened = (folder: string): LibraryDatabase => {
  const database = LibraryDatabase.open(folder);
  onTestFinished(() => {
    database.close();
  });
  return database;
};

const job = (order: number, state: Job['state'] = 'waiting'): StoredJob => ({
  job: {
    ...{ id: randomUUID(), project: randomUUID(), projectName: 'A', task: { kind: 'optimise' }, state, added: 'now' },
    ...{ started: null, ended: null, progress: null, error: null, result: null, restarts: 0 },
  },
  ...{ files: ['/a'], place: null, after: null, order },
});

describe('jobs', () => {
  it('outlive the program in order, without their progress', async () => {
    const folder = await temporaryFolder();
    const first = LibraryDatabase.open(folder);
    const [late, early] = [job(2), job(-1, 'running')];
    const progress = { phase: 'p', done: 1, total: 2, unit: 'u', note: null, share: null, secondsLeft: null };
    first.jobs.put(late);
    first.jobs.put({ ...early, job: { ...early.job, progress } });
    first.close();
    expect(opened(folder).jobs.load()).toEqual([early, late]);
  });

  it('have logs that go with them, the newest 5000 lines', async () => {
    const { jobs } = opened(await temporaryFolder());
    const [one, other] = [job(0), job(1)];
    jobs.put(one);
    jobs.put(other);
    const line = (text: string) => ({ at: 'now', level: 'info' as const, text });
    for (let k = 0; k < 5250; k++) jobs.addLog(one.job.id, line(`${k}`));
    jobs.addLog(other.job.id, line('other'));
    jobs.addLog(randomUUID(), line('nobody'));
    const lines = jobs.log(one.job.id);
    expect([lines.length, lines[0]?.text, lines.at(-1)?.text]).toEqual([5000, '250', '5249']);
    jobs.put({ ...one, order: 5 });
    expect(jobs.log(one.job.id)).toHaveLength(5000);
    jobs.remove(one.job.id);
    expect(jobs.log(one.job.id)).toEqual([]);
    expect(jobs.log(other.job.id)).toEqual([line('other')]);
  });

  it('that nobody understands are dropped', async () => {
    const folder = await temporaryFolder();
    const database = LibraryDatabase.open(folder);
    database.jobs.put(job(0));
    database.close();
    const raw = new Database(join(folder, 'library.db'));
    raw.exec("UPDATE jobs SET json = replace(json, 'optimise', 'format-disk')");
    raw.close();
    expect(opened(folder).jobs.load()).toEqual([]);
  });
});

it('settings keep what fits their schema', async () => {
  const { settings } = opened(await temporaryFolder());
  settings.set('window', { width: 5 });
  expect(settings.get('window', z.object({ width: z.number() }))).toEqual({ width: 5 });
  expect(settings.get('window', z.object({ width: z.string() }))).toBeUndefined();
  expect(settings.get('other', z.unknown())).toBeUndefined();
});

it('models are kept with their checks', async () => {
  const { models } = opened(await temporaryFolder());
  const model = { id: randomUUID(), folder: '/m', name: 'M', kind: '4d', size: 5, check: null } as const;
  models.put(model);
  const checked = { ...model, check: { at: 'now', findings: ['fine'] } };
  models.put(checked);
  expect(models.list()).toEqual([checked]);
  models.remove(model.id);
  expect(models.get(model.id)).toBeUndefined();
});

describe('a library of', () => {
  const change = async (sql: string): Promise<string> => {
    const folder = await temporaryFolder();
    LibraryDatabase.open(folder).close();
    const raw = new Database(join(folder, 'library.db'));
    raw.exec(sql);
    raw.close();
    return folder;
  };

  it('a newer version is refused', async () => {
    const folder = await change("INSERT INTO migrations VALUES (2, '002-future', 'now')");
    expect(() => LibraryDatabase.open(folder)).toThrow('newer version');
  });

  it('another line of versions is refused', async () => {
    const folder = await change("UPDATE migrations SET name = '001-other'");
    expect(() => LibraryDatabase.open(folder)).toThrow('different program');
  });
});

describe('file names', () => {
  it.each([
    ['Knight', 'Knight'],
    ['a/b\\c:d*e?f"g<h>i|j', 'a-b-c-d-e-f-g-h-i-j'],
    ['  ..hidden.. ', 'hidden'],
    ['con', '_con'],
    ['Aux.txt', '_Aux.txt'],
    ['COM¹', '_COM¹'],
    ['Console', 'Console'],
    ['🐉👩‍🚀', '🐉👩‍🚀'],
    ['\ud800', 'Project'],
    ['///', 'Project'],
    ['', 'Project'],
    ['a\u202egnp.exe', 'a-gnp.exe'],
  ])('%j becomes %j', (name, file) => {
    expect(safeFileName(name)).toBe(file);
  });

  it('are cut between characters and short enough for every file system', () => {
    const name = safeFileName('👩‍🚀'.repeat(60));
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(120);
    expect(name.replaceAll('👩‍🚀', '')).toBe('');
  });

  it('are numbered where one is taken', async () => {
    const folder = await temporaryFolder();
    await writeFile(freePath(folder, 'A'), '');
    expect(freePath(folder, 'A')).toBe(join(folder, 'A 2.cshot'));
  });
});
