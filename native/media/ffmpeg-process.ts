import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { AppError } from '../../core/errors.ts';

export interface FfmpegProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Resolves when it ended well; rejects with what it said, or with the reason of the abort. */
  readonly finished: Promise<void>;
  readonly kill: () => void;
}

/** The last lines ffmpeg prints tell what went wrong; the rest is of no use. */
const KEPT_OUTPUT = 4000;

/** Starts ffmpeg. `task` is what it is used for in errors: "Writing out.mp4". */
export function startFfmpeg(path: string, args: readonly string[], task: string, signal?: AbortSignal): FfmpegProcess {
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(
    path,
    ['-hide_banner', '-nostdin', '-loglevel', 'error', ...args],
    { stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true },
  );
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-KEPT_OUTPUT);
  });
  // When ffmpeg gives up early, writing fails too; its own words are the better error.
  child.stdin.on('error', () => undefined);
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  signal?.addEventListener('abort', kill, { once: true });
  const finished = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      signal?.removeEventListener('abort', kill);
      if (signal?.aborted) reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
      else if (code === 0) resolve();
      else reject(explain(task, output));
    });
  });
  finished.catch(() => undefined); // whoever waits gets it; nobody waiting yet is no crash
  return { stdin: child.stdin, stdout: child.stdout, finished, kill };
}

function explain(task: string, output: string): AppError {
  if (output.includes('No space left on device')) {
    return new AppError('unwritable', `${task} failed because the disk is full; free some space.`);
  }
  const lines = output.trim().split('\n');
  return new AppError('failed', `${task} failed: ffmpeg says "${lines.at(-1)?.trim() ?? ''}".`, new Error(output));
}
