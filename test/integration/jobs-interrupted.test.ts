import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { recordOf } from '../../core/document/document.ts';
import { readScene } from '../../core/formats/scene.ts';
import { writeClip } from '../../native/media/clip-folder.ts';
import type { Job, JobProgress } from '../../preload/contract/jobs.ts';
import { StudioJobs } from '../helpers/studio-jobs.ts';
import { tinyClip } from './tiny-clip.ts';

/** A studio whose project has a small clip; an optimisation of it takes some seconds. */
async function withClip(iterations: number): Promise<StudioJobs> {
  const studio = await StudioJobs.open();
  const folder = join(studio.folder, 'clip');
  await writeClip(folder, tinyClip({ size: 64 }));
  const { result } = await studio.run({ kind: 'import-clip' }, { files: [folder] });
  expect(result).toBe('4 views of 3 frames of 64x64.');
  studio.settings({ preset: 'draft', iterations });
  return studio;
}

/** Iterations that a job has told about, in order. */
const iterationsOf = (studio: StudioJobs, { id }: Job): number[] =>
  studio.events.flatMap(({ name, payload }) => {
    const { job, progress } = payload as { job?: string; progress?: JobProgress };
    return name === 'progress' && job === id && progress?.phase === 'Optimising' ? [progress.done] : [];
  });

/** The first iteration that a job tells about. */
async function firstIteration(studio: StudioJobs, job: Job): Promise<number> {
  const done = (): number | undefined => iterationsOf(studio, job).find((iteration) => iteration > 0);
  await vi.waitFor(
    () => {
      expect(done()).toBeDefined();
    },
    { timeout: 30_000, interval: 5 },
  );
  return done() ?? 0;
}

const kill = (studio: StudioJobs): void => studio.engines.at(-1)?.kill();

it('a paused optimisation keeps its state, and goes on from there after kill -9 and a restart of the program', async () => {
  const studio = await withClip(1000);
  const job = studio.add({ kind: 'optimise' });
  await studio.heard('snapshot', 2);
  const snapshot = studio.queue.snapshot(job.id, -1);
  expect(readScene(snapshot?.scene ?? new Uint8Array(), 'snapshot').frames).toBe(3);
  expect(studio.queue.snapshot(job.id, snapshot?.iteration ?? 0)).toBeNull();

  studio.queue.pause(job.id);
  await studio.become(job, 'paused');
  const stoppedAt = iterationsOf(studio, job).at(-1) ?? 0;
  expect(stoppedAt).toBeGreaterThan(0);
  expect(await readdir(join(studio.workRoot, job.id))).toContain('optimise.checkpoint');
  expect(studio.queue.curve(job.id).length).toBeGreaterThan(0);

  studio.events.length = 0;
  studio.queue.resume(job.id);
  expect(await firstIteration(studio, job)).toBeGreaterThanOrEqual(stoppedAt);

  studio.events.length = 0;
  kill(studio);
  expect(await firstIteration(studio, job)).toBeGreaterThanOrEqual(stoppedAt);
  expect(studio.queue.get(job.id).restarts).toBe(1);
  expect(studio.queue.log(job.id).at(-1)?.text).toBe(
    'The engine ended by SIGKILL; going on from where it was (1 of 2).',
  );

  // The program dies with its engine: the table still says that the job runs.
  const old = studio.queue;
  await old.close();
  const stored = studio.library.jobs.load().find(({ job: { id } }) => id === job.id);
  if (!stored) throw new Error('The job is kept.');
  studio.library.jobs.put({ ...stored, job: { ...stored.job, state: 'running' } });
  studio.restart();
  await studio.become(job, 'done');
  expect(studio.queue.get(job.id).restarts).toBe(2);
  const scene = recordOf(studio.document, 'scene');
  expect(scene).toMatchObject({ iterations: 1000, frames: 3 });
  // The curve has its beginning although three processes drew it.
  const curve = scene?.curve ?? [];
  expect(curve[0]?.[0]).toBeLessThan(stoppedAt);
  expect(curve.map(([iteration]) => iteration)).toEqual(curve.map(([iteration]) => iteration).sort((a, b) => a - b));
  await vi.waitFor(() => {
    expect(existsSync(join(studio.workRoot, job.id))).toBe(false);
  });
});

it('cancel acts within two seconds, also while the engine hears nothing, and a retry goes on', async () => {
  const studio = await withClip(3000);
  const optimise = studio.add({ kind: 'optimise' });
  await studio.heard('curve');
  const began = performance.now();
  studio.queue.cancel(optimise.id);
  await studio.become(optimise, 'cancelled', 5000);
  expect(performance.now() - began).toBeLessThan(2000);

  // Just started, an engine is still loading its modules.
  studio.queue.retry(optimise.id);
  await studio.become(optimise, 'running');
  const again = performance.now();
  studio.queue.cancel(optimise.id);
  await studio.become(optimise, 'cancelled', 5000);
  expect(performance.now() - again).toBeLessThan(2000);

  // Other settings: the checkpoint is of no use, and that is no failure.
  studio.settings({ iterations: 60 });
  studio.queue.retry(optimise.id);
  await studio.become(optimise, 'done');
  expect(recordOf(studio.document, 'scene')?.iterations).toBe(60);
});

it('a project that is erased while its job runs ends the job in a sentence', async () => {
  const studio = await withClip(200);
  const job = studio.add({ kind: 'optimise' });
  await studio.heard('curve');
  studio.isGone = true;
  kill(studio);
  expect((await studio.become(job, 'failed')).error).toBe('The project is no longer in the library.');

  studio.isGone = false;
  const path = studio.file.path;
  studio.file.close();
  await rm(path);
  studio.queue.retry(job.id);
  expect((await studio.become(job, 'failed')).error).toMatch(/^[^\n]*a\.cshot[^\n]*\.$/);
});
