import type { DocumentDiff } from '../../core/document/document.ts';
import { isEmptyDiff, squashDiffs } from '../../core/document/records.ts';

export type SaveState = 'saved' | 'saving' | 'failed';

const RETRY_MS = 2000;

/**
 * Hands changes over one after the other. Those that gather while one is on its way go as one; a change that could not be
 * kept is tried again together with the next, so that nothing is lost while the disk is full for a moment.
 */
export class SaveQueue {
  readonly #keep: (diff: DocumentDiff) => Promise<void>;
  readonly #onState: (state: SaveState) => void;
  #waiting: DocumentDiff | undefined;
  #running: Promise<void> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(keep: (diff: DocumentDiff) => Promise<void>, onState: (state: SaveState) => void) {
    this.#keep = keep;
    this.#onState = onState;
  }

  add(diff: DocumentDiff): void {
    this.#waiting = this.#waiting ? squashDiffs(this.#waiting, diff) : diff;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#running ??= this.#run();
  }

  /** Resolves when nothing is on its way; what failed is then still waiting. */
  async settled(): Promise<void> {
    while (this.#running) await this.#running;
  }

  #putBack(diff: DocumentDiff): void {
    this.#waiting = this.#waiting ? squashDiffs(diff, this.#waiting) : diff;
  }

  async #run(): Promise<void> {
    this.#onState('saving');
    // Changes of one turn of the event loop go together.
    await Promise.resolve();
    let failed = false;
    while (this.#waiting && !failed) {
      const diff = this.#waiting;
      this.#waiting = undefined;
      if (isEmptyDiff(diff)) continue;
      try {
        await this.#keep(diff);
      } catch {
        this.#putBack(diff);
        failed = true;
      }
    }
    this.#running = undefined;
    this.#onState(failed ? 'failed' : 'saved');
    if (failed) {
      this.#retry = setTimeout(() => {
        this.#running ??= this.#run();
      }, RETRY_MS);
    }
  }
}
