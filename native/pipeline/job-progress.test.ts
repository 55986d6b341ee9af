import { expect, test } from 'vitest';
import type { Progress } from '../../core/progress.ts';
import { JobProgress } from './job-progress.ts';

function setUp(expected: readonly number[]) {
  let now = 0;
  const told: Progress[] = [];
  const job = new JobProgress(
    expected,
    (progress) => told.push(progress),
    () => now,
  );
  const at = (seconds: number): JobProgress => {
    now = seconds * 1000;
    return job;
  };
  return { at, told };
}

const last = (told: readonly Progress[]): unknown => told.at(-1);

test('tasks carry the number of their stage, and ticks the share of the whole and the time left', () => {
  const { at, told } = setUp([10, 30, 60]);
  const stage = at(10).of(1);
  stage({ type: 'begin', task: 'Rendering turntable', total: 10, unit: 'pictures' });
  expect(last(told)).toMatchObject({ task: '[2/3] Rendering turntable', total: 10 });
  at(25);
  stage({ type: 'tick', done: 5, note: 'fine' });
  expect(last(told)).toEqual({ type: 'tick', done: 5, note: 'fine', whole: { share: 0.25, secondsLeft: 75 } });
  stage({ type: 'end' });
  expect(last(told)).toEqual({ type: 'end' });
});

test('the share never falls from task to task, and reaches one', () => {
  const { at, told } = setUp([20, 80]);
  const shares = (): number[] =>
    told.flatMap((progress) => (progress.type === 'tick' ? [progress.whole?.share ?? -1] : []));
  let second = 0;
  const tasks = [
    ['A new task', 'Rendering views', 'Writing pictures'],
    ['Reading pictures', 'Optimising', 'Rendering turntable'],
  ];
  tasks.forEach((names, index) => {
    const stage = at(second).of(index);
    for (const task of names) {
      stage({ type: 'begin', task, total: 4, unit: 'things' });
      for (let done = 1; done <= 4; done++) {
        at(++second);
        stage({ type: 'tick', done });
      }
      stage({ type: 'end' });
    }
  });
  expect(shares()).toEqual([...shares()].sort((a, b) => a - b));
  expect(shares().at(-1)).toBeCloseTo(1, 12);
});

test('the pace is that of this run: neither kept stages nor a checkpoint count as its work', () => {
  const { at, told } = setUp([20, 80]);
  at(0).skip(0);
  const stage = at(0).of(1);
  stage({ type: 'begin', task: 'Rendering turntable', total: 100, unit: 'iterations' });
  stage({ type: 'tick', done: 50 });
  expect(last(told)).toEqual({ type: 'tick', done: 50, whole: { share: expect.closeTo(0.6, 12) as number } });
  at(10);
  stage({ type: 'tick', done: 75 });
  const { whole } = last(told) as { whole: { share: number; secondsLeft: number } };
  expect(whole.share).toBeCloseTo(0.8, 12);
  expect(whole.secondsLeft).toBeCloseTo(10, 9);
});

test('a stage that comes after long work keeps its pace', () => {
  const { at, told } = setUp([50, 50]);
  const first = at(0).of(0);
  first({ type: 'begin', task: 'Rendering turntable', total: 2, unit: 'steps' });
  at(100);
  first({ type: 'tick', done: 2 });
  const second = at(100).of(1);
  second({ type: 'begin', task: 'Rendering turntable', total: 100, unit: 'pictures' });
  second({ type: 'tick', done: 0 });
  expect(last(told)).toMatchObject({ whole: { share: 0.5, secondsLeft: 100 } });
});

test('a task of unknown length says nothing about itself', () => {
  const { at, told } = setUp([50, 50]);
  const stage = at(0).of(0);
  stage({ type: 'begin', task: 'Finding poses', total: 0, unit: 'frames' });
  at(5);
  stage({ type: 'tick', done: 12 });
  expect(last(told)).toEqual({ type: 'tick', done: 12, whole: { share: 0 } });
});
