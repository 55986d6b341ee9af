import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Pace } from './pace.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('something is due once every so many seconds, not at once', () => {
  const pace = new Pace();
  expect(pace.isDue('a', 0.4)).toBe(false);
  vi.advanceTimersByTime(399);
  expect(pace.isDue('a', 0.4)).toBe(false);
  vi.advanceTimersByTime(1);
  expect([pace.isDue('a', 0.4), pace.isDue('a', 0.4), pace.isDue('b', 0.4)]).toEqual([true, false, false]);
});

it('pieces are of a tenth of a second, by kind, and begin small', () => {
  const pace = new Pace();
  expect([pace.piece('small', 25), pace.piece('small', 1)]).toEqual([2, 1]);
  pace.noteTime('small', 2, 20);
  pace.noteTime('large', 2, 900);
  expect([pace.piece('small', 25), pace.piece('large', 25), pace.piece('other', 25)]).toEqual([10, 1, 2]);
  pace.noteTime('small', 0, 0);
  expect(pace.piece('small', 4)).toBe(4);
});

it('means are of what came since they were last asked for', () => {
  const pace = new Pace();
  pace.add(1, 0.01, 3);
  pace.add(5, 0.01, 1);
  expect(pace.take().loss).toBe(2);
  expect(pace.take().loss).toBe(0);
});
