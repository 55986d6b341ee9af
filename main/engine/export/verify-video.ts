import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { asTask } from '../../../core/progress.ts';
import { decodeVideo } from '../../../native/media/decode-video.ts';
import { findFfmpeg } from '../../../native/media/ffmpeg.ts';
import type { TaskRun } from '../task-run.ts';
import { notVerified, VERIFYING } from './export-run.ts';

const execute = promisify(execFile);

export interface ExpectedVideo {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly fps: number;
  readonly transparent: boolean;
}

/** Decodes all of a video; throws an `AppError` unless it is as expected. Odd sizes have grown by a pixel. */
export async function verifyVideo(path: string, expected: ExpectedVideo, { signal, report }: TaskRun): Promise<void> {
  const { width, height, fps, frames } = await decodeVideo(path, { signal });
  const even = (side: number): number => side + (side % 2);
  const name = basename(path);
  if (width !== even(expected.width) || height !== even(expected.height)) {
    throw notVerified(`${name} was ${width}x${height}`);
  }
  // What ffmpeg prints is rounded to hundredths.
  if (Math.abs(fps - expected.fps) > 0.02) throw notVerified(`${name} ran at ${fps} pictures a second`);
  let count = 0;
  await asTask(report.onProgress, { task: VERIFYING, total: expected.frames, unit: 'pictures' }, async (tick) => {
    for await (const picture of frames) {
      if (picture.length !== width * height * 3) break;
      tick(++count);
    }
  });
  if (count !== expected.frames) throw notVerified(`${name} had ${count} pictures`);
  if (expected.transparent && !(await isTransparent(path, width * height * 4))) {
    throw notVerified(`${name} was not transparent`);
  }
}

/** Whether a corner of the first picture is seen through. ffmpeg's own decoder of VP9 knows no alpha, that of libvpx does. */
async function isTransparent(path: string, bytes: number): Promise<boolean> {
  const { path: ffmpeg } = await findFfmpeg();
  const input = ['-hide_banner', '-loglevel', 'error', '-nostdin', '-c:v', 'libvpx-vp9', '-i', `file:${path}`];
  const output = ['-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', 'rgba', 'pipe:1'];
  const { stdout } = await execute(ffmpeg, [...input, ...output], {
    ...{ encoding: 'buffer', maxBuffer: bytes + 1024, windowsHide: true },
  });
  return stdout.length === bytes && (stdout[3] ?? 255) < 128;
}
