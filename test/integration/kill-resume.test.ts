import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Clip } from '../../core/clip.ts';
import { AppError } from '../../core/errors.ts';
import { writeScene } from '../../core/formats/scene.ts';
import type { OptimizeOptions, TrainingEvent } from '../../native/training/contract.ts';
import { optimize } from '../../native/training/optimize.ts';
import { quickSettings } from '../helpers/quick-settings.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import type { ChildOrder } from './optimise-child.ts';
import { tinyClip } from './tiny-clip.ts';

const CHILD = fileURLToPath(new URL('optimise-child.ts', import.meta.url));

const clip = tinyClip();

const plain = { preset: 'draft', iterations: 120, threads: 2 } as const;

const optionsFor = (deformation: 'nodes' | 'hexplane'): OptimizeOptions => {
  return { ...plain, settings: quickSettings(deformation) };
};

async function sceneOf(options: OptimizeOptions): Promise<Buffer> {
  return Buffer.from(writeScene((await optimize(clip, options)).scene));
}

const refusal = async (options: OptimizeOptions, of = clip): Promise<AppError> => {
  const error: unknown = await optimize(of, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw new Error('expected an AppError', { cause: error });
  return error;
};

/** Iterations after which checkpoints were written. */
const checkpointsOf = (events: readonly TrainingEvent[]): number[] =>
  events.flatMap((event) => (event.type === 'checkpoint' ? [event.iteration] : []));

/** Starts a child and kills it as hard as the system can when it has written `checkpoints` of them. */
function killedAfter(
  checkpoints: number,
  order: ChildOrder,
): Promise<{ signal: string | null; events: TrainingEvent[] }> {
  return new Promise((resolve, reject) => {
    const events: TrainingEvent[] = [];
    const child = fork(CHILD, [JSON.stringify(order)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    let written = 0;
    child.on('message', (message) => {
      const event = message as TrainingEvent;
      events.push(event);
      if (event.type === 'checkpoint' && ++written === checkpoints) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', (_, signal) => {
      resolve({ signal, events });
    });
  });
}

describe.each(['nodes', 'hexplane'] as const)('a run with the %s deformation', (deformation) => {
  const options = optionsFor(deformation);
  let uninterrupted: Buffer;
  beforeAll(async () => {
    uninterrupted = await sceneOf(options);
  });

  it('gives the same scene while somebody watches', async () => {
    const events: TrainingEvent[] = [];
    const watched = await sceneOf({ ...options, snapshotSeconds: 0, onEvent: (event) => events.push(event) });
    expect(watched.equals(uninterrupted)).toBe(true);
    const shown = events.flatMap((event) => (event.type === 'snapshot' ? [event.iteration] : []));
    expect(shown.length).toBeGreaterThan(5);
    // Batches of 25 iterations were cut for it.
    expect(shown.some((iteration) => iteration % 25 !== 0 && iteration < 25)).toBe(true);
  });

  // In the coarse stage, about where the windows open, and late.
  it.each([1, 3, 4])('goes on to the same scene after kill -9 past checkpoint %d', async (checkpoints) => {
    const folder = await temporaryFolder();
    const [out, checkpoint] = [join(folder, 'scene.4dgs'), join(folder, 'run.checkpoint')];
    const order = { out, deformation, options: { ...plain, checkpoint, checkpointSeconds: 0 } };
    const { signal, events } = await killedAfter(checkpoints, order);
    expect({ signal, isDone: existsSync(out) }).toEqual({ signal: 'SIGKILL', isDone: false });

    const more: TrainingEvent[] = [];
    const onEvent = (event: TrainingEvent): void => void more.push(event);
    const resumed = await sceneOf({ ...options, checkpoint, checkpointSeconds: 0, resume: true, onEvent });
    expect(checkpointsOf(events).length).toBeGreaterThanOrEqual(checkpoints);
    expect(Math.min(...checkpointsOf(more))).toBeGreaterThan(Math.max(...checkpointsOf(events)));
    expect(resumed.equals(uninterrupted)).toBe(true);
  });

  it('goes on to the same scene after every abort', async () => {
    const { scene, aborts } = await withAborts(clip, options, 60);
    expect(aborts).toBeGreaterThan(0);
    expect(scene.equals(uninterrupted)).toBe(true);
  });
});

describe('the survey and the connecting of frames', () => {
  it('go on to the same scene after every abort', async () => {
    const longer = tinyClip({ frames: 5 });
    const settings = quickSettings('nodes');
    // Here they are most of the work.
    const survey = { ...settings.survey, iterations: 300 };
    const connect = { ...settings.connect, iterations: 300 };
    const options = { ...plain, settings: { ...settings, survey, connect } };
    const { scene, aborts } = await withAborts(longer, options, 150);
    expect(aborts).toBeGreaterThan(0);
    expect(scene.equals(Buffer.from(writeScene((await optimize(longer, options)).scene)))).toBe(true);
  });
});

/**
 * Runs to the end with aborts in between, the first after `wait` ms and each a little later than the one before, so that
 * they fall anywhere in the program.
 */
async function withAborts(
  of: Clip,
  options: OptimizeOptions,
  wait: number,
): Promise<{ scene: Buffer; aborts: number }> {
  const checkpoint = join(await temporaryFolder(), 'run.checkpoint');
  for (let aborts = 0; ; aborts++) {
    const controller = new AbortController();
    const timer = setTimeout(
      () => {
        controller.abort();
      },
      wait * (1 + 0.3 * aborts),
    );
    try {
      const { scene } = await optimize(of, { ...options, checkpoint, resume: true, signal: controller.signal });
      return { scene: Buffer.from(writeScene(scene)), aborts };
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'cancelled') throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

describe('a checkpoint', () => {
  const options = optionsFor('nodes');

  /** A checkpoint of a run that was aborted at its first sign of progress. */
  async function someCheckpoint(): Promise<{ folder: string; checkpoint: string }> {
    const folder = await temporaryFolder();
    const checkpoint = join(folder, 'run.checkpoint');
    const controller = new AbortController();
    const onEvent = (): void => {
      controller.abort();
    };
    const { code } = await refusal({ ...options, checkpoint, signal: controller.signal, onEvent });
    expect({ code, written: existsSync(checkpoint) }).toEqual({ code: 'cancelled', written: true });
    return { folder, checkpoint };
  }

  it.each([
    ['another seed', { seed: 5 }],
    ['other iterations', { iterations: 121 }],
    ['another preset', { preset: 'standard' as const }],
    ['other settings', { settings: quickSettings('hexplane') }],
    ['other held-out views', { holdout: [1] }],
  ])('is refused with %s', async (_, change) => {
    const { checkpoint } = await someCheckpoint();
    const { code, message } = await refusal({ ...options, ...change, checkpoint, resume: true });
    expect(code).toBe('bad-input');
    expect(message).toBe(
      `${checkpoint} belongs to another clip or other options; repeat those, or delete it to start over.`,
    );
  });

  it('is refused with another clip, but not with other threads', async () => {
    const { checkpoint } = await someCheckpoint();
    const images = clip.images.map((view) => view.map((rgb) => Uint8Array.from(rgb)));
    const byte = images[1]?.[2];
    if (byte) byte[0] = (byte[0] ?? 0) ^ 1;
    const { message } = await refusal({ ...options, checkpoint, resume: true }, { ...clip, images });
    expect(message).toContain('belongs to another clip');
    const resumed = await sceneOf({ ...options, checkpoint, resume: true, threads: 1 });
    expect(resumed.equals(await sceneOf(options))).toBe(true);
  });

  it('is refused when it is cut short at any place', async () => {
    const { checkpoint } = await someCheckpoint();
    const whole = await readFile(checkpoint);
    for (const part of [0, 4, 100, Math.floor(whole.length / 2), whole.length - 1]) {
      await writeFile(checkpoint, whole.subarray(0, part));
      const { code, message } = await refusal({ ...options, checkpoint, resume: true });
      expect(code, `${part} bytes`).toBe('bad-input');
      expect(message).toBe(`${checkpoint} is no readable checkpoint; delete it to start over.`);
    }
  });

  it('that is not there starts the run over', async () => {
    const checkpoint = join(await temporaryFolder(), 'none.checkpoint');
    expect((await sceneOf({ ...options, checkpoint, resume: true })).equals(await sceneOf(options))).toBe(true);
  });

  it.each([
    ['a folder', (folder: string) => mkdir(join(folder, 'run.checkpoint')), 'run.checkpoint'],
    ['below a file', (folder: string) => writeFile(join(folder, 'file'), ''), 'file/run.checkpoint'],
  ])('that cannot be written fails with a sentence: %s', async (_, prepare, name) => {
    const folder = await temporaryFolder();
    await prepare(folder);
    const { code, message } = await refusal({ ...options, checkpoint: join(folder, name), checkpointSeconds: 0 });
    expect(code).toBe('unwritable');
    expect(message).toMatch(/^[^\n]*run\.checkpoint[^\n]*\.$/);
  });
});
