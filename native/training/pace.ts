import { decibels } from './decibels.ts';

/** How long a piece of work may take where something may be due after it, ms. */
const PIECE_MS = 100;
/** Iterations of a kind that nobody has timed yet. */
const FIRST_PIECE = 2;

/** Means since the last report, and what is due by the clock. */
export class Pace {
  readonly #last = new Map<string, number>();
  readonly #iterationMs = new Map<string, number>();
  #loss = 0;
  #mse = 0;
  #count = 0;

  /** True once every `seconds`; the first time after `seconds` have passed. */
  isDue(what: string, seconds: number): boolean {
    const now = performance.now() / 1000;
    const last = this.#last.get(what);
    if (last !== undefined && now - last < seconds) return false;
    this.#last.set(what, now);
    return last !== undefined;
  }

  add(loss: number, mse: number, count: number): void {
    this.#loss += loss * count;
    this.#mse += mse * count;
    this.#count += count;
  }

  take(): { loss: number; psnr: number } {
    const count = Math.max(1, this.#count);
    const means = { loss: this.#loss / count, psnr: decibels(this.#mse / count) };
    this.#loss = this.#mse = this.#count = 0;
    return means;
  }

  /** How many of `count` iterations of a kind go by in a moment. */
  piece(kind: string, count: number): number {
    const ms = this.#iterationMs.get(kind);
    return Math.min(count, ms === undefined ? FIRST_PIECE : Math.max(1, Math.floor(PIECE_MS / ms)));
  }

  noteTime(kind: string, count: number, ms: number): void {
    if (count > 0) this.#iterationMs.set(kind, ms / count);
  }
}
