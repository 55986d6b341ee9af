import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../../../core/errors.ts';
import { asTask } from '../../../core/progress.ts';
import { startFfmpeg } from '../../../native/media/ffmpeg-process.ts';
import { findFfmpeg } from '../../../native/media/ffmpeg.ts';
import { readHead } from '../../../native/files/read.ts';
import { workFile, type TaskRun } from '../task-run.ts';

const execute = promisify(execFile);

export const PREPARING = 'Preparing the video';

/** A driving video is seconds long; a film does not belong into a project file. */
const MAX_BYTES = 2e9;
/** Longest side of a video that is written anew: it is looked at beside the poses, no more. */
const MAX_SIDE = 1280;

/**
 * A file with the pictures of a video that every browser plays: the file itself where it is H.264 in MP4 or a WebM, else one that
 * is written anew into the job's folder. Throws an `AppError` that names the file.
 */
export async function playableVideo(path: string, run: TaskRun): Promise<string> {
  const { size } = await stat(path);
  if (size > MAX_BYTES) {
    throw new AppError('bad-input', `${basename(path)} has more than 2 GB; cut out the part that matters.`);
  }
  const { path: ffmpeg } = await findFfmpeg();
  if (await isPlayable(ffmpeg, path)) return path;
  run.report.onNotice(`${basename(path)} is kept as H.264, which the studio can play; the file itself stays as it is.`);
  const out = workFile(run, 'video.mp4');
  // Even sides, and none longer than MAX_SIDE; written out, because older versions of ffmpeg know no shorter way.
  const side = (name: string): string => `'max(2,2*trunc(${name}*min(1,${MAX_SIDE}/max(iw,ih))/2))'`;
  const fit = `scale=${side('iw')}:${side('ih')}`;
  const video = ['-an', '-vf', fit, '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20', '-pix_fmt', 'yuv420p'];
  const args = ['-y', '-i', `file:${path}`, '-map', '0:v:0', ...video, '-movflags', '+faststart', out];
  await asTask(run.report.onProgress, { task: PREPARING, total: 0, unit: 'frames' }, async () => {
    await startFfmpeg(ffmpeg, args, `Converting ${basename(path)}`, run.signal).finished;
  });
  return out;
}

/** Told by the file's first bytes and what ffmpeg says of its streams; in doubt the video is written anew. */
async function isPlayable(ffmpeg: string, path: string): Promise<boolean> {
  const head = await readHead(path);
  const said = await streamsOf(ffmpeg, path);
  const video = /Stream #\S+.*: Video: (\w+)[^,]*,\s*(\w+)/.exec(said);
  const [, codec = '', pixels = ''] = video ?? [];
  if (pixels !== 'yuv420p' && pixels !== 'yuvj420p') return false;
  if (head.subarray(4, 8).toString('latin1') === 'ftyp') return codec === 'h264';
  return head.subarray(0, 64).includes('webm') && ['vp8', 'vp9', 'av1'].includes(codec);
}

async function streamsOf(ffmpeg: string, path: string): Promise<string> {
  const args = ['-hide_banner', '-nostdin', '-i', `file:${path}`];
  // Without an output ffmpeg always ends with an error, after it has said what it found.
  const { stderr } = await execute(ffmpeg, args, { windowsHide: true, timeout: 60_000 }).catch((error: unknown) => ({
    stderr: error instanceof Error && 'stderr' in error ? String(error.stderr) : '',
  }));
  return stderr;
}
