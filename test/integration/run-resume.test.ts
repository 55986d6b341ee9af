import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { readPoses, writePoses } from '../../core/formats/poses.ts';
import { readBuiltInMotion } from '../../native/poses/built-in-motions.ts';
import {
  JOB_STAGES,
  type JobOptions,
  type JobReport,
  type JobRequest,
  type JobStage,
} from '../../native/pipeline/job.ts';
import { runJob } from '../../native/pipeline/run-job.ts';

import type { JobOrder } from './run-job-child.ts';

const CHILD = fileURLToPath(new URL('run-job-child.ts', import.meta.url));
const IMAGE = fileURLToPath(new URL('../fixtures/detector/rest.png', import.meta.url));

let root: string;
let request: JobRequest;
/** Folder and report of a run that nobody disturbed. */
let finished: string;
let report: JobReport;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'run-resume-'));
  const poses = join(root, 'poses.json');
  await writeFile(poses, writePoses(await readBuiltInMotion('wave')));
  request = {
    ...{ image: IMAGE, poses: { type: 'keypoints', path: poses }, generator: 'puppet' },
    ...{ size: 48, frames: 3, preset: 'draft', seed: 7, iterations: 150 },
  };
  finished = join(root, 'finished');
  report = await runJob(request, finished);
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A copy of the finished run, to be spoilt. */
async function copied(name: string): Promise<string> {
  const folder = join(root, name);
  await cp(finished, folder, { recursive: true });
  return folder;
}

const seen = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name !== '.charactershot.json').sort();

const sceneOf = (folder: string): Promise<Buffer> => readFile(join(folder, 'scene.4dgs'));

/** Which stages a resumed run keeps; it is stopped before the first one that it would do again. */
async function keptStages(of: JobRequest, folder: string): Promise<JobStage[]> {
  const kept: JobStage[] = [];
  const controller = new AbortController();
  const onStage: JobOptions['onStage'] = (stage, state) => {
    if (state === 'kept') kept.push(stage);
    else controller.abort();
  };
  await runJob(of, folder, { resume: true, signal: controller.signal, onStage }).catch((error: unknown) => {
    if (!(error instanceof AppError && error.code === 'cancelled')) throw error;
  });
  return kept;
}

describe('a whole run', () => {
  it('leaves the five results and its state, and reports on each stage', async () => {
    expect(await seen(finished)).toEqual(['clip', 'ply', 'poses.json', 'run.json', 'scene.4dgs', 'turntable.mp4']);
    expect(report.stages.map(({ stage, kept }) => [stage, kept])).toEqual(JOB_STAGES.map((stage) => [stage, false]));
    for (const { seconds } of report.stages) expect(seconds).toBeGreaterThan(0);
    const { poses, generate, optimise, ply } = report.facts;
    expect(poses.frames).toBe(25);
    expect(generate).toMatchObject({ views: 21, frames: 3, width: 48, height: 48 });
    expect(optimise.iterations).toBe(150);
    expect(ply.files).toBe(3);
    expect(readPoses(await readFile(join(finished, 'clip/poses.json'))).frames).toHaveLength(3);
  });

  it('that is resumed when all is done does nothing, and reports the same', async () => {
    const before = await readFile(join(finished, 'run.json'), 'utf8');
    const again = await runJob(request, finished, { resume: true });
    expect(again.stages.every(({ kept }) => kept)).toBe(true);
    expect(again.facts).toEqual(report.facts);
    expect(await readFile(join(finished, 'run.json'), 'utf8')).toBe(before);
  });
});

describe('what changed since decides what is kept', () => {
  it.each<[string, readonly JobStage[], (folder: string) => JobRequest | Promise<JobRequest>]>([
    ['nothing', JOB_STAGES, () => request],
    [
      'the path of the poses, not their content',
      JOB_STAGES,
      async (folder) => {
        const path = join(folder, '../copy.json');
        await cp(join(root, 'poses.json'), path);
        return { ...request, poses: { type: 'keypoints', path } };
      },
    ],
    ['the poses', [], () => ({ ...request, poses: { type: 'built-in', name: 'walk' } })],
    [
      'the poses, corrected by hand',
      ['poses'],
      async (folder) => {
        const path = join(folder, 'poses.json');
        await writeFile(path, (await readFile(path, 'utf8')).replace(/\[(\d+)/, '[1$1'));
        return request;
      },
    ],
    [
      'the picture',
      ['poses'],
      async (folder) => {
        const image = join(folder, '../other.png');
        await writeFile(image, Buffer.concat([await readFile(IMAGE), Buffer.from('x')]));
        return { ...request, image };
      },
    ],
    ['the size', ['poses'], () => ({ ...request, size: 64 })],
    ['the number of frames', ['poses'], () => ({ ...request, frames: 4 })],
    ['a mask', ['poses'], () => ({ ...request, mask: IMAGE })],
    ['the seed', ['poses', 'generate'], () => ({ ...request, seed: 8 })],
    ['the preset', ['poses', 'generate'], () => ({ ...request, preset: 'standard' })],
    [
      'a picture of the clip',
      ['poses', 'generate'],
      async (folder) => {
        const picture = join(folder, 'clip/view03/frame_00002.png');
        await cp(join(folder, 'clip/view04/frame_00002.png'), picture);
        return request;
      },
    ],
    [
      'the PLY folder, which is gone',
      ['poses', 'generate', 'optimise'],
      async (folder) => {
        await rm(join(folder, 'ply'), { recursive: true });
        return request;
      },
    ],
    [
      'the scene, which is gone',
      ['poses', 'generate'],
      async (folder) => {
        await rm(join(folder, 'scene.4dgs'));
        return request;
      },
    ],
    [
      'the version of the studio',
      [],
      async (folder) => {
        // A version is part of every key; any other key stands for another version.
        const path = join(folder, 'run.json');
        await writeFile(path, (await readFile(path, 'utf8')).replaceAll(/"key": "\w/g, '"key": "x'));
        return request;
      },
    ],
  ])('%s', async (name, kept, change) => {
    const folder = await copied(name.replaceAll(/\W+/g, '-'));
    expect(await keptStages(await change(folder), folder)).toEqual(kept);
  });

  it('a stage that is done anew takes all later ones with it, also when the run is stopped there', async () => {
    const folder = await copied('stopped-anew');
    expect(await keptStages({ ...request, seed: 8 }, folder)).toEqual(['poses', 'generate']);
    expect(await keptStages(request, folder)).toEqual(['poses', 'generate']);
  });

  it('without resume, everything is done again, with a word about it', async () => {
    const folder = await copied('again');
    const [warnings, begun]: [string[], JobStage[]] = [[], []];
    const controller = new AbortController();
    const running = runJob(request, folder, {
      signal: controller.signal,
      onWarning: (message) => warnings.push(message),
      onStage: (stage, state) => {
        if (state === 'begin') begun.push(stage);
        controller.abort();
      },
    });
    await expect(running).rejects.toThrow('Stopped in stage 1 of 5; the state is kept');
    expect(begun).toEqual(['poses']);
    expect(warnings[0]).toMatch(/^Starting at the beginning; --resume would go on with the run in .*again/);
  });
});

describe('an abort', () => {
  it('within the optimisation keeps its iterations: the scene is that of an undisturbed run', async () => {
    const folder = await copied('aborted');
    await rm(join(folder, 'scene.4dgs'));
    const controller = new AbortController();
    const stopped = runJob(request, folder, {
      ...{ resume: true, signal: controller.signal },
      onProgress: (progress) => {
        if (progress.type === 'tick' && progress.note?.includes('Gaussians')) controller.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({
      code: 'cancelled',
      message: 'Stopped in stage 3 of 5; the state is kept, and the same command with --resume goes on.',
    });
    expect(existsSync(join(folder, 'scene.4dgs.checkpoint'))).toBe(true);

    await runJob(request, folder, { resume: true });
    expect((await sceneOf(folder)).equals(await sceneOf(finished))).toBe(true);
    expect(await seen(folder)).toEqual(await seen(finished));
  });

  it('leaves no checkpoint in the way of other options', async () => {
    const folder = await copied('other-options');
    await writeFile(join(folder, 'scene.4dgs.checkpoint'), 'of another run');
    const other = { ...request, iterations: 20 };
    const { facts } = await runJob(other, folder, { resume: true });
    expect(facts.optimise.iterations).toBe(20);
    expect(await seen(folder)).toEqual(await seen(finished));
  });
});

/** Starts or resumes a run in a process of its own and kills it as hard as the system can when `when` says so. */
function killed(folder: string, when: (message: Record<string, unknown>) => boolean): Promise<string | null> {
  const order: JobOrder = { request, folder };
  return new Promise((resolve, reject) => {
    const child = fork(CHILD, [JSON.stringify(order)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    child.on('message', (message) => {
      if (when(message as Record<string, unknown>)) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', (_, signal) => {
      resolve(signal);
    });
  });
}

describe('kill -9', () => {
  it('in every stage, one after the other: each time the rest is done, to the same scene', async () => {
    const folder = join(root, 'killed');
    const begins = (stage: JobStage) => (message: Record<string, unknown>) =>
      message.type === 'stage' && message.stage === stage && message.state === 'begin';
    let task = '';
    const ticksIn = (name: string) => (message: Record<string, unknown>) => {
      if (message.type === 'begin') task = String(message.task);
      return message.type === 'tick' && task.includes(name);
    };
    expect(await killed(folder, begins('poses'))).toBe('SIGKILL');
    expect(await killed(folder, ticksIn('Writing pictures'))).toBe('SIGKILL');
    expect(existsSync(join(folder, 'clip'))).toBe(false);
    expect(await killed(folder, ticksIn('Optimising'))).toBe('SIGKILL');
    expect(await killed(folder, begins('ply'))).toBe('SIGKILL');
    expect(await killed(folder, ticksIn('Rendering turntable'))).toBe('SIGKILL');
    expect(existsSync(join(folder, 'turntable.mp4'))).toBe(false);

    const { stages } = await runJob(request, folder, { resume: true });
    expect(stages.map(({ kept }) => kept)).toEqual([true, true, true, true, false]);
    expect((await sceneOf(folder)).equals(await sceneOf(finished))).toBe(true);
    expect(await seen(folder)).toEqual(await seen(finished));
  });
});

describe('the folder', () => {
  const refusal = (folder: string, options: JobOptions = {}): Promise<unknown> =>
    runJob(request, folder, options).catch((error: unknown) => error);

  it.each(['the clip', 'a scene of that name', 'a damaged state'])('is refused for %s', async (what) => {
    const folder = await copied(`refused-${what.replaceAll(' ', '-')}`);
    if (what === 'the clip') {
      expect(await refusal(join(folder, 'clip'))).toMatchObject({ code: 'unwritable' });
      expect(existsSync(join(folder, 'clip/view20/frame_00003.png'))).toBe(true);
    } else if (what === 'a damaged state') {
      await writeFile(join(folder, 'run.json'), '{"format":"charactershot-run","version":1,"done":{"poses":3}}');
      const error = await refusal(folder, { resume: true });
      expect(error).toMatchObject({
        code: 'bad-input',
        message: expect.stringMatching(/run.json is damaged; start over/) as string,
      });
    } else {
      await writeFile(join(folder, 'scene.4dgs'), 'a play in four acts');
      expect(await refusal(folder)).toMatchObject({ code: 'unwritable' });
      expect(await readFile(join(folder, 'scene.4dgs'), 'utf8')).toBe('a play in four acts');
    }
  });

  it('of somebody else stays as it is', async () => {
    const folder = join(root, 'foreign');
    await mkdir(folder);
    await writeFile(join(folder, 'notes.txt'), 'mine');
    for (const resume of [false, true]) expect(await refusal(folder, { resume })).toMatchObject({ code: 'unwritable' });
    expect(await readdir(folder)).toEqual(['notes.txt']);
  });

  it('keeps files that others put beside the results', async () => {
    const folder = await copied('notes');
    await writeFile(join(folder, 'notes.txt'), 'mine');
    await keptStages({ ...request, seed: 8 }, folder);
    expect(await readFile(join(folder, 'notes.txt'), 'utf8')).toBe('mine');
  });

  it('is not left behind by a request whose poses cannot be read', async () => {
    const folder = join(root, 'unborn');
    const nobody = join(root, 'nobody.json');
    const sequence = await readBuiltInMotion('idle');
    await writeFile(nobody, writePoses({ ...sequence, frames: [{ keypoints: new Float32Array(133 * 3) }] }));
    const running = runJob({ ...request, poses: { type: 'keypoints', path: nobody } }, folder);
    await expect(running).rejects.toThrow(/nobody.json shows nobody: all its keypoints are unknown/);
    expect(existsSync(folder)).toBe(false);
  });
});
