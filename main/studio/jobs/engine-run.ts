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

/** One engine process from its start to its end. */
export class EngineRun {
  readonly #handle: EngineHandle;
  #last: Last | undefined;
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
    let ended = false;
    this.#handle.onMessage((value) => {
      const message = this.#last || ended ? undefined : engineMessage(value);
      if (!message) return;
      if (message.type !== 'done' && message.type !== 'failed') onMessage(message);
      else {
        this.#last = message;
        this.#killAfter(FAREWELL_MS);
      }
    });
    this.#handle.onExit((how) => {
      if (ended) return;
      ended = true;
      clearTimeout(this.#timer);
      onEnd({ last: this.#last, how });
    });
    this.#handle.post({ type: 'run', order });
  }

  /** Asks for an end that keeps the state, and ends the process after `graceMs` whatever it is doing. */
  stop(graceMs: number): void {
    this.#handle.post({ type: 'stop' });
    this.#killAfter(graceMs);
  }

  #killAfter(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#handle.kill();
    }, ms);
  }
}
