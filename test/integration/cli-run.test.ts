import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeVideo } from '../../native/media/ffmpeg.ts';
import { encodeVideo } from '../../native/media/ffmpeg.ts';
import { composite } from '../../native/media/picture-tasks.ts';
import { decodePng } from '../../native/media/png.ts';
import { readSceneFile } from '../../native/scene-file.ts';
import { runCli } from './run-cli.ts';
import { soundOnlyVideo } from './sound-only-video.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const IMAGE = fixture('detector/rest.png');
const TINY = ['--size', '48', '--frames', '3', '--iterations', '60'];

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cli-run-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const at = (name: string): string => join(root, name);

interface Report {
  readonly out: string;
  readonly poses: string;
  readonly clip: string;
  readonly scene: string;
  readonly ply: string;
  readonly turntable: string;
  readonly preset: string;
  readonly seconds: number;
  readonly psnr: number;
  readonly ssim: number;
  readonly stages: readonly { stage: string; seconds: number; kept: boolean }[];
  readonly warnings: readonly string[];
}

describe('run', () => {
  it('makes everything from a picture and a motion, with one progress and one JSON document', async () => {
    const out = at('hero');
    const { code, stdout, stderr } = await runCli([
      'run',
      '--image',
      IMAGE,
      '--poses',
      'wave',
      '--out',
      out,
      ...TINY,
      '--json',
    ]);
    expect(code, stderr).toBe(0);
    const report = JSON.parse(stdout) as Report;
    expect(report).toMatchObject({ out, preset: 'draft', generator: 'puppet', views: 21, frames: 3, iterations: 60 });
    for (const path of [report.poses, report.clip, report.scene, report.ply, report.turntable]) {
      expect(existsSync(path), path).toBe(true);
    }
    expect(report.psnr).toBeGreaterThan(15);
    expect(report.ssim).toBeGreaterThan(0.5);
    expect(report.stages.map(({ stage }) => stage)).toEqual(['poses', 'generate', 'optimise', 'ply', 'turntable']);
    expect(report.seconds).toBeCloseTo(
      report.stages.reduce((sum, { seconds }) => sum + seconds, 0),
      6,
    );
    expect(report.warnings).toEqual(['The poses are resampled from 25 to 3, one a frame of the clip.']);

    expect((await readSceneFile(report.scene)).frames).toBe(3);
    expect((await readdir(report.ply)).filter((name) => name.endsWith('.ply'))).toHaveLength(3);
    const { width, height } = await decodeVideo(report.turntable);
    expect([width, height]).toEqual([512, 512]);
    // Every task says which of the stages it belongs to.
    const tasks = stderr
      .trim()
      .split('\n')
      .filter((line) => line !== report.warnings[0]);
    for (const line of tasks) expect(line).toMatch(/^\[[1-5]\/5\] /);
    expect(tasks.map((line) => line[1]).join('')).toBe(
      tasks
        .map((line) => line[1])
        .sort()
        .join(''),
    );
  });

  it('follows a driving video', async () => {
    const frames: Uint8Array[] = [];
    for (const number of ['001', '002', '003']) {
      const file = fixture(`detector/frame_${number}.png`);
      frames.push(composite(decodePng(await readFile(file), file), [1, 1, 1]).rgb);
    }
    await encodeVideo({ fps: 12, width: 256, height: 256, frames, out: at('person.mp4'), background: [1, 1, 1] });
    const args = [
      '--image',
      IMAGE,
      '--video',
      at('person.mp4'),
      '--out',
      at('driven'),
      '--size',
      '48',
      '--iterations',
      '30',
    ];
    const { code, stdout, stderr } = await runCli(['run', ...args, '--quiet']);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/driven\/poses.json: 3 poses\n/);
    expect(stdout).toMatch(/driven\/ply: 3 PLY files\n/);
    expect(stdout).toMatch(/\ndone in .* \(poses .*, generate .*, optimise .*, ply .*, turntable .*\)\n$/);
  });

  it('ends with 130 when interrupted, says how to go on, and goes on', async () => {
    const args = ['run', '--image', IMAGE, '--poses', 'bow', '--out', at('stopped'), '--size', '64', '--frames', '3'];
    const plenty = [...args, '--iterations', '400'];
    const { code, stdout, stderr } = await runCli(plenty, {
      onStart: (child) => {
        child.stderr?.on('data', (data: Buffer) => {
          if (data.includes('[3/5] Reading pictures')) child.kill('SIGINT');
        });
      },
    });
    expect(stderr).toMatch(
      /Stopped in stage 3 of 5; the state is kept, and the same command with --resume goes on\.\n$/,
    );
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(existsSync(at('stopped/scene.4dgs.checkpoint'))).toBe(true);

    const resumed = await runCli([...plenty, '--resume', '--json']);
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(resumed.stderr).toMatch(/^Kept from the earlier run: poses, generate\.\n/);
    const { stages } = JSON.parse(resumed.stdout) as Report;
    expect(stages.map(({ kept }) => kept)).toEqual([true, true, false, false, false]);
  });

  it('says so when there is nothing to resume', async () => {
    const controller = at('fresh');
    const args = ['run', '--image', IMAGE, '--poses', 'wave', '--out', controller, ...TINY, '--resume'];
    const { code, stderr } = await runCli(args, {
      onStart: (child) => {
        child.stderr?.once('data', () => child.kill('SIGINT'));
      },
    });
    expect(stderr).toMatch(/^There is no run in .*fresh to go on from; starting at the beginning\.\n/);
    expect(code).toBe(130);
  });
});

const refused = async (args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> => {
  const before = await readdir(root);
  const result = await runCli(['run', ...args, '--quiet']);
  expect(await readdir(root)).toEqual(before);
  return result;
};

describe('wrong arguments end with 2 and one sentence', () => {
  it.each<[string, RegExp]>([
    ['--image IMAGE --out OUT', /^run takes either --poses or --video\.\n$/],
    ['--image IMAGE --poses wave --video IMAGE --out OUT', /^run takes either --poses or --video\.\n$/],
    ['--image IMAGE --poses wave', /^Required option '--out <folder>' not specified; see --help\.\n$/],
    ['--image none.png --poses wave --out OUT', /^--image names none.png, but there is no such file or folder\.\n$/],
    ['--image IMAGE --video none.mp4 --out OUT', /^--video names none.mp4, but there is no such file or folder\.\n$/],
    [
      '--image IMAGE --poses fly --out OUT',
      /^--poses is not possible: fly is no file, no folder and no built-in motion/,
    ],
    [
      '--image IMAGE --poses wave --preset best --out OUT',
      /^--preset takes draft or standard or paper, not "best"\.\n$/,
    ],
    ['--image IMAGE --poses wave --seed=-1 --out OUT', /^--seed takes a whole number from 0 to .*, not "-1"\.\n$/],
    ['--image IMAGE --poses wave --iterations 0 --out OUT', /^--iterations takes a whole number from 1 to/],
  ])('%s', async (args, sentence) => {
    const filled = args.split(' ').map((arg) => arg.replace('OUT', at('never')).replace('IMAGE', IMAGE));
    const { code, stdout, stderr } = await refused(filled);
    expect(stderr).toMatch(sentence);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describe('bad input ends with 1 and one sentence, and leaves nothing', () => {
  it('a picture that is none', async () => {
    await writeFile(at('text.png'), 'no picture');
    const { code, stderr } = await refused(['--image', at('text.png'), '--poses', 'wave', '--out', at('never')]);
    expect(stderr).toMatch(/text.png is no picture that can be read; use PNG, JPEG or WebP\.\n$/);
    expect(code).toBe(1);
  });

  it('a video without pictures', async () => {
    const video = await soundOnlyVideo(at('sound.mp4'));
    const { code, stderr } = await refused(['--image', IMAGE, '--video', video, '--out', at('never')]);
    expect(stderr).toMatch(/sound.mp4 is no video that can be read/);
    expect(code).toBe(1);
  });

  it("a folder that is somebody else's", async () => {
    const { code, stderr } = await refused(['--image', IMAGE, '--poses', 'wave', '--out', root]);
    expect(stderr).toMatch(/^--out is not possible: .* holds other files; choose an empty or a new folder\.\n$/);
    expect(code).toBe(1);
  });
});
