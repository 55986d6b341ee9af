import { Worker } from 'node:worker_threads';

/** The engine's door to the process that started it, whichever way it was started. */
export interface EnginePort {
  /** Resolves when the message has left, or cannot leave any more. */
  readonly send: (message: unknown) => Promise<void>;
  readonly onMessage: (listener: (message: unknown) => void) => void;
}

/** What Electron gives a utility process instead of `process.send`. */
interface ParentPort {
  readonly postMessage: (message: unknown) => void;
  readonly on: (event: 'message', listener: (event: { readonly data: unknown }) => void) => void;
}

/** Electron hands messages over on its own thread; without a moment for it, the last one is lost when the process ends. */
const ELECTRON_FLUSH_MS = 100;

/** The way to the parent of this process. Throws where nobody started it. */
export function parentPort(): EnginePort {
  const electron = (process as { parentPort?: ParentPort | null }).parentPort;
  if (electron) return electronPort(electron);
  if (!process.send) throw new Error('The engine is started by the studio, not by hand.');
  return forkedPort();
}

const electronPort = (port: ParentPort): EnginePort => ({
  send: (message) => {
    port.postMessage(message);
    return new Promise((resolve) => setTimeout(resolve, ELECTRON_FLUSH_MS));
  },
  onMessage: (listener) => {
    port.on('message', ({ data }) => {
      listener(data);
    });
  },
});

const forkedPort = (): EnginePort => ({
  send: (message) =>
    new Promise((resolve) => {
      if (!process.connected) resolve();
      else
        process.send?.(message, undefined, undefined, () => {
          resolve();
        });
    }),
  onMessage: (listener) => {
    process.on('message', listener);
  },
});

/** Ends this process when its parent is gone, also while a native function holds its thread. */
export function endWithParent(): void {
  process.once('disconnect', () => process.exit(1));
  const watch = new URL('../../native/inference/process/watch-parent.ts', import.meta.url);
  new Worker(watch, { workerData: process.ppid }).unref();
}
