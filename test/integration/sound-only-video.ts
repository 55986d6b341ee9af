import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findFfmpeg } from '../../native/media/ffmpeg.ts';

const run = promisify(execFile);

/** Writes an MP4 file that holds a tone and no pictures; returns its path. */
export async function soundOnlyVideo(path: string): Promise<string> {
  const { path: ffmpeg } = await findFfmpeg();
  await run(ffmpeg, ['-y', '-loglevel', 'error', '-f', 'lavfi', '-i', 'sine=duration=0.2', path]);
  return path;
}
