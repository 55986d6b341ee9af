import { describe, expect, it } from 'vitest';
import { drawSamples, type FrameChoice, randomPermutation, randomUniform } from './sampler.ts';

const VIEWS = [0, 2, 3, 5, 8];
const ALL: FrameChoice = { low: 2, high: 6, fresh: [], focus: 0 };

const pairsOf = (samples: Int32Array): [view: number, frame: number][] =>
  Array.from({ length: samples.length / 2 }, (_, k) => [samples[2 * k] ?? -1, samples[2 * k + 1] ?? -1]);

describe('random numbers', () => {
  it('are uniform and depend on seed, stream and index', () => {
    const numbers = Array.from({ length: 4000 }, (_, k) => randomUniform(7, 3, k));
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    const mean = numbers.reduce((a, b) => a + b) / numbers.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.02);
    // Neighbours do not follow each other.
    const correlation =
      numbers.slice(1).reduce((sum, x, k) => sum + (x - 0.5) * ((numbers[k] ?? 0) - 0.5), 0) / numbers.length;
    expect(Math.abs(correlation)).toBeLessThan(0.005);
    expect(
      new Set([randomUniform(7, 3, 0), randomUniform(8, 3, 0), randomUniform(7, 4, 0), randomUniform(7, 3, 2 ** 32)])
        .size,
    ).toBe(4);
  });

  it('shuffle without loss', () => {
    const order = randomPermutation(1, 2, 100);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, k) => k));
    expect(order).not.toEqual([...order].sort((a, b) => a - b));
    expect(randomPermutation(1, 2, 100)).toEqual(order);
    expect(randomPermutation(2, 2, 100)).not.toEqual(order);
    expect(randomPermutation(1, 2, 0)).toEqual([]);
  });
});

describe('samples', () => {
  it('are the same in one piece and in several', () => {
    const whole = drawSamples(3, VIEWS, ALL, 17, 60);
    const pieces = [
      drawSamples(3, VIEWS, ALL, 17, 1),
      drawSamples(3, VIEWS, ALL, 18, 22),
      drawSamples(3, VIEWS, ALL, 40, 37),
    ];
    expect(pieces.flatMap((piece) => [...piece])).toEqual([...whole]);
  });

  it('show every view once before any comes twice', () => {
    const pairs = pairsOf(drawSamples(3, VIEWS, ALL, 0, 10 * VIEWS.length));
    for (let cycle = 0; cycle < 10; cycle++) {
      const views = pairs.slice(cycle * VIEWS.length, (cycle + 1) * VIEWS.length).map(([view]) => view);
      expect(views.sort((a, b) => a - b)).toEqual(VIEWS);
    }
  });

  it('come from the whole window', () => {
    const frames = pairsOf(drawSamples(3, VIEWS, ALL, 0, 500)).map(([, frame]) => frame);
    for (const frame of [2, 3, 4, 5, 6]) {
      expect(frames.filter((other) => other === frame).length).toBeGreaterThan(60);
    }
    expect(new Set(frames).size).toBe(5);
  });

  it('look at fresh frames as often as asked', () => {
    const shares = [0, 0.5, 1].map((focus) => {
      const frames = pairsOf(drawSamples(3, VIEWS, { low: 0, high: 9, fresh: [0, 9], focus }, 0, 1000));
      return frames.filter(([, frame]) => frame === 0 || frame === 9).length / 1000;
    });
    // From the whole window a fresh frame comes by chance, 2 times in 10.
    expect(shares.map((share) => Math.round(share * 10) / 10)).toEqual([0.2, 0.6, 1]);
  });

  it('differ between seeds', () => {
    expect(drawSamples(3, VIEWS, ALL, 0, 50)).not.toEqual(drawSamples(4, VIEWS, ALL, 0, 50));
  });
});
