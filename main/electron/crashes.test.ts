import { expect, it } from 'vitest';
import { Crashes } from './crashes.ts';

it('three within a minute are too many, three within an hour are not', () => {
  let now = 0;
  const crashes = new Crashes(() => now);
  const at = (seconds: number): boolean => {
    now = seconds * 1000;
    return crashes.add();
  };
  expect([at(0), at(50), at(65), at(111), at(120)]).toEqual([false, false, false, false, true]);
});
