// Videos, by encoding and decoding small ones with the ffmpeg of this machine.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { readClip } from '../../native/media/clip-folder.ts';
import { decodeVideo, encodeVideo, findFfmpeg, firstThatRuns } from '../../native/media/ffmpeg.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

beforeAll(async () => {
  await findFfmpeg();
});

/** A grey picture with a coloured left half. */
function picture(
  width: number,
  height: number,
  grey: number,
  left: readonly number[] = [grey, grey, grey],
): Uint8Array {
  const rgb = new Uint8Array(width * height * 3).fill(grey);
  for (let y = 0; y < height; y++) for (let x = 0; x < width / 2; x++) rgb.set(left, (y * width + x) * 3);
  return rgb;
}

async function collect(frames: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const frame of frames) all.push(frame);
  return all;
}

test('every picture arrives, in order and in its colours, with the index at the front', async () => {
  const out = join(await temporaryFolder(), 'new', 'a.mp4');
  const frames = Array.from({ length: 30 }, (_, i) => picture(64, 48, 8 * i, [200, 40, 90]));
  await encodeVideo({ fps: 12.5, width: 64, height: 48, frames, out });
  const bytes = (await readFile(out)).toString('latin1');
  expect(bytes.indexOf('moov')).toBeGreaterThan(0);
  expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));

  const video = await decodeVideo(out);
  expect(video).toMatchObject({ width: 64, height: 48, fps: 12.5 });
  const decoded = await collect(video.frames);
  expect(decoded).toHaveLength(30);
  decoded.forEach((frame, i) => {
    const at = (x: number): number[] => [...frame.subarray((24 * 64 + x) * 3, (24 * 64 + x) * 3 + 3)];
    at(56).forEach((channel) => {
      expect(Math.abs(channel - 8 * i)).toBeLessThan(6);
    });
    at(8).forEach((channel, c) => {
      expect(Math.abs(channel - ([200, 40, 90][c] ?? 0))).toBeLessThan(6);
    });
  });
});

test('odd sizes grow by a pixel of background', async () => {
  const out = join(await temporaryFolder(), 'a.mp4');
  await encodeVideo({ fps: 10, width: 33, height: 21, frames: [picture(33, 21, 0)], out, background: [1, 1, 1] });
  const video = await decodeVideo(out);
  expect(video).toMatchObject({ width: 34, height: 22 });
  const [frame] = await collect(video.frames);
  expect(frame?.[(21 * 34 + 5) * 3 + 1]).toBeGreaterThan(150);
  expect(frame?.[(10 * 34 + 5) * 3 + 1]).toBeLessThan(30);
});

test('an aborted or failed video leaves no file', async () => {
  const folder = await temporaryFolder();
  const controller = new AbortController();
  function* endless(): Generator<Uint8Array> {
    for (let i = 0; ; i++) {
      if (i === 20) controller.abort(new AppError('cancelled', 'Stopped.'));
      yield picture(64, 64, i % 256);
    }
  }
  const settings = { fps: 10, width: 64, height: 64, out: join(folder, 'a.mp4') };
  const aborted = encodeVideo({ ...settings, frames: endless(), signal: controller.signal });
  await expect(aborted).rejects.toThrow('Stopped.');
  await expect(encodeVideo({ ...settings, frames: [] })).rejects.toThrow(/at least one picture/);
  await expect(encodeVideo({ ...settings, frames: [new Uint8Array(5)] })).rejects.toThrow(/Picture 0 has 5 bytes/);
  await writeFile(join(folder, 'file'), '');
  const through = encodeVideo({ ...settings, frames: [picture(64, 64, 0)], out: join(folder, 'file', 'a.mp4') });
  await expect(through).rejects.toThrow(/is a file and no folder/);
  expect(await readdir(folder)).toEqual(['file']);
});

test('what is no video is named', async () => {
  const file = join(await temporaryFolder(), 'a.mp4');
  await writeFile(file, 'no video');
  await expect(decodeVideo(file)).rejects.toThrow(/a\.mp4 is no video that can be read; convert it/);
});

test('of several programs the first that runs is used', async () => {
  const { path } = await findFfmpeg();
  expect((await firstThatRuns(['/nowhere/ffmpeg', process.execPath, path])).path).toBe(path);
  await expect(firstThatRuns(['/nowhere/ffmpeg'])).rejects.toThrow(/install ffmpeg or set FFMPEG_BIN/);
});

test('the published inference output is split into its 21 views', async () => {
  const out = join(await temporaryFolder(), 'published.mp4');
  const groups = [
    [0, 1, 6, 11, 16],
    [0, 2, 7, 12, 17],
    [0, 3, 8, 13, 18],
    [0, 4, 9, 14, 19],
    [0, 5, 10, 15, 20],
  ];
  const frames = groups.flat().flatMap((view) => [0, 1, 2].map((frame) => picture(48, 32, 10 * view + 20 * frame)));
  await encodeVideo({ fps: 10, width: 48, height: 32, frames, out });
  const clip = await readClip(out);
  expect(clip).toMatchObject({ width: 48, height: 32, fps: 10, frames: 3 });
  expect(clip.cameras).toHaveLength(21);
  expect(clip.cameras[5]).toMatchObject({ width: 48, height: 32, cx: 24, cy: 16 });
  expect(clip.cameras[5]?.fx).toBeCloseTo(32 * 1.3888888, 4);
  clip.images.forEach((images, view) => {
    expect(images).toHaveLength(3);
    images.forEach((rgb, frame) => {
      expect(Math.abs((rgb[1000] ?? 0) - (10 * view + 20 * frame))).toBeLessThan(6);
    });
  });

  await encodeVideo({ fps: 10, width: 48, height: 32, frames: frames.slice(1), out });
  await expect(readClip(out)).rejects.toThrow(/has 74 pictures and so cannot hold 25 views/);
});
