import { once } from 'node:events';
import { AppError } from '../../core/errors.ts';
import { atomicFile } from '../files/atomic.ts';
import { startFfmpeg, type FfmpegProcess } from './ffmpeg-process.ts';
import { findFfmpeg } from './ffmpeg.ts';

export interface EncodeOptions {
  readonly fps: number;
  readonly width: number;
  readonly height: number;
  /** 8-bit RGB pictures, height x width x 3; transparent ones RGBA. They are asked for only as fast as they can be encoded. */
  readonly frames: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** The file to write, an mp4 (transparent: a WebM) whatever its name. */
  readonly out: string;
  /** What the pixel shows that makes an odd width or height even, sRGB 0..1; white without it. */
  readonly background?: readonly [number, number, number];
  /** Keeps the pictures' alpha, straight: VP9 in a WebM. */
  readonly transparent?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Encodes pictures as H.264 in an mp4 that every player takes: yuv420p, which needs even sizes (odd ones grow by a pixel
 * at the right or the bottom), index at the front; or as VP9 with alpha where they are transparent. The file appears when it is complete, or not at all.
 * Throws an `AppError`, or the signal's reason when aborted.
 */
export async function encodeVideo(options: EncodeOptions): Promise<void> {
  const { out, signal } = options;
  signal?.throwIfAborted();
  const { path } = await findFfmpeg();
  await atomicFile(out, async (temporary) => {
    const ffmpeg = startFfmpeg(path, encodeArguments(options, temporary), `Writing ${out}`, signal);
    try {
      await feed(ffmpeg, options);
      ffmpeg.stdin.end();
      await ffmpeg.finished;
    } catch (error) {
      ffmpeg.kill();
      await ffmpeg.finished.catch(() => undefined); // the file is removed next, so it must be let go
      throw error;
    }
  });
}

function encodeArguments(options: EncodeOptions, file: string): string[] {
  const { fps, width, height, transparent = false } = options;
  const pixels = transparent ? 'rgba' : 'rgb24';
  return [
    ...['-f', 'rawvideo', '-pixel_format', pixels, '-video_size', `${width}x${height}`, '-framerate', String(fps)],
    ...['-i', 'pipe:0'],
    // Players assume BT.709 for video of unknown origin; without saying so and converting to it, colours shift.
    ...['-vf', `${evenSize(options)},scale=out_color_matrix=bt709:out_range=tv`],
    ...['-pix_fmt', transparent ? 'yuva420p' : 'yuv420p'],
    ...['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv'],
    ...(transparent ? WEBM : MP4),
    ...['-y', file],
  ];
}

const MP4 = ['-c:v', 'libx264', '-preset', 'medium', '-crf', '16', '-movflags', '+faststart', '-f', 'mp4'];
// Frames that are never shown ("alternate references") and alpha do not go together.
const VP9_SPEED = ['-deadline', 'good', '-cpu-used', '4', '-row-mt', '1'];
const WEBM = ['-c:v', 'libvpx-vp9', '-crf', '20', '-b:v', '0', '-auto-alt-ref', '0', ...VP9_SPEED, '-f', 'webm'];

function evenSize({ width, height, background, transparent }: EncodeOptions): string {
  const hex = (background ?? [1, 1, 1])
    .map((value) =>
      Math.round(value * 255)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('');
  const colour = transparent ? 'black@0' : `0x${hex}`;
  return `pad=${width + (width % 2)}:${height + (height % 2)}:0:0:color=${colour}`;
}

async function feed(
  { stdin, finished }: FfmpegProcess,
  { width, height, frames, transparent = false, signal }: EncodeOptions,
): Promise<void> {
  const channels = transparent ? 4 : 3;
  const bytes = width * height * channels;
  let count = 0;
  for await (const frame of frames) {
    signal?.throwIfAborted();
    if (frame.length !== bytes) {
      throw new TypeError(`Picture ${count} has ${frame.length} bytes, not ${width}x${height}x${channels}.`);
    }
    count++;
    // The wait ends as well when ffmpeg does: with its error, or silently and the next write is in vain.
    if (!stdin.write(frame)) await Promise.race([once(stdin, 'drain'), finished]);
  }
  if (count === 0) throw new AppError('bad-input', 'A video needs at least one picture; there is none.');
}
