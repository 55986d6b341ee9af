// The built-in detector on pictures of a character whose joints are known.
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppError } from '../../core/errors.ts';
import type { Progress } from '../../core/progress.ts';
import { BODY, COCO_WHOLEBODY133, type BodyJoint } from '../../core/poses/skeleton.ts';
import { encodeVideo } from '../../native/media/ffmpeg.ts';
import { encodePng } from '../../native/media/png.ts';
import { composite, type RgbPicture } from '../../native/media/picture-tasks.ts';
import { readPicture } from '../../native/media/read-picture.ts';
import { createDetector, type PoseDetector } from '../../native/poses/detect/detector.ts';
import { openHumanModel } from '../../native/poses/detect/human-models.ts';
import { detectInPictures, detectInVideo } from '../../native/poses/detect/sequence.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'detector');
const FRAMES = ['frame_001.png', 'frame_002.png', 'frame_003.png', 'frame_006.png'];
const LIMBS: readonly BodyJoint[] = (['shoulder', 'elbow', 'wrist', 'hip', 'knee', 'ankle'] as const).flatMap(
  (joint): BodyJoint[] => [`left_${joint}`, `right_${joint}`],
);

let detector: PoseDetector;

beforeAll(async () => {
  detector = await createDetector({ quality: 'best' });
}, 300_000);

afterAll(() => detector.dispose());

const load = async (name: string): Promise<RgbPicture> => composite(await readPicture(join(FIXTURES, name)), [1, 1, 1]);

const keypoint = (keypoints: Float32Array, name: string): readonly [number, number, number] => {
  const at = COCO_WHOLEBODY133.names.indexOf(name) * 3;
  return [keypoints[at] ?? NaN, keypoints[at + 1] ?? NaN, keypoints[at + 2] ?? NaN];
};

type Joints = Readonly<Record<string, readonly (readonly [number, number])[]>>;

/** Lengths of the trunk by which each limb joint is off, for a frame of the fixtures. */
async function errorsOf(frame: string, keypoints: Float32Array): Promise<number[]> {
  const joints = (JSON.parse(await readFile(join(FIXTURES, 'joints.json'), 'utf8')) as Joints)[frame];
  const at = (name: BodyJoint): readonly [number, number] => joints?.[BODY[name]] ?? [NaN, NaN];
  const trunk = at('left_hip')[1] - at('neck')[1];
  return LIMBS.map((name) => {
    const [x, y] = keypoint(keypoints, name);
    return Math.hypot(x - at(name)[0], y - at(name)[1]) / trunk;
  });
}

test.each(FRAMES)('the limbs of a drawn character are found in %s, left and right', async (frame) => {
  detector.reset();
  const found = await detector.detect(await load(frame));
  const errors = await errorsOf(frame, found?.pose.keypoints ?? new Float32Array());
  expect(Math.max(...errors)).toBeLessThan(0.4); // the model's wrists lie that far off by themselves
  expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(0.12);
  expect(found?.people).toBe(1);
});

test('a rest pose has a confident body, a face, and no hand that cannot be seen', async () => {
  detector.reset();
  const picture = await load('rest.png');
  const found = await detector.detect(picture);
  const keypoints = found?.pose.keypoints ?? new Float32Array();
  for (const name of LIMBS) expect(keypoint(keypoints, name)[2]).toBeGreaterThan(0.5);
  expect(keypoint(keypoints, 'left_wrist')[0]).toBeGreaterThan(keypoint(keypoints, 'left_shoulder')[0] + 20);
  expect(keypoint(keypoints, 'right_wrist')[0]).toBeLessThan(keypoint(keypoints, 'right_shoulder')[0] - 20);
  expect(found?.agreement).toBeGreaterThan(0.5);
  expect(keypoints.every((value) => Number.isFinite(value))).toBe(true);
  const mask = await detector.personMask(picture, found?.pose ?? { keypoints });
  const at = (x: number, y: number): number => mask.values[Math.floor(y) * mask.width + Math.floor(x)] ?? NaN;
  const [hipX, hipY] = keypoint(keypoints, 'left_hip');
  expect(at(hipX - 5, hipY - 20)).toBeGreaterThan(0.8);
  expect([at(5, 5), at(250, 250), at(128, 10)].every((value) => value < 0.2)).toBe(true);
});

test('two people are counted, and the more prominent one is taken', async () => {
  detector.reset();
  const one = await load('frame_006.png');
  const [width, height] = [512, 256];
  const rgb = new Uint8Array(width * height * 3).fill(255);
  for (let y = 0; y < 256; y++) {
    rgb.set(one.rgb.subarray(y * 256 * 3, (y + 1) * 256 * 3), y * width * 3);
    // Beside it, half as large.
    if (y % 2 === 0) {
      for (let x = 0; x < 128; x++) {
        const from = (y * 256 + 2 * x) * 3;
        rgb.set(one.rgb.subarray(from, from + 3), ((100 + y / 2) * width + 320 + x) * 3);
      }
    }
  }
  const found = await detector.detect({ width, height, rgb });
  expect(found?.people).toBe(2);
  expect(found?.box.height).toBeGreaterThan(120);
  expect(found?.box.x).toBeLessThan(256);
});

test.each([
  ['nothing', { width: 320, height: 200, rgb: new Uint8Array(320 * 200 * 3).fill(255) }],
  ['one pixel', { width: 1, height: 1, rgb: new Uint8Array(3) }],
  ['a line', { width: 1, height: 3000, rgb: new Uint8Array(9000).fill(80) }],
  ['noise', { width: 200, height: 150, rgb: new Uint8Array(90_000).map((_, i) => (i * 7919) % 251) }],
])('in a picture of %s there is nobody', async (_, picture) => {
  detector.reset();
  expect(await detector.detect(picture)).toBeUndefined();
});

test('bytes that do not fill the picture are refused', async () => {
  await expect(detector.detect({ width: 10, height: 10, rgb: new Uint8Array(10) })).rejects.toThrow(RangeError);
});

test('a video becomes a sequence at its own pace or slower, with progress; empty frames have confidence 0', async () => {
  const out = join(await temporaryFolder(), 'a.mp4');
  const pictures = await Promise.all(FRAMES.slice(0, 3).map(load));
  const white = new Uint8Array(256 * 256 * 3).fill(255);
  const frames = [...pictures.map(({ rgb }) => rgb), white, white, white];
  await encodeVideo({ fps: 12, width: 256, height: 256, frames, out });
  const events: Progress[] = [];
  const sequence = await detectInVideo(out, detector, { onProgress: (event) => events.push(event) });
  expect(sequence).toMatchObject({ skeleton: 'coco-wholebody133', width: 256, height: 256, fps: 12 });
  const hips = sequence.frames.map(({ keypoints }) => keypoint(keypoints, 'left_hip')[2]);
  expect(hips.map((confidence) => confidence > 0.5)).toEqual([true, true, true, false, false, false]);
  expect(sequence.frames[4]?.keypoints.every((value) => value === 0)).toBe(true);
  expect(events.map(({ type }) => type)).toEqual(['begin', ...frames.map(() => 'tick'), 'end']);
  const slow = await detectInVideo(out, detector, { fps: 6, frames: 2 });
  expect(slow).toMatchObject({ fps: 6, frames: { length: 2 } });
  const errors = await errorsOf('frame_003.png', slow.frames[1]?.keypoints ?? new Float32Array());
  expect(Math.max(...errors)).toBeLessThan(0.4);
});

test('a video without anybody, a file without pictures, and a stop are told as what they are', async () => {
  const out = join(await temporaryFolder(), 'empty.mp4');
  await encodeVideo({ fps: 12, width: 64, height: 64, frames: [new Uint8Array(64 * 64 * 3)], out });
  await expect(detectInVideo(out, detector)).rejects.toThrow(/^Nobody is seen in .*empty\.mp4; choose one that shows/);
  const text = join(await temporaryFolder(), 'text.mp4');
  await writeFile(text, 'no video');
  await expect(detectInVideo(text, detector)).rejects.toThrow(/is no video that can be read; convert it/);
  const stopped = AbortSignal.abort(new AppError('cancelled', 'Stopped.'));
  await expect(detectInVideo(out, detector, { signal: stopped })).rejects.toThrow('Stopped.');
});

test('pictures are taken in the order of their numbers, and must have one size', async () => {
  const paths = [...FRAMES].reverse().map((name) => join(FIXTURES, name));
  const sequence = await detectInPictures(paths, detector, { fps: 8, frames: 2 });
  expect(sequence).toMatchObject({ fps: 8, width: 256, frames: { length: 2 } });
  const errors = await errorsOf('frame_001.png', sequence.frames[0]?.keypoints ?? new Float32Array());
  expect(Math.max(...errors)).toBeLessThan(0.4); // the model's wrists lie that far off by themselves
  await expect(detectInPictures([], detector)).rejects.toThrow(/no pictures/);
  const out = join(await temporaryFolder(), 'frame_007.png');
  await writeFile(out, encodePng(new Uint8Array(8 * 8 * 3), 8, 8));
  await expect(detectInPictures([join(FIXTURES, 'frame_001.png'), out], detector)).rejects.toThrow(
    /give all pictures one/,
  );
});

test('a model is converted into the cache of the user, once', async () => {
  const cache = process.env.CHARACTERSHOT_CACHE;
  const folder = await temporaryFolder();
  process.env.CHARACTERSHOT_CACHE = folder;
  try {
    await (await openHumanModel('facemesh', { threads: 1 })).dispose();
    const files = await readdir(folder);
    expect(files).toEqual([expect.stringMatching(/^facemesh-[0-9a-f]{24}\.cache$/)]);
    await writeFile(join(folder, files[0] ?? ''), 'damaged');
    await (await openHumanModel('facemesh', { threads: 1 })).dispose();
    expect((await readFile(join(folder, files[0] ?? ''))).length).toBeGreaterThan(1e6);
  } finally {
    if (cache === undefined) delete process.env.CHARACTERSHOT_CACHE;
    else process.env.CHARACTERSHOT_CACHE = cache;
  }
});
