import { describe, expect, it } from 'vitest';
import { numbersOf } from '../../onnx/tensor.ts';
import { NOISE_USES, seededNoise, type NoiseUse } from './noise.ts';

const numbers = (seed: number, use: NoiseUse, index: number, count: number): number[] => [
  ...numbersOf(seededNoise(seed).draw(use, index, [count])),
];

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

describe('seeded noise', () => {
  it('is standard normal: its first four moments, and neighbours that know nothing of each other', () => {
    const values = numbers(42, 'start', 0, 100_000);
    const moments = [1, 2, 3, 4].map((power) => mean(values.map((x) => x ** power)));
    expect(moments[0]).toBeCloseTo(0, 1);
    expect(Math.abs(moments[0] ?? NaN)).toBeLessThan(0.012);
    expect(Math.abs((moments[1] ?? NaN) - 1)).toBeLessThan(0.015);
    expect(Math.abs(moments[2] ?? NaN)).toBeLessThan(0.03);
    expect(Math.abs((moments[3] ?? NaN) - 3)).toBeLessThan(0.12);
    for (const lag of [1, 2, 3, 4]) {
      expect(Math.abs(mean(values.slice(lag).map((x, i) => x * (values[i] ?? NaN))))).toBeLessThan(0.012);
    }
  });

  it('is made of the known words of Philox', () => {
    const [first, second] = numbers(0, 'pose', 0, 2);
    const radius = Math.sqrt(-2 * Math.log((0x6627e8d5 + 1) / 2 ** 32));
    const angle = (2 * Math.PI * 0xe169c58d) / 2 ** 32;
    expect([first, second]).toEqual([Math.fround(radius * Math.cos(angle)), Math.fround(radius * Math.sin(angle))]);
  });

  it('gives the same numbers again, and the beginning of a longer draw for a shorter one', () => {
    const long = numbers(7, 'step', 3, 11);
    expect(numbers(7, 'step', 3, 11)).toEqual(long);
    for (const count of [1, 2, 3, 5]) expect(numbers(7, 'step', 3, count)).toEqual(long.slice(0, count));
  });

  it('gives other numbers for every use, index and seed, large seeds too', () => {
    const draws = [
      ...NOISE_USES.flatMap((use) => [0, 1].map((index) => numbers(7, use, index, 8))),
      ...[8, 7 + 2 ** 32, 7 + 2 ** 33].map((seed) => numbers(seed, 'pose', 0, 8)),
    ];
    const all = draws.flat();
    expect(new Set(all).size).toBe(all.length);
  });

  it.each([-1, 0.5, NaN, Infinity, 2 ** 53])('refuses the seed %d', (seed) => {
    expect(() => seededNoise(seed)).toThrow(/The seed .* choose another/);
  });
});
