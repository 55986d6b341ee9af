import { link, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../core/errors.ts';
import { readSealed, writeSealed } from '../../onnx/cached.ts';
import { cacheFolder } from '../../onnx/cache-folder.ts';

const LOCK = 'lock';
const DAY_MS = 86_400_000;
/** Folders of runs that nobody went on with are removed after this long. */
const FORGOTTEN_MS = 30 * DAY_MS;

/**
 * Where one run of the networks keeps what it has done, so that it can go on after a stop, a crash or a loss of power. It belongs
 * to one process at a time.
 */
export class WorkFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Opens the folder of the run that `key` (letters and digits) stands for, and removes those that were forgotten. Throws an
   * `AppError` where another process works in it.
   */
  static async open(key: string, root = join(cacheFolder(), 'inference')): Promise<WorkFolder> {
    const path = join(root, key);
    await mkdir(path, { recursive: true });
    await removeForgotten(root, key);
    await takeLock(join(path, LOCK));
    return new WorkFolder(path);
  }

  /** The folder at `path`, for a process that works for the one that opened it. */
  static of(path: string): WorkFolder {
    return new WorkFolder(path);
  }

  /** Keeps bytes under a name; what was there before is replaced at once or not at all. */
  save(name: string, bytes: Uint8Array): Promise<void> {
    return writeSealed(this.#file(name), bytes);
  }

  /** What was kept under a name; nothing where there is none or it is damaged. */
  load(name: string): Promise<Uint8Array | undefined> {
    return readSealed(this.#file(name));
  }

  async forget(name: string): Promise<void> {
    await rm(this.#file(name), { force: true });
  }

  /** Lets another process have it. */
  async release(): Promise<void> {
    await rm(join(this.path, LOCK), { force: true });
  }

  /** Removes all of it: the run is done. */
  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }

  #file(name: string): string {
    return join(this.path, `${name}.state`);
  }
}

/** The lock holds the number of its process; that of a process that is no more is taken over. */
async function takeLock(path: string): Promise<void> {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      // The name comes to a file that holds the number already: a lock without one would look like a dead process's.
      const own = `${path}.${process.pid}`;
      await writeFile(own, `${process.pid}`);
      await link(own, path).finally(() => rm(own, { force: true }));
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      const owner = Number(await readFile(path, 'utf8').catch(() => ''));
      if (isRunning(owner)) {
        throw new AppError('failed', `Process ${owner} makes this very clip already; wait for it, or stop it.`);
      }
      await rm(path, { force: true });
    }
  }
  throw new AppError('failed', `${path} cannot be taken; another process makes this clip.`);
}

function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function removeForgotten(root: string, own: string): Promise<void> {
  for (const name of await readdir(root)) {
    if (name === own) continue;
    const path = join(root, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > FORGOTTEN_MS) await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}
