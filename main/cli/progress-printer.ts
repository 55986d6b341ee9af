import type { Progress, WholeProgress } from '../../core/progress.ts';

/** Where progress is printed: stderr, or what stands for it in a test. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

interface Task {
  readonly name: string;
  readonly unit: string;
  readonly total: number;
  readonly began: number;
  /** (milliseconds, done) of the last seconds, oldest first: the rate is measured over them. */
  readonly samples: { readonly time: number; readonly done: number }[];
  done: number;
  note: string;
  whole: WholeProgress | undefined;
  printed: number;
}

const REDRAW_MS = 100;
const LINE_MS = 4000;
const RATE_WINDOW_MS = 15_000;
const SAMPLE_MS = 100;
const BAR_WIDTH = 24;
/** The bar gives way to words down to this width, and the end of the words then gives way to it. */
const MIN_BAR_WIDTH = 10;
/** On a narrower terminal the words are worth more than a bar. */
const MIN_BAR_COLUMNS = 50;
const DEFAULT_COLUMNS = 80;
const CLEAR_LINE = '\r\u001b[K';

/**
 * Prints progress: on a terminal a bar that is redrawn in place and fits the width, elsewhere a plain line every few
 * seconds and one at each task's end.
 */
export class ProgressPrinter {
  readonly #stream: ProgressStream;
  readonly #now: () => number;
  #task: Task | undefined;
  #barShown = false;

  /** `now` is the time in milliseconds; tests bring their own. */
  constructor(stream: ProgressStream, now: () => number = () => performance.now()) {
    this.#stream = stream;
    this.#now = now;
  }

  handle(progress: Progress): void {
    switch (progress.type) {
      case 'begin':
        this.#begin(progress.task, progress.total, progress.unit);
        break;
      case 'tick':
        this.#tick(progress.done, progress.note, progress.whole);
        break;
      case 'end':
        this.#end();
        break;
      case 'failed':
        this.clear();
        this.#task = undefined;
        break;
    }
  }

  /** Prints a line of its own above the bar. */
  line(text: string): void {
    this.clear();
    this.#stream.write(`${text}\n`);
  }

  /** Removes the bar from the terminal. */
  clear(): void {
    if (this.#barShown) this.#stream.write(CLEAR_LINE);
    this.#barShown = false;
  }

  #begin(name: string, total: number, unit: string): void {
    const now = this.#now();
    this.#task = { name, unit, total, began: now, samples: [], done: 0, note: '', whole: undefined, printed: now };
    if (this.#stream.isTTY) this.#draw(this.#task);
  }

  #tick(done: number, note: string | undefined, whole: WholeProgress | undefined): void {
    const task = this.#task;
    if (!task) return;
    const now = this.#now();
    task.done = done;
    task.note = note ?? task.note;
    task.whole = whole;
    sample(task, now);
    if (now - task.printed < (this.#stream.isTTY ? REDRAW_MS : LINE_MS)) return;
    task.printed = now;
    if (this.#stream.isTTY) this.#draw(task);
    else this.#stream.write(`${this.#words(task)}\n`);
  }

  #end(): void {
    const task = this.#task;
    if (!task) return;
    this.clear();
    const seconds = duration((this.#now() - task.began) / 1000);
    this.#stream.write(
      `${task.name}: ${task.total || task.done} ${task.unit} in ${seconds}${task.note && `, ${task.note}`}\n`,
    );
    this.#task = undefined;
  }

  #draw(task: Task): void {
    // The last column stays free: some terminals wrap as soon as it is written.
    const columns = Math.max(1, (this.#stream.columns ?? DEFAULT_COLUMNS) - 1);
    const fraction = task.total > 0 ? Math.min(1, task.done / task.total) : 0;
    const percent = task.total > 0 ? `${Math.floor(fraction * 100)}%`.padStart(4) : '';
    const count = task.total > 0 ? `${task.done}/${task.total}` : String(task.done);
    const rest = [`${count} ${task.unit}`, ...this.#speed(task), wholeWords(task.whole), task.note]
      .filter(Boolean)
      .join('  ');
    const room = columns - task.name.length - percent.length - rest.length - 5;
    const width = Math.max(MIN_BAR_WIDTH, Math.min(BAR_WIDTH, room));
    const filled = Math.round(fraction * width);
    const bar =
      columns < MIN_BAR_COLUMNS || task.total <= 0 ? '' : ` [${'#'.repeat(filled)}${'-'.repeat(width - filled)}]`;
    this.#stream.write(CLEAR_LINE + `${task.name}${bar}${percent}  ${rest}`.slice(0, columns));
    this.#barShown = true;
  }

  #words(task: Task): string {
    const percent = Math.floor((task.done / task.total) * 100);
    const count =
      task.total > 0 ? `${task.done} of ${task.total} ${task.unit} (${percent}%)` : `${task.done} ${task.unit}`;
    const parts = [count, ...this.#speed(task), wholeWords(task.whole), task.note];
    return `${task.name}: ${parts.filter(Boolean).join(', ')}`;
  }

  /** The rate and the time left, as far as they are known. */
  #speed(task: Task): string[] {
    const oldest = task.samples[0];
    const newest = task.samples.at(-1);
    if (!oldest || !newest) return [];
    const perSecond = ((newest.done - oldest.done) / (newest.time - oldest.time)) * 1000;
    if (!(perSecond > 0 && Number.isFinite(perSecond))) return [];
    const rate = `${perSecond >= 100 ? perSecond.toFixed(0) : perSecond.toPrecision(3)}/s`;
    if (task.total <= 0) return [rate];
    return [rate, `${duration(Math.max(0, task.total - task.done) / perSecond)} left`];
  }
}

function wholeWords(whole: WholeProgress | undefined): string {
  if (!whole) return '';
  const { share, secondsLeft } = whole;
  const left = secondsLeft === undefined ? '' : `, ${duration(secondsLeft)} left`;
  return `whole ${Math.floor(share * 100)}%${left}`;
}

/** Remembers how far the task is, at most `1000 / SAMPLE_MS` times a second however often it ticks. */
function sample(task: Task, time: number): void {
  const { samples, done } = task;
  if (samples.length > 1 && time - (samples.at(-2)?.time ?? 0) < SAMPLE_MS) samples.pop();
  samples.push({ time, done });
  while (samples.length > 2 && time - (samples[0]?.time ?? time) > RATE_WINDOW_MS) samples.shift();
}

/** Seconds for people: 12 s, 3 min 05 s, 2 h 04 min. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
