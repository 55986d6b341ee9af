import { engineMessage, type EngineOrder, type HeardFromEngine } from '../../engine/messages.ts';
import type { EngineHandle, EngineLauncher } from './engine-launcher.ts';

export type Last = Extract<HeardFromEngine, { type: 'done' | 'failed' }>;
export type During = Exclude<HeardFromEngine, Last>;

export interface EngineEnd {
  /** What the engine said of its job; undefined where it ended without a word: it crashed, or was killed. */
  readonly last: Last | undefined;
  /** How the process ended: "by SIGKILL". */
  readonly how: string;
}

/** A process that has said its last word is gone within this time, or it is killed. */
const FAREWELL_MS = 2000;

/** A process that was killed is taken for gone after this time: one that waits for a disk goes when the disk lets it. */
const DYING_MS = 300;

/** One engine process from its start to its end. */
export class EngineRun {
  readonly #handle: EngineHandle;
  readonly #onEnd: (end: EngineEnd) => void;
  #last: Last | undefined;
  #ended = false;
  #timer: NodeJS.Timeout | undefined;

  /**
   * Starts a process for an order. `onMessage` gets what it says on the way, checked; what is no message of an engine is passed
   * over. `onEnd` is called once, when the process is gone.
   */
  constructor(
    launcher: EngineLauncher,
    order: EngineOrder,
    onMessage: (message: During) => void,
    onEnd: (end: EngineEnd) => void,
  ) {
    this.#handle = launcher.launch();
    this.#onEnd = onEnd;
    this.#handle.onMessage((value) => {
      const message = this.#last || this.#ended ? undefined : engineMessage(value);
      if (!message) return;
      if (message.type !== 'done' && message.type !== 'failed') onMessage(message);
      else {
        this.#last = message;
        this.#killAfter(FAREWELL_MS);
      }
    });
    this.#handle.onExit((how) => {
      this.#end(how);
    });
    this.#handle.post({ type: 'run', order });
  }

  /** Asks for an end that keeps the state, and ends the process after `graceMs` whatever it is doing. */
  stop(graceMs: number): void {
    this.#handle.post({ type: 'stop' });
    this.#killAfter(graceMs);
  }

  #killAfter(ms: number): void {
    if (this.#ended) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = setTimeout(() => {
        this.#end('by SIGKILL');
      }, DYING_MS);
      this.#handle.kill();
    }, ms);
  }

  #end(how: string): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#onEnd({ last: this.#last, how });
  }
}
