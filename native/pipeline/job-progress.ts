import type { OnProgress, Progress, WholeProgress } from '../../core/progress.ts';

/** Share of its stage that is done when a task ends; a task that is not listed takes half of what is left. */
const STAGE_SHARES: Readonly<Record<string, number>> = {
  'Making the puppet': 0.5,
  'Rendering views': 0.93,
  'Writing pictures': 1,
  'Reading pictures': 0.03,
  Optimising: 0.98,
  'Exporting PLY': 1,
  'Rendering turntable': 1,
};

/** Before this share of the whole is gained, the time left would be a guess. */
const TELLING_SHARE = 0.02;
/** What a task finds done within this time of its beginning was done by an earlier run. */
const NO_TIME_MS = 50;

/**
 * One progress over all stages of a job. Each stage's tasks get its number before their name, and every tick says how much
 * of the whole is done, by the seconds that the stages are expected to take, and how long the rest will take at this pace.
 */
export class JobProgress {
  /** Share of the whole, one a stage. */
  readonly #weights: readonly number[];
  readonly #onProgress: OnProgress;
  readonly #now: () => number;
  readonly #began: number;
  /** Share of the whole that was there before this run did anything. */
  #given = 0;

  /** `expected` are seconds, one number a stage. `now` is the time in milliseconds; tests bring their own. */
  constructor(expected: readonly number[], onProgress: OnProgress, now: () => number = () => performance.now()) {
    const total = expected.reduce((sum, seconds) => sum + seconds, 0);
    this.#weights = expected.map((seconds) => seconds / total);
    this.#onProgress = onProgress;
    this.#now = now;
    this.#began = now();
  }

  /** A stage (from 0) that needs no work. */
  skip(stage: number): void {
    this.#given += this.#weights[stage] ?? 0;
  }

  /** Where the tasks of a stage report. */
  of(stage: number): OnProgress {
    const weight = this.#weights[stage] ?? 0;
    const before = this.#weights.slice(0, stage).reduce((sum, share) => sum + share, 0);
    let [from, to, total, began, found] = [0, 0, 0, 0, 0];
    return (progress: Progress) => {
      if (progress.type === 'begin') {
        from = to;
        to = Math.max(from, STAGE_SHARES[progress.task] ?? from + (1 - from) / 2);
        total = progress.total;
        began = this.#now();
        found = 0;
        this.#onProgress({ ...progress, task: `[${stage + 1}/${this.#weights.length}] ${progress.task}` });
      } else if (progress.type === 'tick') {
        const part = total > 0 ? Math.min(1, progress.done / total) : 0;
        const gained = weight * (to - from) * part;
        if (this.#now() - began < NO_TIME_MS) {
          this.#given += gained - found;
          found = gained;
        }
        this.#onProgress({ ...progress, whole: this.#whole(before + weight * from + gained) });
      } else {
        this.#onProgress(progress);
      }
    };
  }

  #whole(share: number): WholeProgress {
    const gained = share - this.#given;
    if (gained < TELLING_SHARE) return { share };
    return { share, secondsLeft: ((this.#now() - this.#began) / 1000) * ((1 - share) / gained) };
  }
}
