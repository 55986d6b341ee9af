/** The pace is that of about so many seconds. */
const WINDOW_MS = 20_000;
/** Before this much time and work nothing can be told. */
const LEAST_MS = 2000;
const LEAST_SHARE = 0.002;
/** Work that an earlier run did shows at once; it says nothing about the pace. */
const JUMP = 0.05;
const JUMP_MS = 500;

/** How long a job will take yet, from how its share grew of late. */
export class TimeLeft {
  #samples: { readonly at: number; readonly share: number }[] = [];

  /** Seconds that are left at `share` (0..1) at the time `now` (ms); null while it cannot be told. */
  tell(share: number | null, now: number): number | null {
    if (share === null) return null;
    const last = this.#samples.at(-1);
    const isJump = last && share - last.share > JUMP && now - last.at < JUMP_MS;
    if (isJump === true || (last && share < last.share)) this.#samples = [];
    this.#samples.push({ at: now, share });
    while (this.#samples.length > 2 && now - (this.#samples[1]?.at ?? now) > WINDOW_MS) this.#samples.shift();
    const first = this.#samples[0] ?? { at: now, share };
    const [time, gained] = [now - first.at, share - first.share];
    if (time < LEAST_MS || gained < LEAST_SHARE) return null;
    return (time / 1000) * ((1 - share) / gained);
  }
}
