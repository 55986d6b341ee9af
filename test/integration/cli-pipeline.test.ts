import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCameras, writeCameras } from '../../core/formats/cameras.ts';
import { readPly } from '../../core/formats/ply.ts';
import { readScene, writeScene } from '../../core/formats/scene.ts';
import type { SilhouetteIou } from '../../core/metrics/summary.ts';
import type { Quality } from '../../native/evaluation/evaluate.ts';
import { readClip, writeClip } from '../../native/media/clip-folder.ts';
import { decodeVideo } from '../../native/media/ffmpeg.ts';
import { readPngSize } from '../../native/media/png.ts';
import { runCli, type CliOptions } from './run-cli.ts';
import { tinyClip } from './tiny-clip.ts';
import { tinyScene } from './tiny-scene.ts';

let root: string;
let clip: string;
let scene: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cli-pipeline-'));
  clip = join(root, 'clip');
  scene = join(root, 'scene.4dgs');
  await writeClip(clip, tinyClip({ views: 8 }));
  await writeFile(scene, writeScene(tinyScene()));
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

/** Runs a command that must succeed and returns its JSON document. */
async function succeed(...args: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await runCli([...args, '--json']);
  expect({ code, stderr }, stderr).toMatchObject({ code: 0 });
  return JSON.parse(stdout) as Record<string, unknown>;
}

const seen = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();

describe('render', () => {
  it('--cameras writes a clip folder that can be read again, intrinsics scaled with --size', async () => {
    const out = join(root, 'rendered');
    const report = await succeed(
      'render',
      '--scene',
      scene,
      '--cameras',
      join(clip, 'cameras.json'),
      '--size',
      '24',
      '--out',
      out,
    );
    expect(report).toMatchObject({ out, views: 8, frames: 3, width: 24, height: 24 });
    const rendered = await readClip(out);
    expect(rendered).toMatchObject({ width: 24, height: 24, frames: 3, fps: 12 });
    expect(rendered.cameras[1]?.fx).toBeCloseTo((tinyClip({ views: 8 }).cameras[1]?.fx ?? 0) / 2, 9);
    // View 0 looks along +y: what lies at smaller x is on the left.
    const row = rendered.images[0]?.[0]?.subarray(12 * 24 * 3, 13 * 24 * 3) ?? new Uint8Array();
    const strongest = (channel: number): number =>
      Array.from(
        { length: 24 },
        (_, x) => (row[x * 3 + channel] ?? 0) - (row[x * 3 + ((channel + 1) % 3)] ?? 0),
      ).reduce((best, value, x, all) => (value > (all[best] ?? 0) ? x : best), 0);
    expect(strongest(0)).toBeLessThan(strongest(1));
    expect(strongest(1)).toBeLessThan(strongest(2));
  });

  it('keeps the view numbers of the camera file, and renders one moment with --time', async () => {
    const file = join(root, 'two.json');
    const { cameras } = tinyClip({ views: 8 });
    const chosen = new Map([5, 2].flatMap((view) => (cameras[view] ? [[view, cameras[view]] as const] : [])));
    await writeFile(file, writeCameras(chosen));
    const out = join(root, 'two');
    await succeed('render', '--scene', scene, '--cameras', file, '--time', '0.5', '--out', out);
    expect(await seen(out)).toEqual(['cameras.json', 'clip.json', 'view02', 'view05']);
    expect(await seen(join(out, 'view05'))).toEqual(['frame_00001.png']);
    expect([...readCameras(await readFile(join(out, 'cameras.json'))).keys()]).toEqual([2, 5]);
  });

  it('--turntable writes pictures of one turn', async () => {
    const out = join(root, 'turn');
    await succeed('render', '--scene', scene, '--turntable', '--frames', '4', '--size', '40x30', '--out', out);
    expect(await seen(out)).toEqual([1, 2, 3, 4].map((frame) => `frame_0000${frame}.png`));
    expect(readPngSize(await readFile(join(out, 'frame_00001.png')), '')).toEqual({ width: 40, height: 30 });
  });

  it('--turntable writes a video in which the motion plays a whole number of times', async () => {
    const out = join(root, 'turn.mp4');
    const report = await succeed(
      'render',
      '--scene',
      scene,
      '--turntable',
      '--size',
      '32',
      '--fps',
      '10',
      '--out',
      out,
    );
    // 3 frames at 12 fps last a quarter of a second; 24 of them are the 6 seconds of a turn.
    expect(report).toMatchObject({ frames: 60, fps: 10, width: 32 });
    const video = await decodeVideo(out);
    expect(video).toMatchObject({ width: 32, height: 32, fps: 10 });
    const pictures: Uint8Array[] = [];
    for await (const picture of video.frames) pictures.push(picture);
    expect(pictures).toHaveLength(60);
  });
});

describe('export', () => {
  it('writes one PLY a frame and nothing else ending in .ply', async () => {
    const out = join(root, 'ply');
    const report = await succeed('export', '--scene', scene, '--format', 'ply', '--out', out);
    expect(report).toMatchObject({ files: 3, first: 1, last: 3, gaussians: 3 });
    expect(await seen(out)).toEqual(['frame_00001.ply', 'frame_00002.ply', 'frame_00003.ply']);
    const cloud = readPly(await readFile(join(out, 'frame_00001.ply')));
    expect(cloud.count).toBe(3);
    // y down: a height of 0.7 becomes y = -0.7.
    expect(cloud.means[1]).toBeCloseTo(-0.7, 6);
  });

  it('of some frames keeps their numbers and replaces the earlier export', async () => {
    const out = join(root, 'ply');
    const options = ['--frames', '2-3', '--axes', 'z-up', '--sh', 'full'];
    await succeed('export', '--scene', scene, '--format', 'ply', '--out', out, ...options);
    expect(await seen(out)).toEqual(['frame_00002.ply', 'frame_00003.ply']);
    expect(readPly(await readFile(join(out, 'frame_00002.ply'))).means[2]).toBeCloseTo(0.7, 6);
  });
});

describe('optimize', () => {
  interface Report {
    readonly iterations: number;
    readonly msPerIteration: number;
    readonly psnr: number;
    readonly coverage: number;
    readonly holdout: {
      readonly views: number[];
      readonly psnr: number;
      readonly ssim: number;
      readonly coverage: number;
      readonly silhouetteIou: SilhouetteIou;
      readonly uncoveredPictures: number;
    };
  }

  const optimize = (out: string, iterations: number, more: readonly string[] = [], options: CliOptions = {}) =>
    runCli(
      [
        'optimize',
        '--clip',
        clip,
        '--out',
        out,
        '--preset',
        'draft',
        '--iterations',
        String(iterations),
        '--json',
        ...more,
      ],
      options,
    );

  it('makes a scene that the other commands take, and reports its quality', async () => {
    const out = join(root, 'made.4dgs');
    const { code, stdout, stderr } = await optimize(out, 300, ['--holdout', '3']);
    expect(code, stderr).toBe(0);
    const report = JSON.parse(stdout) as Report;
    expect(report).toMatchObject({ iterations: 300, preset: 'draft', seed: 0, out, holdout: { views: [3] } });
    expect(report.psnr).toBeGreaterThan(20);
    expect(readScene(await readFile(out), out).frames).toBe(3);
    expect(existsSync(`${out}.checkpoint`)).toBe(false);
    const measured = await succeed('evaluate', '--scene', out, '--clip', clip, '--views', '3');
    const { psnr, silhouetteIou, uncovered } = measured.mean as Quality;
    expect(psnr).toBeCloseTo(report.holdout.psnr, 1);
    expect(silhouetteIou.mean).toBeCloseTo(report.holdout.silhouetteIou.mean, 3);
    expect(silhouetteIou.worstFrame).toBe(report.holdout.silhouetteIou.worstFrame);
    expect(1 - uncovered.mean).toBeCloseTo(report.holdout.coverage, 3);
    expect(uncovered.picturesOver5Percent).toBe(report.holdout.uncoveredPictures);
    expect(report.coverage).toBeGreaterThan(0.5);
  });

  it('interrupted ends with 130, and --resume reaches the result of a run that was not', async () => {
    const probe = JSON.parse((await optimize(join(root, 'probe.4dgs'), 200)).stdout) as Report;
    // Five times as long as it is left alone: interrupted on its way however unsteady the machine is.
    const iterations = Math.ceil(2500 / probe.msPerIteration);
    const whole = join(root, 'whole.4dgs');
    expect((await optimize(whole, iterations)).code).toBe(0);

    const out = join(root, 'resumed.4dgs');
    const interrupted = await optimize(out, iterations, [], {
      oldNode: true, // so that the signal has to pass through the launcher
      onStart: (child) => {
        child.stderr?.on('data', (data: Buffer) => {
          if (data.includes('Reading pictures')) setTimeout(() => child.kill('SIGINT'), 500);
        });
      },
    });
    expect(interrupted).toMatchObject({ code: 130, stdout: '' });
    expect(interrupted.stderr).toContain('the same command with --resume goes on');
    expect(existsSync(out)).toBe(false);
    expect(existsSync(`${out}.checkpoint`)).toBe(true);

    const other = await optimize(out, iterations, ['--resume', '--seed', '1', '--quiet']);
    expect(other).toMatchObject({ code: 1, stdout: '' });
    expect(other.stderr).toContain('resumed.4dgs.checkpoint');

    const resumed = await optimize(out, iterations, ['--resume']);
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(existsSync(`${out}.checkpoint`)).toBe(false);
    expect((await readFile(out)).equals(await readFile(whole))).toBe(true);
  });
});
