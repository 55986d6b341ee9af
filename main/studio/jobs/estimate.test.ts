import { describe, expect, it } from 'vitest';
import {
  newDocument,
  type ClipRecord,
  type DocumentRecord,
  type MotionRecord,
  type ProjectDocument,
  type SceneRecord,
  type SettingsRecord,
} from '../../../core/document/document.ts';
import type { Task } from '../../../preload/contract/jobs.ts';
import { estimateAll, estimateTask, type EstimateOptions } from './estimate.ts';
import { Rates, type SettingStore } from './rates.ts';

function memory(): SettingStore {
  const values = new Map<string, unknown>();
  return { get: (key, schema) => schema.safeParse(values.get(key)).data, set: (key, value) => values.set(key, value) };
}

const documentOf = (settings: Partial<SettingsRecord>, ...records: DocumentRecord[]): ProjectDocument => {
  const document = new Map(newDocument('A'));
  for (const record of records) document.set(record.id, record);
  const known = document.get('settings');
  if (known?.type === 'settings') document.set('settings', { ...known, ...settings });
  return document;
};

const CHARACTER: DocumentRecord = {
  ...{ id: 'character', type: 'character', picture: '0', pictureName: 'a.png', width: 10, height: 10 },
  ...{ mask: null, restPose: null, views: null },
};
const MOTION: MotionRecord = {
  ...{ id: 'motion', type: 'motion', name: 'walk', source: 'built-in', video: null, skeleton: 'openpose18' },
  ...{ width: 480, height: 480, fps: 12, frames: 25, loop: null },
};
const CLIP: ClipRecord = {
  ...{ id: 'clip', type: 'clip', width: 256, height: 256, fps: 12, frames: 25, cameras: [], replaced: [] },
  ...{ pictures: Array.from({ length: 21 }, () => []), madeBy: 'puppet', madeAt: '' },
};

const estimate = (task: Task, document: ProjectDocument, options: Partial<EstimateOptions> = {}) =>
  estimateTask(
    task,
    { document, path: '/nowhere/a.cshot' },
    {
      ...{ rates: new Rates(memory()), model: () => undefined, freeBytes: () => Promise.resolve(1e12) },
      planModel: () => Promise.resolve({ fits: true, lines: ['On the card.'], seconds: 600, memoryBytes: 8e9 }),
      ...options,
    },
  );

const obstacles = async (...args: Parameters<typeof estimate>) => (await estimate(...args)).obstacles;

describe('obstacles', () => {
  it('are what is missing, one sentence each', async () => {
    const empty = newDocument('A');
    expect(await obstacles({ kind: 'generate' }, empty)).toEqual([
      'There is no picture of a character yet.',
      'There are no poses yet.',
    ]);
    expect(await obstacles({ kind: 'optimise' }, empty)).toEqual(['There is no clip yet.']);
    const target = { kind: 'ply-sequence', preset: 'three', frames: [0, 1] } as const;
    const task: Task = { kind: 'export', target: { ...target, frames: [0, 1] } };
    expect(await obstacles(task, empty)).toEqual(['There is no scene yet.']);
    expect(await obstacles({ kind: 'generate' }, documentOf({}, CHARACTER, MOTION))).toEqual([]);
    const holdout = CLIP.pictures.map((_, view) => view);
    expect(await obstacles({ kind: 'optimise' }, documentOf({ holdout }, CLIP))).toEqual([
      'All views are held out; leave at least one to learn from.',
    ]);
  });

  it('are a disk that is full and a model that is not there', async () => {
    const freeBytes = (): Promise<number> => Promise.resolve(1e5);
    const document = documentOf({}, CHARACTER, MOTION);
    expect(await obstacles({ kind: 'generate' }, document, { freeBytes })).toEqual([
      'This needs 0.0 GB on the disk of the project, which has 0.0 GB free.',
    ]);
    const networks = documentOf({ generator: 'charactershot', model: 'm' }, CHARACTER, MOTION);
    const missing = { folder: '/m', name: 'big', kind: '4d', size: 1, missing: true } as const;
    expect(await obstacles({ kind: 'generate' }, networks)).toEqual(['No model is chosen for the networks.']);
    expect(await obstacles({ kind: 'generate' }, networks, { model: () => missing })).toEqual([
      'The folder of the model big is not there.',
    ]);
    const model = (): typeof missing & { missing: boolean } => ({ ...missing, missing: false as never });
    const planModel = () => Promise.resolve({ fits: false, lines: ['Too small.'], seconds: null, memoryBytes: null });
    expect(await obstacles({ kind: 'generate' }, networks, { model, planModel })).toEqual(['Too small.']);
    expect(await estimate({ kind: 'generate' }, networks, { model })).toMatchObject({ seconds: 600, memoryBytes: 8e9 });
  });
});

describe('everything at once', () => {
  const all = (document: ProjectDocument, options: Partial<EstimateOptions> = {}) =>
    estimateAll(
      { document, path: '/nowhere/a.cshot' },
      {
        ...{ rates: new Rates(memory()), model: () => undefined, freeBytes: () => Promise.resolve(1e12) },
        planModel: () => Promise.resolve({ fits: true, lines: [], seconds: 600, memoryBytes: 8e9 }),
        ...options,
      },
    );

  it('takes the time and disk of both jobs and the memory of the larger one, before there is a clip', async () => {
    const document = documentOf({ preset: 'draft' }, CHARACTER, MOTION);
    const [clip, scene] = [
      await estimate({ kind: 'generate' }, document),
      await estimate({ kind: 'optimise' }, documentOf({ preset: 'draft' }, CHARACTER, MOTION, CLIP)),
    ];
    const both = await all(document);
    expect(both.seconds).toBeCloseTo((clip.seconds ?? NaN) + (scene.seconds ?? NaN), 6);
    expect(both.diskBytes).toBe((clip.diskBytes ?? NaN) + (scene.diskBytes ?? NaN));
    expect(both.memoryBytes).toBe(scene.memoryBytes);
    expect(both.obstacles).toEqual([]);
    expect(both.notes).toHaveLength(1);
  });

  it('is not known where one of the two is not, and names what is missing', async () => {
    expect((await all(documentOf({ preset: 'paper' }, CHARACTER, MOTION))).seconds).toBeNull();
    expect((await all(newDocument('A'))).obstacles).toHaveLength(2);
    const document = documentOf({ preset: 'draft' }, CHARACTER, MOTION);
    const { diskBytes } = await all(document);
    const freeBytes = (): Promise<number> => Promise.resolve((diskBytes ?? 0) - 1);
    expect((await all(document, { freeBytes })).obstacles).toHaveLength(1);
  });
});

describe('time and space', () => {
  it('are those of the benchmarks before anything is known, and say so', async () => {
    const { seconds, memoryBytes, diskBytes, notes } = await estimate(
      { kind: 'optimise' },
      documentOf({ preset: 'draft' }, CLIP),
    );
    // docs/BENCHMARKS.md: 81 seconds.
    expect(seconds).toBeGreaterThan(70);
    expect(seconds).toBeLessThan(95);
    expect(memoryBytes).toBeGreaterThan(4e8);
    expect(diskBytes).toBe(10_000 * 4 * 14);
    expect(notes).toHaveLength(1);
  });

  it('of a first export are those that were measured, and say so', async () => {
    const scene: SceneRecord = {
      ...{ id: 'scene', type: 'scene', asset: 'b', gaussians: 10_000, frames: 25, fps: 12, iterations: 5, seconds: 1 },
      ...{ preset: 'draft', psnr: 30, ssim: 0.9, framePsnr: [], curve: [], madeAt: '' },
    };
    const task: Task = { kind: 'export', target: { kind: 'ply-sequence', preset: 'three', frames: [0, 24] } };
    const { seconds, notes } = await estimate(task, documentOf({}, scene));
    expect(seconds).toBeCloseTo(2.5, 6);
    expect(notes).toHaveLength(1);
  });

  it('follow the jobs of this machine, the newest most', async () => {
    const rates = new Rates(memory());
    const document = documentOf({ preset: 'draft', iterations: 1000 }, CLIP);
    rates.note('optimise-draft', 1000, 20);
    expect(await estimate({ kind: 'optimise' }, document, { rates })).toMatchObject({ seconds: 20, notes: [] });
    rates.note('optimise-draft', 1000, 10);
    expect((await estimate({ kind: 'optimise' }, document, { rates })).seconds).toBeCloseTo(15, 9);
    for (const [units, time] of [[0, 5], [5, NaN], [5, -1]] as const) rates.note('optimise-draft', units, time); // prettier-ignore
    expect((await estimate({ kind: 'optimise' }, document, { rates })).seconds).toBeCloseTo(15, 9);
  });
});
