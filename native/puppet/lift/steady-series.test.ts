import { expect, it } from 'vitest';
import { steadySeries } from './steady-series.ts';

const line = Array.from({ length: 20 }, (_, t) => 2 - 0.3 * t);

it('leaves a straight line as it is', () => {
  steadySeries(
    line,
    line.map(() => 1),
    0.01,
  ).forEach((value, t) => {
    expect(value).toBeCloseTo(line[t] ?? NaN, 4);
  });
});

it('goes on smoothly where nothing is known', () => {
  const values = line.map((value, t) => (t > 5 && t < 14 ? 100 : value));
  const sigmas = line.map((_, t) => (t > 5 && t < 14 ? Infinity : 0.01));
  steadySeries(values, sigmas, 0.01).forEach((value, t) => {
    expect(value).toBeCloseTo(line[t] ?? NaN, 4);
  });
});

it('weighs what is sure more than what is not', () => {
  const [value = NaN] = steadySeries([1], [0.1], 1);
  expect(value).toBeCloseTo(1, 6);
  const values = line.map((_, t) => (t % 2 ? 1 : 0));
  const sigmas = values.map((one) => (one ? 0.01 : 1));
  for (const each of steadySeries(values, sigmas, 0.001)) expect(each).toBeCloseTo(1, 2);
});
