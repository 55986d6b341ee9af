import type { OnProgress, Progress } from '../../core/progress.ts';
import type { CurvePoint, LogLine } from '../../preload/contract/jobs.ts';
import type { FromEngine } from './messages.ts';

type Told = Extract<FromEngine, { type: 'progress' }>['progress'];

/** Progress leaves at most this often: ten times a second. */
const INTERVAL_MS = 100;
const MAX_TEXT = 2000;

/** Share of the job that is done when a phase ends, by the phase's name. */
export type Shares = Readonly<Record<string, number>>;

/** How an engine says what it is doing. Ticks are coalesced; the last one is never lost. */
export class Reporter {
  readonly #send: (message: FromEngine) => Promise<void>;
  readonly #now: () => number;
  #shares: Shares = {};
  #words: (text: string) => string = (text) => text;
  #phase = { name: '', total: 0, unit: '', from: 0, to: 0 };
  #waiting: Told | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sentAt = -Infinity;
  #sendingSnapshot = false;

  /** `now` is the time in milliseconds; tests bring their own. */
  constructor(send: (message: FromEngine) => Promise<void>, now: () => number = () => performance.now()) {
    this.#send = send;
    this.#now = now;
  }

  /** Says how the job's phases divide it; a phase that is not named takes half of what is left. */
  plan(shares: Shares): void {
    this.#shares = shares;
  }

  /** Says how sentences of native functions are put into the users' words. */
  translate(words: (text: string) => string): void {
    this.#words = words;
  }

  readonly onProgress: OnProgress = (progress) => {
    this.#take(progress);
  };

  readonly onWarning = (text: string): void => {
    this.log('warning', text);
  };

  readonly onNotice = (text: string): void => {
    this.log('info', text);
  };

  log(level: LogLine['level'], text: string): void {
    void this.#send({ type: 'log', level, text: this.#words(text).slice(0, MAX_TEXT) });
  }

  curve(points: readonly CurvePoint[]): void {
    if (points.length > 0) void this.#send({ type: 'curve', points });
  }

  /** Sends a snapshot, made only when the one before has left: a slow reader gets fewer, never a queue of them. */
  snapshot(iteration: number, scene: () => Uint8Array): void {
    if (this.#sendingSnapshot) return;
    this.#sendingSnapshot = true;
    void this.#send({ type: 'snapshot', iteration, scene: scene() }).finally(() => {
      this.#sendingSnapshot = false;
    });
  }

  /** Sends what is held back. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#waiting) return;
    const progress = this.#waiting;
    this.#waiting = undefined;
    this.#sentAt = this.#now();
    void this.#send({ type: 'progress', progress });
  }

  #take(progress: Progress): void {
    const { name, total, unit, from, to } = this.#phase;
    if (progress.type === 'begin') {
      const end = this.#shares[progress.task] ?? to + (1 - to) / 2;
      this.#phase = {
        name: progress.task,
        total: progress.total,
        unit: progress.unit,
        from: to,
        to: Math.max(to, end),
      };
      this.#tell({ phase: progress.task, done: 0, total: progress.total, unit: progress.unit, note: null, share: to });
    } else if (progress.type === 'tick') {
      const part = total > 0 ? Math.min(1, progress.done / total) : 0;
      const { done, note = null } = progress;
      this.#tell({ phase: name, done, total, unit, note, share: from + (to - from) * part });
    }
  }

  #tell(progress: Told): void {
    this.#waiting = progress;
    const wait = this.#sentAt + INTERVAL_MS - this.#now();
    if (wait <= 0) this.flush();
    else {
      this.#timer ??= setTimeout(() => {
        this.flush();
      }, wait);
    }
  }
}
