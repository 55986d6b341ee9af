import { fileURLToPath } from 'node:url';
import { utilityProcess } from 'electron';
import type { EngineLauncher } from '../studio/jobs/engine-launcher.ts';

const ENTRY = fileURLToPath(new URL('../engine/engine-process.js', import.meta.url));

/** The last things that a dying process said are of use; the rest is not. */
const LAST_WORDS = 2000;

/** Starts engine processes as Electron's utility processes: without a window, with Node. */
export const utilityEngine: EngineLauncher = {
  launch() {
    const child = utilityProcess.fork(ENTRY, [], {
      serviceName: 'CharacterShot engine',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let words = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-LAST_WORDS);
    });
    return {
      post: (message) => {
        child.postMessage(message);
      },
      onMessage: (listener) => {
        child.on('message', listener);
      },
      onExit: (listener) => {
        child.once('exit', (code) => {
          const line = words
            .trim()
            .split('\n')
            .findLast((text) => /error/i.test(text));
          listener(`with code ${code}${line === undefined ? '' : `: ${line.trim().slice(0, 300)}`}`);
        });
      },
      kill: () => {
        // Electron's own kill asks politely, which a process inside a native function does not hear.
        if (child.pid === undefined) return;
        try {
          process.kill(child.pid, 'SIGKILL');
        } catch {
          child.kill(); // gone already, or not ours to kill that way
        }
      },
    };
  },
};
