import { fork } from 'node:child_process';
import type { ToEngine } from '../../engine/messages.ts';

/** A running engine process, whichever way it was started. */
export interface EngineHandle {
  readonly post: (message: ToEngine) => void;
  /** Messages are not yet checked. To be called once, at once. */
  readonly onMessage: (listener: (message: unknown) => void) => void;
  /** Called once, when the process is gone; `how` ends a sentence: "with code 1", "by SIGKILL". */
  readonly onExit: (listener: (how: string) => void) => void;
  readonly kill: () => void;
}

/** How engine processes are started: by Electron as utility processes, or by plain Node. */
export interface EngineLauncher {
  readonly launch: () => EngineHandle;
}

/** The last things that a dying process said are of use; the rest is not. */
const LAST_WORDS = 2000;

/** Starts engine processes with plain Node. `entry` is the engine's module. */
export const forkEngine = (
  entry: URL = new URL('../../engine/engine-process.ts', import.meta.url),
): EngineLauncher => ({
  launch() {
    // With 'advanced', typed arrays arrive as such.
    const child = fork(entry, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let words = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-LAST_WORDS);
    });
    let failed: Error | undefined;
    child.on('error', (error) => {
      failed ??= error;
    });
    return {
      post: (message) => {
        if (child.connected) child.send(message, () => undefined); // one that is gone says so by its exit
      },
      onMessage: (listener) => {
        child.on('message', listener);
      },
      onExit: (listener) => {
        const end = (how: string): void => {
          const [line] = words
            .trim()
            .split('\n')
            .filter((text) => /error/i.test(text))
            .slice(-1);
          listener(line === undefined ? how : `${how}: ${line.trim().slice(0, 300)}`);
        };
        // 'close' comes after the last message and the last words; a process that never began has only 'error'.
        child.once('close', (code, signal) => {
          end(signal === null ? `with code ${code ?? 'unknown'}` : `by ${signal}`);
        });
        if (child.pid === undefined) {
          setImmediate(() => {
            listener(failed?.message ?? 'before it began');
          });
        }
      },
      kill: () => {
        child.kill('SIGKILL');
      },
    };
  },
});
