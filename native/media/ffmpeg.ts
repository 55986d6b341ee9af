import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { AppError } from '../../core/errors.ts';

export { decodeVideo, type DecodedVideo, type DecodeOptions } from './decode-video.ts';
export { encodeVideo, type EncodeOptions } from './encode-video.ts';

export interface Ffmpeg {
  readonly path: string;
  /** The first line it prints about itself. */
  readonly version: string;
}

const execute = promisify(execFile);
const require = createRequire(import.meta.url);

let found: Promise<Ffmpeg> | undefined;

/**
 * The ffmpeg to use, the first one that runs of: FFMPEG_BIN, ffmpeg-static, @ffmpeg-installer/ffmpeg, `ffmpeg` on the
 * PATH. Looked for once. Throws an `AppError` that says how to get one.
 */
export function findFfmpeg(): Promise<Ffmpeg> {
  found ??= firstThatRuns(candidates()).catch((error: unknown) => {
    found = undefined; // the user may install one while the studio runs
    throw error;
  });
  return found;
}

function candidates(): string[] {
  const paths = [process.env.FFMPEG_BIN, packagePath('ffmpeg-static'), packagePath('@ffmpeg-installer/ffmpeg')];
  return [...paths.filter((path) => path !== undefined && path !== ''), 'ffmpeg'] as string[];
}

/** Where an optional package put its program, if it is installed. */
function packagePath(name: string): string | undefined {
  try {
    const exported: unknown = require(name);
    const path = typeof exported === 'string' ? exported : (exported as { path?: unknown } | null)?.path;
    // Programs cannot be started from within a packaged application's archive, so that it carries them beside it.
    return typeof path === 'string' ? path.replace(/\bapp\.asar\b(?!\.unpacked)/, 'app.asar.unpacked') : undefined;
  } catch {
    return undefined;
  }
}

/** Exported for its test: which of several programs is usable. */
export async function firstThatRuns(paths: readonly string[]): Promise<Ffmpeg> {
  for (const path of paths) {
    try {
      const { stdout } = await execute(path, ['-version'], { timeout: 20_000, windowsHide: true });
      const [version = ''] = stdout.split('\n', 1);
      if (version.startsWith('ffmpeg')) return { path, version };
    } catch {
      // Not there, not executable, or for another machine: the next one may do.
    }
  }
  const remedy = 'install ffmpeg or set FFMPEG_BIN to its path';
  throw new AppError('not-found', `Videos need ffmpeg, which was not found; ${remedy}.`);
}
