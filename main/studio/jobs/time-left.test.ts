import { expect, test } from 'vitest';
import { TimeLeft } from './time-left.ts';

test('tells the time that is left at a steady pace', () => {
  const left = new TimeLeft();
  let told: number | null = null;
  for (let tenth = 0; tenth <= 300; tenth++) told = left.tell(tenth / 1000, tenth * 100);
  expect(told).toBeCloseTo(70, 6);
});

test('says nothing too early, nor of a share that is unknown', () => {
  const left = new TimeLeft();
  expect(left.tell(0, 0)).toBeNull();
  expect(left.tell(0.01, 1000)).toBeNull();
  expect(left.tell(null, 5000)).toBeNull();
  expect(left.tell(0.05, 5000)).toBeCloseTo(95, 6);
});

test('what an earlier run did is no pace', () => {
  const left = new TimeLeft();
  left.tell(0, 0);
  left.tell(0.5, 100); // a checkpoint
  expect(left.tell(0.5, 150)).toBeNull();
  expect(left.tell(0.6, 10_100)).toBeCloseTo(40, 6);
});

test('a pace that changes is that of late', () => {
  const left = new TimeLeft();
  for (let second = 0; second <= 100; second++) left.tell(second / 1000, second * 1000);
  let told: number | null = null;
  for (let second = 1; second <= 40; second++) told = left.tell(0.1 + second / 100, (100 + second) * 1000);
  expect(told).toBeCloseTo(50, 6);
});
