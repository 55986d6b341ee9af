import { describe, expect, it } from 'vitest';
import type { CurvePoint } from '../../preload/contract/jobs.ts';
import { curveLines } from './curve-lines.ts';

describe('the lines of a fit', () => {
  it('fill the box, PSNR upwards and loss downwards', () => {
    const lines = curveLines(
      [
        [0, 0.1, 20],
        [50, 0.03, 25],
        [100, 0.01, 30],
      ],
      100,
      40,
    );
    expect(lines?.psnr).toBe('0.0,40.0 50.0,20.0 100.0,0.0');
    expect(lines?.loss.split(' ').at(0)).toBe('0.0,0.0');
    expect(lines?.loss.split(' ').at(-1)).toBe('100.0,40.0');
    expect(lines?.psnrRange).toEqual([20, 30]);
    expect(lines?.lossRange[0]).toBeCloseTo(0.01);
  });

  it('leave out what is no number, and need two points', () => {
    expect(curveLines([], 10, 10)).toBeUndefined();
    expect(curveLines([[1, 0.1, 20]], 10, 10)).toBeUndefined();
    const points: CurvePoint[] = [
      [0, 0.1, 20],
      [1, NaN, 21],
      [2, 0.05, Infinity],
      [3, 0.05, 22],
    ];
    expect(curveLines(points, 10, 10)?.psnr.split(' ')).toHaveLength(2);
  });

  it('are drawn with few points, the last among them', () => {
    const points = Array.from({ length: 5000 }, (_, i): CurvePoint => [i, 1 / (i + 1), i / 100]);
    const lines = curveLines(points, 100, 10);
    expect(lines?.psnr.split(' ').length).toBeLessThan(260);
    expect(lines?.psnr.endsWith('100.0,0.0')).toBe(true);
  });
});
