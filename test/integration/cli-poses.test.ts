import { toBody18 } from '../../core/poses/convert.ts';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeCameras } from '../../core/formats/cameras.ts';
import { readPoses, writePoses } from '../../core/formats/poses.ts';
import { drawSkeleton } from '../../core/poses/draw/draw-skeleton.ts';
import type { PoseSequence } from '../../core/poses/pose-sequence.ts';
import { ringCameras } from '../../core/ring.ts';
import { encodeVideo } from '../../native/media/ffmpeg.ts';
import { composite, type RgbPicture } from '../../native/media/picture-tasks.ts';
import { decodePng, encodePng } from '../../native/media/png.ts';
import { readBuiltInMotion } from '../../native/poses/built-in-motions.ts';
import { readPoseFile } from '../../native/poses/pose-files.ts';
import { soundOnlyVideo } from './sound-only-video.ts';
import { runCli } from './run-cli.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const PERSON = 'detector/rest.png';
const FRAMES = ['001', '002', '003'].map((number) => `detector/frame_${number}.png`);
const DRAWING = fixture('skeleton-pictures/published.png');

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cli-poses-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const at = (name: string): string => join(root, name);

async function picture(name: string): Promise<RgbPicture> {
  return composite(decodePng(await readFile(fixture(name)), name), [1, 1, 1]);
}

/** A folder with the given pictures as 1.png, 2.png and on. */
async function folderOf(name: string, pictures: readonly RgbPicture[]): Promise<string> {
  await mkdir(at(name), { recursive: true });
  for (const [index, { rgb, width, height }] of pictures.entries()) {
    await writeFile(join(at(name), `${index + 1}.png`), encodePng(rgb, width, height));
  }
  return at(name);
}

interface Report {
  readonly source: string;
  readonly frames: number;
  readonly fps: number;
  readonly skeleton: string;
  readonly meanConfidence: number;
  readonly framesWithoutPerson: readonly number[];
  readonly warnings: readonly string[];
}

/** Runs a command that must succeed; its JSON document and what it wrote. */
async function succeed(
  out: string,
  ...args: string[]
): Promise<{ report: Report; poses: PoseSequence; stderr: string }> {
  const { code, stdout, stderr } = await runCli(['poses', ...args, '--out', out, '--json']);
  expect(code, stderr).toBe(0);
  return { report: JSON.parse(stdout) as Report, poses: await readPoseFile(out), stderr };
}

describe('from what needs no eyes', () => {
  it('a built-in motion, in as many frames as asked for', async () => {
    const { report, poses } = await succeed(at('wave.json'), '--motion', 'wave', '--frames', '5');
    expect(report).toMatchObject({ source: 'built-in', frames: 5, skeleton: 'coco-wholebody133', warnings: [] });
    const whole = await readBuiltInMotion('wave');
    expect(poses.frames).toHaveLength(5);
    expect(poses.fps).toBeCloseTo(whole.fps / 6, 6);
    expect(poses.frames[4]?.keypoints[0]).toBeCloseTo(whole.frames[24]?.keypoints[0] ?? NaN, 1);
  });

  it('a BVH file, from the front or as a camera sees it', async () => {
    const bvh = ['--bvh', fixture('poses/jumping_jacks.bvh'), '--fps', '6'];
    const { report, poses } = await succeed(at('front.json'), ...bvh);
    expect(report).toMatchObject({ source: 'motion', fps: 6 });
    expect([poses.width, poses.height]).toEqual([480, 480]);

    const cameras = at('cameras.json');
    await writeFile(cameras, writeCameras(ringCameras(200)));
    const { poses: side } = await succeed(at('side.json'), ...bvh, '--camera', cameras, '--view', '5');
    expect([side.width, side.height]).toEqual([200, 200]);
    const spread = ({ frames, width }: PoseSequence): number => {
      // Shoulders of the first frame, in coco-wholebody133.
      const keypoints = frames[0]?.keypoints;
      return Math.abs((keypoints?.[15] ?? 0) - (keypoints?.[18] ?? 0)) / width;
    };
    expect(spread(side)).toBeLessThan(spread(poses) / 2);
  });

  it.each([
    ['--json PATH before the flag', ['--json', fixture('poses/jumping_jacks_poses.json')]],
    ['a flag before --json PATH', ['--json', '--quiet', '--json', fixture('poses/jumping_jacks_poses.json')]],
  ])('keypoints, and JSON on stdout: %s', async (name, args) => {
    const { report } = await succeed(at(`${name.replaceAll(/\W+/g, '-')}.json`), ...args);
    expect(report).toMatchObject({ source: 'keypoints', skeleton: 'openpose18' });
    expect(report.meanConfidence).toBeGreaterThan(0.9);
  });

  it('with frames that show nobody, which are named', async () => {
    const sequence = await readBuiltInMotion('wave');
    const nobody = { keypoints: new Float32Array(133 * 3) };
    const gaps = sequence.frames.map((pose, index) => (index === 3 || index === 4 ? nobody : pose));
    await writeFile(at('gaps.json'), writePoses({ ...sequence, frames: gaps }));
    const { report, stderr } = await succeed(at('gaps-out.json'), '--json', at('gaps.json'));
    expect(report.framesWithoutPerson).toEqual([4, 5]);
    expect(report.warnings).toEqual([expect.stringMatching(/gaps.json shows nobody in 2 of the 25 frames/)]);
    expect(stderr).toContain(report.warnings[0] ?? '-');
  });

  it('drawn skeletons, in pictures and in a video', async () => {
    await mkdir(at('drawings'));
    await cp(DRAWING, at('drawings/1.png'));
    await cp(DRAWING, at('drawings/2.png'));
    const { report, poses } = await succeed(at('drawings.json'), '--images', at('drawings'));
    expect(report).toMatchObject({ source: 'pictures', frames: 2, skeleton: 'coco-wholebody133', fps: 12 });
    expect([poses.width, poses.height]).toEqual([720, 480]);

    const { width, height, rgb } = await picture('skeleton-pictures/published.png');
    const black = new Uint8Array(rgb.length);
    await encodeVideo({
      fps: 10,
      width,
      height,
      frames: [black, rgb, rgb],
      out: at('drawn.mp4'),
      background: [0, 0, 0],
    });
    const video = await succeed(at('drawn.json'), '--video', at('drawn.mp4'));
    expect(video.report).toMatchObject({ source: 'video', frames: 3, fps: 10, framesWithoutPerson: [1] });
    // A hand that the pictures show is not read from the video, whose compression leaves too little of it.
    const right = toBody18(poses).frames[0]?.keypoints.subarray(6, 8) ?? [];
    const same = toBody18(video.poses).frames[1]?.keypoints.subarray(6, 8) ?? [];
    expect(Math.hypot((right[0] ?? 0) - (same[0] ?? 0), (right[1] ?? 0) - (same[1] ?? 0))).toBeLessThan(3);
  });
});

describe('what it writes', () => {
  it('--format openpose: a folder of files that are read as the same poses', async () => {
    const { report, poses } = await succeed(
      at('openpose'),
      '--motion',
      'idle',
      '--frames',
      '3',
      '--format',
      'openpose',
    );
    expect(report.frames).toBe(3);
    expect((await readdir(at('openpose'))).filter((name) => !name.startsWith('.'))).toHaveLength(3);
    const idle = await readBuiltInMotion('idle');
    expect(poses.frames[0]?.keypoints[0]).toBeCloseTo(idle.frames[0]?.keypoints[0] ?? NaN, 0);
  });

  it('--drawing: the very pictures that the method is conditioned on', async () => {
    const { poses } = await succeed(
      at('drawn-wave.json'),
      '--motion',
      'wave',
      '--frames',
      '2',
      '--drawing',
      at('drawing'),
    );
    const { width, height, skeleton, frames } = poses;
    const drawn = decodePng(await readFile(at('drawing/frame_00002.png')), 'drawing');
    const expected = drawSkeleton(frames.slice(1), skeleton, { width, height }, { width, height });
    const rgb = composite(drawn, [0, 0, 0]).rgb;
    // The file holds hundredths of a pixel, so that single pixels at edges may differ.
    const different = expected.reduce((count, value, i) => count + (Math.abs(value - (rgb[i] ?? 0)) > 8 ? 1 : 0), 0);
    expect(different).toBeLessThan(expected.length * 1e-4);
    expect(expected.some((value) => value > 200)).toBe(true);
  });

  it('replaces an older pose file', async () => {
    await succeed(at('twice.json'), '--motion', 'wave');
    const { report } = await succeed(at('twice.json'), '--motion', 'bow', '--frames', '2');
    expect(report.frames).toBe(2);
  });
});

describe('from pictures of people', () => {
  it('in their order, and from a single one', async () => {
    const pictures = await folderOf('photos', await Promise.all(FRAMES.map(picture)));
    const { report, poses } = await succeed(at('photos.json'), '--images', pictures, '--fps', '8', '--quality', 'fast');
    expect(report).toMatchObject({ source: 'pictures', frames: 3, fps: 8, framesWithoutPerson: [] });
    const joints = JSON.parse(await readFile(fixture('detector/joints.json'), 'utf8')) as Record<
      string,
      [number, number][]
    >;
    // The left ankle: 16th of coco-wholebody133, 14th of openpose18.
    const [x = 0, y = 0] = poses.frames[2]?.keypoints.subarray(45, 47) ?? [];
    const [trueX = 0, trueY = 0] = joints['frame_003.png']?.[13] ?? [];
    expect(Math.hypot(x - trueX, y - trueY)).toBeLessThan(12);

    const one = await succeed(at('one.json'), '--images', fixture(PERSON), '--quality', 'fast');
    expect(one.report.frames).toBe(1);
  });

  it('two people: the most prominent one, with a word about it', async () => {
    const { width, height, rgb } = await picture(PERSON);
    const both = new Uint8Array(2 * rgb.length);
    for (let row = 0; row < height; row++) {
      const line = rgb.subarray(row * width * 3, (row + 1) * width * 3);
      both.set(line, row * 2 * width * 3);
      both.set(line, (row * 2 + 1) * width * 3);
    }
    const folder = await folderOf('two', [{ width: 2 * width, height, rgb: both }]);
    const { report } = await succeed(at('two.json'), '--images', folder, '--quality', 'fast');
    expect(report.warnings[0]).toMatch(/two shows 2 people; the most prominent one is followed\.$/);
  });

  it('a video: each frame, or fewer a second', async () => {
    const frames = (await Promise.all([...FRAMES, ...FRAMES].map(picture))).map(({ rgb }) => rgb);
    await encodeVideo({ fps: 12, width: 256, height: 256, frames, out: at('person.mp4'), background: [1, 1, 1] });
    const { report } = await succeed(at('person.json'), '--video', at('person.mp4'), '--fps', '6', '--quality', 'fast');
    expect(report).toMatchObject({ source: 'video', frames: 3, fps: 6, framesWithoutPerson: [] });
  });
});

describe('wrong arguments end with 2 and one sentence', () => {
  const sources = /^poses takes one of --video, --bvh, --images, --json PATH and --motion\.\n$/;
  it.each<[string, RegExp]>([
    ['--out OUT', sources],
    ['--json --out OUT', sources],
    ['--motion wave --video DRAWING --out OUT', sources],
    ['--json DRAWING --bvh DRAWING --out OUT', sources],
    ['--motion wave', /^Required option '--out <path>' not specified; see --help\.\n$/],
    ['--motion fly --out OUT', /^--motion takes one of bow, .*wave, not "fly"\.\n$/],
    ['--video none.mp4 --out OUT', /^--video names none.mp4, but there is no such file or folder\.\n$/],
    ['--motion wave --camera DRAWING --out OUT', /^--camera belongs to --bvh\.\n$/],
    ['--motion wave --view 1 --out OUT', /^--view belongs to --camera\.\n$/],
    ['--motion wave --quality fast --out OUT', /^--quality and --dwpose belong to --video and --images\.\n$/],
    ['--images DRAWING --quality fast --dwpose . --out OUT', /^--dwpose has one quality\.\n$/],
    ['--motion wave --frames 0 --out OUT', /^--frames takes a whole number from 1 to 10000, not "0"\.\n$/],
    ['--motion wave --fps fast --out OUT', /^--fps takes a number from 0.1 to 240, not "fast"\.\n$/],
    ['--motion wave --format bvh --out OUT', /^--format takes poses or openpose, not "bvh"\.\n$/],
  ])('%s', async (args, sentence) => {
    const filled = args.split(' ').map((arg) => arg.replace('OUT', at('never.json')).replace('DRAWING', DRAWING));
    const { code, stdout, stderr } = await runCli(['poses', ...filled, '--quiet']);
    expect(stderr).toMatch(sentence);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(await readdir(root)).not.toContain('never.json');
  });
});

describe('bad input ends with 1 and one sentence', () => {
  const blank = { width: 64, height: 64, rgb: new Uint8Array(64 * 64 * 3).fill(255) };

  it.each<[string, () => Promise<string[]>, RegExp]>([
    [
      'keypoints that are all zero',
      async () => {
        const sequence = await readBuiltInMotion('idle');
        const nobody = { keypoints: new Float32Array(133 * 3) };
        await writeFile(at('zero.json'), writePoses({ ...sequence, frames: [nobody, nobody] }));
        return ['--json', at('zero.json')];
      },
      /zero.json shows nobody: all its keypoints are unknown; choose other poses\.\n$/,
    ],
    ['no person', async () => ['--images', await folderOf('blank', [blank])], /Nobody is seen in .*1.png; choose one/],
    [
      'a picture of one pixel',
      async () => ['--images', await folderOf('pixel', [{ width: 1, height: 1, rgb: new Uint8Array(3).fill(99) }])],
      /Nobody is seen in .*1.png; choose one/,
    ],
    [
      'drawings among photographs',
      async () => {
        const folder = await folderOf('mixed', [blank]);
        await cp(DRAWING, join(folder, '2.png'));
        return ['--images', folder];
      },
      /2.png is a drawn skeleton and .*1.png is none; give a folder of one kind of pictures\.\n$/,
    ],
    [
      'a folder without pictures',
      async () => ['--images', await folderOf('empty', [])],
      /empty holds no pictures; choose/,
    ],
    [
      'a video without pictures',
      async () => ['--video', await soundOnlyVideo(at('sound.mp4'))],
      /sound.mp4 is no video that can be read/,
    ],
    [
      'a picture as a video of nobody',
      () => Promise.resolve(['--video', fixture('poses/README.md')]),
      /README.md is no video/,
    ],
    ['a picture as keypoints', () => Promise.resolve(['--json', DRAWING]), /published.png is not valid JSON/],
    [
      'keypoints as a motion',
      () => Promise.resolve(['--bvh', fixture('poses/jumping_jacks_poses.json')]),
      /holds no motion/,
    ],
    [
      'a folder without DWPose',
      () => Promise.resolve(['--images', fixture(PERSON), '--dwpose', root]),
      /DWPose needs .*yolox_l.onnx, which is not there/,
    ],
  ])('%s', async (_, prepare, sentence) => {
    const { code, stderr, stdout } = await runCli([
      'poses',
      ...(await prepare()),
      '--out',
      at('never.json'),
      '--quiet',
    ]);
    expect(stderr).toMatch(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(await readdir(root)).not.toContain('never.json');
  });

  it.each([
    ['--out NOTES', /--out is not possible: .*notes.txt exists and is no pose file; choose another name\.\n$/],
    [
      '--format openpose --out ROOT',
      /--out is not possible: .* holds other files; choose an empty or a new folder\.\n$/,
    ],
    [
      '--out OUT --drawing ROOT',
      /--drawing is not possible: .* holds other files; choose an empty or a new folder\.\n$/,
    ],
  ])('what is in the way stays: %s', async (args, sentence) => {
    await writeFile(at('notes.txt'), 'mine');
    const paths = { NOTES: at('notes.txt'), ROOT: root, OUT: at('never.json') };
    const filled = args.split(' ').map((arg) => (arg in paths ? paths[arg as keyof typeof paths] : arg));
    const { code, stderr } = await runCli(['poses', '--motion', 'wave', ...filled, '--quiet']);
    expect(stderr).toMatch(sentence);
    expect(code).toBe(1);
    expect(await readFile(at('notes.txt'), 'utf8')).toBe('mine');
    expect(await readdir(root)).not.toContain('never.json');
  });

  it('a motion that asks for a view its cameras lack', async () => {
    await writeFile(at('one-camera.json'), writeCameras(ringCameras(64).slice(0, 1)));
    const args = ['--bvh', fixture('poses/jumping_jacks.bvh'), '--camera', at('one-camera.json'), '--view', '3'];
    const { code, stderr } = await runCli(['poses', ...args, '--out', at('never.json'), '--quiet']);
    expect(stderr).toMatch(/^--view names view 3, but .*one-camera.json has 0\.\n$/);
    expect(code).toBe(2);
  });
});

it('poses.json is what the rest of the studio reads', async () => {
  await succeed(at('read.json'), '--motion', 'walk');
  expect(readPoses(await readFile(at('read.json'))).frames).toHaveLength(25);
});
