// Clip folders in all variants that are read, and what is said about the ones that are not.
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Clip } from '../../core/clip.ts';
import { AppError } from '../../core/errors.ts';
import { writeCameras } from '../../core/formats/cameras.ts';
import { ringCameras } from '../../core/ring.ts';
import { readClip, writeClip } from '../../native/media/clip-folder.ts';
import { encodePng } from '../../native/media/png.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const SIZE = 24;
const VIEWS = 3;
const FRAMES = 4;

/** Every picture has a value of its own. */
const value = (view: number, frame: number): number => 40 * view + 7 * frame + 3;

const picture = (size: number, fill: number): Uint8Array => new Uint8Array(size * size * 3).fill(fill);

const clip: Clip = {
  width: SIZE,
  height: SIZE,
  fps: 12.5,
  frames: FRAMES,
  cameras: ringCameras(SIZE).slice(0, VIEWS),
  images: Array.from({ length: VIEWS }, (_, view) =>
    Array.from({ length: FRAMES }, (_, frame) => picture(SIZE, value(view, frame))),
  ),
  background: [1, 1, 1],
};

async function clipFolder(): Promise<string> {
  const folder = join(await temporaryFolder(), 'clip');
  await writeClip(folder, clip);
  return folder;
}

describe('a clip folder', () => {
  test('is read back as it was written', async () => {
    const folder = await clipFolder();
    expect((await readdir(folder)).filter((name) => !name.startsWith('.')).sort()).toEqual([
      'cameras.json',
      'clip.json',
      'view00',
      'view01',
      'view02',
    ]);
    expect(await readClip(folder)).toEqual(clip);
  });

  test('may have any zero padding, other entries and no rate', async () => {
    const folder = await clipFolder();
    await rename(join(folder, 'view02'), join(folder, 'view2'));
    await rename(join(folder, 'view01', 'frame_00003.png'), join(folder, 'view01', 'frame_3.png'));
    await rm(join(folder, 'clip.json'));
    await mkdir(join(folder, 'view00_480'));
    await writeFile(join(folder, 'view01', 'frame_00001.png.bak'), 'not a picture');
    expect(await readClip(folder)).toEqual({ ...clip, fps: 12 });
    await writeFile(join(folder, 'poses.json'), '{"fps":25}');
    expect((await readClip(folder)).fps).toBe(25);
  });

  test('with pictures of another size scales the intrinsics', async () => {
    const folder = await clipFolder();
    await writeFile(join(folder, 'cameras.json'), writeCameras(ringCameras(2 * SIZE).slice(0, VIEWS)));
    expect((await readClip(folder)).cameras).toEqual(clip.cameras);
  });

  test('with many pictures is read on several threads, in order', async () => {
    const folder = join(await temporaryFolder(), 'clip');
    const images = Array.from({ length: 3 }, (_, view) =>
      Array.from({ length: 30 }, (_, frame) => picture(8, 60 * view + frame)),
    );
    const many = { ...clip, width: 8, height: 8, frames: 30, cameras: ringCameras(8).slice(0, 3), images };
    await writeClip(folder, many);
    expect(await readClip(folder)).toEqual(many);
    await writeFile(join(folder, 'view01', 'frame_00007.png'), 'broken');
    await expect(readClip(folder)).rejects.toThrow(/view01\/frame_00007\.png is a damaged/);
  });

  test('shows the background where it is transparent', async () => {
    const folder = await clipFolder();
    const clear = encodePng(new Uint8Array(SIZE * SIZE * 4), SIZE, SIZE);
    await writeFile(join(folder, 'view01', 'frame_00002.png'), clear);
    const { images, background } = await readClip(folder, { background: [0, 0.2, 1] });
    expect([...(images[1]?.[1]?.subarray(0, 3) ?? [])]).toEqual([0, 51, 255]);
    expect(background).toEqual([0, 0.2, 1]);
  });

  test('is not written over other files', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'thesis.txt'), 'precious');
    await expect(writeClip(folder, clip)).rejects.toThrow(AppError);
    expect(await readFile(join(folder, 'thesis.txt'), 'utf8')).toBe('precious');
  });

  test('in the published layout is read', async () => {
    const folder = await clipFolder();
    await rm(join(folder, 'cameras.json'));
    const frames = clip.cameras.flatMap(({ cameraToWorld: m }, view) =>
      Array.from({ length: FRAMES }, (_, frame) => ({
        file_path: `view0${view}/frame_0000${frame + 1}`,
        rotation: 0,
        time: frame / (FRAMES - 1),
        transform_matrix: [0, 4, 8, 12].map((row) => [...m.subarray(row, row + 4)]),
      })),
    );
    frames.sort((a, b) => (a.file_path + '7').localeCompare(b.file_path)).reverse();
    const angle = 0.6911111611634243;
    await writeFile(join(folder, 'transforms_train.json'), JSON.stringify({ camera_angle_x: angle, frames }));
    expect(await readClip(folder)).toEqual(clip);
    frames[3] = { ...frames[3], file_path: '../../../etc/passwd', time: 0 } as (typeof frames)[0];
    await writeFile(join(folder, 'transforms_train.json'), JSON.stringify({ camera_angle_x: angle, frames }));
    await expect(readClip(folder)).rejects.toThrow(AppError);
  });
});

test.each<[string, (folder: string) => Promise<unknown>, RegExp]>([
  ['a missing folder', (folder) => rm(folder, { recursive: true }), /is not there; check the path/],
  ['no cameras', (folder) => rm(join(folder, 'cameras.json')), /has no cameras\.json; a clip folder holds/],
  [
    'a missing frame',
    (folder) => rm(join(folder, 'view01', 'frame_00003.png')),
    /^View 1 lacks frame 3 in .*view01; write it/,
  ],
  ['a missing view', (folder) => rm(join(folder, 'view01'), { recursive: true }), /no view 1; number/],
  [
    'fewer cameras than views',
    (folder) => writeFile(join(folder, 'cameras.json'), writeCameras(clip.cameras.slice(0, 2))),
    /cameras\.json has no camera for view 2; add it/,
  ],
  [
    'a view of another size',
    (folder) => writeFile(join(folder, 'view02', 'frame_00001.png'), encodePng(picture(12, 0), 12, 12)),
    /view02\/frame_00001\.png is 12x12, the first picture 24x24; make all/,
  ],
  [
    'a truncated picture',
    async (folder) => {
      const path = join(folder, 'view01', 'frame_00004.png');
      await writeFile(path, (await readFile(path)).subarray(0, 50));
    },
    /view01\/frame_00004\.png is a damaged or incomplete PNG/,
  ],
  [
    'one frame twice',
    (folder) => copyFile(join(folder, 'view00', 'frame_00001.png'), join(folder, 'view00', 'frame_1.png')),
    /has both frame_00001\.png and frame_1\.png; remove one|has both frame_1\.png and frame_00001\.png; remove one/,
  ],
  [
    'cameras of another shape',
    async (folder) => {
      const wide = clip.cameras.map((camera) => ({ ...camera, width: 36 }));
      await writeFile(join(folder, 'cameras.json'), writeCameras(wide));
    },
    /are 24x24, but its cameras are for 36x24; cut/,
  ],
])('refused: %s', async (_, spoil, message) => {
  const folder = await clipFolder();
  await spoil(folder);
  const error: unknown = await readClip(folder).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(AppError);
  expect(String(error)).toMatch(new RegExp(message.source.replace('^', '^AppError: ')));
});
