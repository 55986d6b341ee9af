import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clip } from '../../core/clip.ts';
import { readPoses, writePoses } from '../../core/formats/poses.ts';
import { resamplePoses } from '../../core/poses/resample.ts';
import { ringCameras } from '../../core/ring.ts';
import { readClip } from '../../native/media/clip-folder.ts';
import { encodePng } from '../../native/media/png.ts';
import { readBuiltInMotion } from '../../native/poses/built-in-motions.ts';
import { writeOpenPoseFolder } from '../../native/poses/pose-files.ts';
import { runCli } from './run-cli.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const IMAGE = fixture('detector/rest.png');
const TINY = ['--size', '48', '--frames', '2'];

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cli-generate-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const at = (name: string): string => join(root, name);

const closeTo = (value: number): number => expect.closeTo(value, 9) as number;

/** Share of a picture that is not white. */
function covered({ images }: Clip, view: number, frame: number): number {
  const rgb = images[view]?.[frame] ?? new Uint8Array();
  let count = 0;
  for (let i = 0; i < rgb.length; i += 3) if (Math.min(rgb[i] ?? 0, rgb[i + 1] ?? 0, rgb[i + 2] ?? 0) < 230) count++;
  return count / (rgb.length / 3);
}

describe('generate', () => {
  it('makes a clip that the optimisation reads: 21 views of a character that moves, with its poses', async () => {
    const out = at('clip');
    const args = [
      '--image',
      IMAGE,
      '--poses',
      'jumping-jacks',
      '--out',
      out,
      '--size',
      '64',
      '--frames',
      '3',
      '--json',
    ];
    const { code, stdout, stderr } = await runCli(['generate', ...args]);
    expect(code, stderr).toBe(0);
    const motion = await readBuiltInMotion('jumping-jacks');
    const fps = (motion.fps * 2) / (motion.frames.length - 1);
    const report = JSON.parse(stdout) as Record<string, unknown>;
    expect(report).toEqual({
      out,
      generator: 'puppet',
      views: 21,
      frames: 3,
      width: 64,
      height: 64,
      fps: closeTo(fps),
    });
    expect(stderr).toContain('The poses are resampled from 25 to 3, one a frame of the clip.');

    const clip = await readClip(out);
    expect(clip).toMatchObject({ width: 64, height: 64, frames: 3, fps: closeTo(fps) });
    expect(clip.cameras).toEqual(ringCameras(64));
    for (let view = 0; view < 21; view++) {
      for (let frame = 0; frame < 3; frame++) {
        expect(covered(clip, view, frame)).toBeGreaterThan(0.03);
        expect(covered(clip, view, frame)).toBeLessThan(0.6);
      }
    }
    expect(clip.images[0]?.[0]).not.toEqual(clip.images[0]?.[1]);
    const poses = readPoses(await readFile(join(out, 'poses.json')));
    expect(poses.frames).toHaveLength(3);
    expect(poses.frames[1]?.keypoints[0]).toBeCloseTo(motion.frames[12]?.keypoints[0] ?? NaN, 1);
  });

  it.each<[string, (folder: string) => Promise<string>]>([
    ['a BVH file', () => Promise.resolve(fixture('poses/jumping_jacks.bvh'))],
    [
      'OpenPose JSON',
      async (folder) => {
        await writeOpenPoseFolder(resamplePoses(await readBuiltInMotion('kick'), { frames: 2 }), folder);
        return folder;
      },
    ],
    [
      'pose pictures',
      async (folder) => {
        await mkdir(folder);
        for (const name of ['0.png', '1.png']) await cp(fixture('skeleton-pictures/published.png'), join(folder, name));
        return folder;
      },
    ],
  ])('takes %s', async (name, prepare) => {
    const [poses, out] = [await prepare(at(`poses-${name}`)), at(`clip-${name}`)];
    const { code, stderr } = await runCli(['generate', '--image', IMAGE, '--poses', poses, '--out', out, ...TINY]);
    expect(code, stderr).toBe(0);
    const clip = await readClip(out);
    expect(clip.frames).toBe(2);
    expect(covered(clip, 0, 0)).toBeGreaterThan(0.03);
  });

  it('takes joints that were corrected by hand', async () => {
    const rest = at('rest.json');
    const found = await runCli(['poses', '--images', IMAGE, '--out', rest, '--quality', 'fast']);
    expect(found.code, found.stderr).toBe(0);
    const args = [
      '--image',
      IMAGE,
      '--poses',
      'wave',
      '--rest-pose',
      rest,
      '--out',
      at('corrected'),
      ...TINY,
      '--quiet',
    ];
    const { code, stderr } = await runCli(['generate', ...args]);
    expect(code, stderr).toBe(0);
    expect((await readClip(at('corrected'))).frames).toBe(2);
  });
});

const wrong = async (args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> => {
  const before = await readdir(root);
  const result = await runCli(['generate', ...args, '--quiet']);
  expect(await readdir(root)).toEqual(before);
  return result;
};

describe('wrong arguments end with 2 and one sentence', () => {
  it.each<[string, RegExp]>([
    ['--poses wave --out OUT', /^Required option '--image <file>' not specified; see --help\.\n$/],
    ['--image IMAGE --out OUT', /^Required option '--poses <source>' not specified; see --help\.\n$/],
    ['--image none.png --poses wave --out OUT', /^--image names none.png, but there is no such file or folder\.\n$/],
    ['--image IMAGE --poses wave --mask none.png --out OUT', /^--mask names none.png, but there is no such/],
    ['--image IMAGE --poses wave --views none --out OUT', /^--views names none, but there is no such/],
    [
      '--image IMAGE --poses fly --out OUT',
      /^--poses is not possible: fly is no file, no folder and no built-in motion \(bow,/,
    ],
    ['--image IMAGE --poses wave --size 15 --out OUT', /^--size takes a whole number from 16 to 1024, not "15"\.\n$/],
    ['--image IMAGE --poses wave --frames 0 --out OUT', /^--frames takes a whole number from 1 to 1000, not "0"\.\n$/],
    [
      '--image IMAGE --poses wave --generator ai --out OUT',
      /^--generator takes puppet or charactershot, not "ai"\.\n$/,
    ],
  ])('%s', async (args, sentence) => {
    const { code, stdout, stderr } = await wrong(
      args.split(' ').map((arg) => arg.replace('OUT', at('never')).replace('IMAGE', IMAGE)),
    );
    expect(stderr).toMatch(sentence);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describe('bad input ends with 1 and one sentence', () => {
  const files = async (): Promise<void> => {
    await writeFile(at('pixel.png'), encodePng(new Uint8Array([9, 9, 9]), 1, 1));
    await writeFile(at('white.png'), encodePng(new Uint8Array(64 * 64 * 3).fill(255), 64, 64));
    await writeFile(at('text.png'), 'no picture');
    const idle = await readBuiltInMotion('idle');
    const nobody = { keypoints: new Float32Array(133 * 3) };
    await writeFile(at('zero.json'), writePoses({ ...idle, frames: [nobody] }));
  };
  beforeAll(files);

  it.each<[string, RegExp]>([
    ['--image PIXEL --poses wave', /pixel.png.* 1x1 pixels, too few/],
    ['--image WHITE --poses wave', /white.png.*cannot be told from its background/],
    ['--image TEXT --poses wave', /text.png is no picture that can be read; use PNG, JPEG or WebP\.\n$/],
    ['--image IMAGE --poses ZERO', /zero.json shows nobody: all its keypoints are unknown; choose other poses\.\n$/],
    ['--image IMAGE --poses IMAGE', /rest.png is not valid JSON/],
    ['--image IMAGE --poses wave --views ROOT', /lacks the picture of view 0; the ring has 21/],
    [
      '--image IMAGE --poses wave --rest-pose ZERO',
      /zero.json needs a frame that knows at least shoulders and hips\.\n$/,
    ],
  ])('%s', async (args, sentence) => {
    const paths: Record<string, string> = { IMAGE, ROOT: root };
    for (const name of ['pixel.png', 'white.png', 'text.png', 'zero.json']) {
      paths[name.replace(/\..*/, '').toUpperCase()] = at(name);
    }
    const filled = args.split(' ').map((arg) => paths[arg] ?? arg);
    const { code, stdout, stderr } = await wrong([...filled, '--out', at('never')]);
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toContain('    at ');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });

  it('what is in the way stays', async () => {
    const { code, stderr } = await wrong(['--image', IMAGE, '--poses', 'wave', '--out', root]);
    expect(stderr).toMatch(/^--out is not possible: .* holds other files; choose an empty or a new folder\.\n$/);
    expect(code).toBe(1);
  });
});
