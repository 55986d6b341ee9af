import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { MAX_PICTURE_SIZE } from '../../core/formats/cameras.ts';
import { AppError } from '../../core/errors.ts';

const execute = promisify(execFile);

/**
 * Size of the upright pictures and frame rate of a video. The ffmpeg packages bring no ffprobe, and what ffmpeg prints about
 * a file is no interface; so one picture is decoded into a format whose header tells the size, turned as all will be.
 */
export async function readPictureSize(
  ffmpeg: string,
  file: string,
): Promise<{ width: number; height: number; fps: number }> {
  const input = ['-hide_banner', '-nostdin', '-i', `file:${file}`, '-map', '0:v:0', '-frames:v', '1'];
  const output = ['-f', 'image2pipe', '-c:v', 'ppm', 'pipe:1'];
  const maxBuffer = MAX_PICTURE_SIZE * MAX_PICTURE_SIZE * 3;
  try {
    const { stdout, stderr } = await execute(ffmpeg, [...input, ...output], {
      encoding: 'buffer',
      maxBuffer,
      windowsHide: true,
    });
    const [, width, height] = /^P6\s(\d+)\s(\d+)\s/.exec(stdout.subarray(0, 64).toString('latin1')) ?? [];
    if (width === undefined || height === undefined) throw new Error('no picture');
    const fps = /Video:.*?([\d.]+) fps/.exec(stderr.toString('utf8'))?.[1];
    return { width: Number(width), height: Number(height), fps: Number(fps ?? 0) };
  } catch (cause) {
    throw new AppError(
      'bad-input',
      `${file} is no video that can be read; convert it to mp4, or fetch it again.`,
      cause,
    );
  }
}
