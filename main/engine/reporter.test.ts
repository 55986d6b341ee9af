import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FromEngine } from './messages.ts';
import { Reporter } from './reporter.ts';

let sent: FromEngine[];
let release: (() => void)[];
beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  release = [];
});
afterEach(() => {
  vi.useRealTimers();
});

const makeReporter = (): Reporter =>
  new Reporter((message) => {
    sent.push(message);
    return new Promise((resolve) => release.push(resolve));
  });

const told = () => sent.flatMap((message) => (message.type === 'progress' ? [message.progress] : []));

test('ticks leave at most ten times a second, and the last one always does', () => {
  const reporter = makeReporter();
  reporter.onProgress({ type: 'begin', task: 'Optimising', total: 1000, unit: 'iterations' });
  for (let done = 1; done <= 1000; done++) {
    reporter.onProgress({ type: 'tick', done });
    vi.advanceTimersByTime(1);
  }
  expect(told().length).toBeGreaterThan(8);
  expect(told().length).toBeLessThanOrEqual(12);
  reporter.onProgress({ type: 'tick', done: 1000, note: 'the end' });
  vi.advanceTimersByTime(100);
  expect(told().at(-1)).toMatchObject({ done: 1000, note: 'the end' });
});

test('phases divide the job as planned, and the share never falls', () => {
  const reporter = makeReporter();
  reporter.plan({ Reading: 0.2, Optimising: 0.9 });
  for (const [task, total] of [['Reading', 4], ['Optimising', 10], ['Unplanned', 0], ['Measuring', 2]] as const) {
    reporter.onProgress({ type: 'begin', task, total, unit: 'x' });
    for (let done = 1; done <= total; done++) {
      vi.advanceTimersByTime(200);
      reporter.onProgress({ type: 'tick', done });
    }
    reporter.flush();
    reporter.onProgress({ type: 'end' });
  } // prettier-ignore
  const shares = told().map(({ share }) => share ?? -1);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  const ends = (phase: string): number | null | undefined =>
    told().findLast((progress) => progress.phase === phase)?.share;
  expect(ends('Reading')).toBeCloseTo(0.2, 12);
  expect(ends('Optimising')).toBeCloseTo(0.9, 12);
  expect(ends('Unplanned')).toBeCloseTo(0.9, 12);
  expect(ends('Measuring')).toBeCloseTo(0.975, 12);
});

test('a snapshot is made only when the one before has left', async () => {
  const reporter = makeReporter();
  const make = vi.fn(() => Uint8Array.of(1));
  reporter.snapshot(1, make);
  reporter.snapshot(2, make);
  expect(make).toHaveBeenCalledTimes(1);
  release.shift()?.();
  await vi.advanceTimersByTimeAsync(1);
  reporter.snapshot(3, make);
  expect(sent.map((message) => (message.type === 'snapshot' ? message.iteration : -1))).toEqual([1, 3]);
});

test('sentences are put into the words of users', () => {
  const reporter = makeReporter();
  reporter.translate((text) => text.replace('--frames', 'the settings'));
  reporter.onWarning('See --frames.');
  expect(sent).toEqual([{ type: 'log', level: 'warning', text: 'See the settings.' }]);
});
