import { AppError } from '../../core/errors.ts';
import { readPictureSize } from './probe-video.ts';
import { startFfmpeg } from './ffmpeg-process.ts';
import { findFfmpeg } from './ffmpeg.ts';

export interface DecodeOptions {
  readonly signal?: AbortSignal;
}

export interface DecodedVideo {
  readonly width: number;
  readonly height: number;
  /** As the file states it; 0 where it does not. */
  readonly fps: number;
  /** 8-bit RGB pictures, height x width x 3, each in memory of its own. To be walked through once. */
  readonly frames: AsyncGenerator<Uint8Array>;
}

/**
 * Decodes a video, turned upright. Pictures come as fast as they are taken; leaving the loop early ends ffmpeg.
 * Throws an `AppError` that names the file, or the signal's reason when aborted.
 */
export async function decodeVideo(file: string, { signal }: DecodeOptions = {}): Promise<DecodedVideo> {
  signal?.throwIfAborted();
  const { path } = await findFfmpeg();
  const { width, height, fps } = await readPictureSize(path, file);
  const size = width * height * 3;
  const args = ['-i', `file:${file}`, '-map', '0:v:0'];
  async function* frames(): AsyncGenerator<Uint8Array> {
    // Every picture once: even steps of time leave ffmpeg, old or new, nothing to double or to drop.
    const output = ['-vf', 'setpts=N/(25*TB)', '-r', '25', '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'];
    const ffmpeg = startFfmpeg(path, [...args, ...output], `Reading ${file}`, signal);
    try {
      let frame = new Uint8Array(size);
      let filled = 0;
      for await (const chunk of ffmpeg.stdout as AsyncIterable<Uint8Array>) {
        for (let at = 0; at < chunk.length;) {
          const part = chunk.subarray(at, at + size - filled);
          frame.set(part, filled);
          filled += part.length;
          at += part.length;
          if (filled < size) continue;
          yield frame;
          frame = new Uint8Array(size);
          filled = 0;
        }
      }
      await ffmpeg.finished;
      if (filled > 0) throw new AppError('bad-input', `${file} ends within a picture; write or fetch it again.`);
    } finally {
      ffmpeg.kill();
    }
  }
  return { width, height, fps, frames: frames() };
}
