import { describe, expect, it } from 'vitest';
import { duration, ProgressPrinter, type ProgressStream } from './progress-printer.ts';

/** A printer on a stand-in for stderr, and a clock that only the test moves. */
function setUp(stream: Partial<ProgressStream>) {
  let now = 0;
  const written: string[] = [];
  const printer = new ProgressPrinter({ ...stream, write: (text) => written.push(text) }, () => now);
  const at = (milliseconds: number): ProgressPrinter => {
    now = milliseconds;
    return printer;
  };
  return { at, written };
}

const BEGIN = { type: 'begin', task: 'Optimising', total: 1000, unit: 'iterations' } as const;

describe('where stderr is no terminal', () => {
  it('prints a plain line every few seconds, with rate and time left, and one at the end', () => {
    const { at, written } = setUp({});
    at(0).handle(BEGIN);
    for (let i = 1; i <= 100; i++) at(i * 100).handle({ type: 'tick', done: i * 10, note: 'PSNR 30.0 dB' });
    at(10_000).handle({ type: 'end' });
    expect(written).toEqual([
      'Optimising: 400 of 1000 iterations (40%), 100/s, 6.0 s left, PSNR 30.0 dB\n',
      'Optimising: 800 of 1000 iterations (80%), 100/s, 2.0 s left, PSNR 30.0 dB\n',
      'Optimising: 1000 iterations in 10 s, PSNR 30.0 dB\n',
    ]);
  });

  it('measures the rate of this run, not of the one it goes on from', () => {
    const { at, written } = setUp({});
    at(0).handle(BEGIN);
    for (let second = 0; second <= 4; second++) at(second * 1000).handle({ type: 'tick', done: 900 + second * 5 });
    expect(written.join('')).toContain('5.00/s, 16 s left');
  });

  it('says nothing of tasks that failed: their error is told elsewhere', () => {
    const { at, written } = setUp({});
    at(0).handle(BEGIN);
    at(1).handle({ type: 'failed' });
    at(9000).handle({ type: 'tick', done: 5 });
    expect(written).toEqual([]);
  });
});

describe('on a terminal', () => {
  it.each([200, 80, 40, 12, 1])('redraws one line in place that fits %i columns', (columns) => {
    const { at, written } = setUp({ isTTY: true, columns });
    at(0).handle(BEGIN);
    for (let i = 1; i <= 20; i++) at(i * 500).handle({ type: 'tick', done: i * 50, note: 'all frames, PSNR 30.0 dB' });
    expect(written).toHaveLength(21);
    for (const text of written) {
      expect(text.startsWith('\r\u001b[K')).toBe(true);
      expect(text).not.toContain('\n');
      expect(text.slice(4).length).toBeLessThan(Math.max(2, columns));
    }
  });

  it('shows the bar where there is room', () => {
    const { at, written } = setUp({ isTTY: true, columns: 120 });
    at(0).handle(BEGIN);
    at(1000).handle({ type: 'tick', done: 0 });
    at(2000).handle({ type: 'tick', done: 500 });
    expect(written.at(-1)).toBe(
      '\r\u001b[KOptimising [############------------] 50%  500/1000 iterations  500/s  1.0 s left',
    );
  });

  it('draws no more often than eyes can follow', () => {
    const { at, written } = setUp({ isTTY: true, columns: 80 });
    at(0).handle(BEGIN);
    for (let i = 1; i <= 1000; i++) at(i).handle({ type: 'tick', done: i });
    expect(written.length).toBeLessThanOrEqual(11);
  });

  it('removes the bar before a line of its own', () => {
    const { at, written } = setUp({ isTTY: true, columns: 80 });
    at(0).handle(BEGIN);
    at(1).line('Stopping.');
    expect(written.slice(1)).toEqual(['\r\u001b[K', 'Stopping.\n']);
  });
});

describe('duration', () => {
  it.each([
    [0.04, '0.0 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [59.6, '1 min 00 s'],
    [3599, '59 min 59 s'],
    [7500, '2 h 05 min'],
  ])('of %d seconds is "%s"', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});
