/** A page that ends as often as this within this time would be shown again for ever. */
const MOST = 3;
const WITHIN_MS = 60_000;

/** Counts the ends of a page that nobody asked for. */
export class Crashes {
  readonly #now: () => number;
  #times: number[] = [];

  /** `now` is the time in milliseconds; tests bring their own. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Notes one; true where there were too many lately. */
  add(): boolean {
    const now = this.#now();
    this.#times = [...this.#times.filter((time) => now - time < WITHIN_MS), now];
    return this.#times.length >= MOST;
  }
}
