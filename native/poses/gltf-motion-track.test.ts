import { describe, expect, it } from 'vitest';
import { sampleTrack, type Track } from './gltf-motion-track.ts';

const track = (interpolation: Track['interpolation'], size: 3 | 4, times: number[], values: number[]): Track => ({
  ...{ interpolation, size },
  times: Float64Array.from(times),
  values: Float64Array.from(values),
});

const half = Math.SQRT1_2;

describe('sampleTrack', () => {
  it('goes straight between keys, and stays at the ends', () => {
    const line = track('LINEAR', 3, [1, 3], [0, 0, 0, 4, 8, 0]);
    expect([0, 1, 1.5, 3, 9].map((time) => sampleTrack(line, time)[1])).toEqual([0, 0, 2, 8, 8]);
  });

  it('holds a step', () => {
    const steps = track('STEP', 3, [0, 1], [1, 0, 0, 2, 0, 0]);
    expect([0, 0.99, 1].map((time) => sampleTrack(steps, time)[0])).toEqual([1, 1, 2]);
  });

  it('turns rotations evenly, the shorter way', () => {
    const turn = track('LINEAR', 4, [0, 1], [0, 0, 0, 1, 0, 0, -half, -half]); // a quarter turn, its sign turned round
    const [, , z = 0, w = 0] = sampleTrack(turn, 1 / 3);
    expect(2 * Math.atan2(z, w)).toBeCloseTo(Math.PI / 6);
  });

  it('follows a cubic spline', () => {
    // t^3 from 0 to 2 seconds: value 8, tangents 0 and 12.
    const cubic = track('CUBICSPLINE', 3, [0, 2], [0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 0, 0, 8, 0, 0, 0, 0, 0]);
    for (const time of [0, 0.5, 1, 1.7, 2]) expect(sampleTrack(cubic, time)[0]).toBeCloseTo(time ** 3);
  });

  it('does not divide by the time between two keys at once', () => {
    expect(sampleTrack(track('LINEAR', 3, [0, 1, 1], [0, 0, 0, 1, 0, 0, 2, 0, 0]), 1)).toEqual([2, 0, 0]);
  });
});
