import { describe, expect, it } from 'vitest';
import { turntableSeconds, turntableStep } from './turntable.ts';

const scene = { frames: 25, fps: 12 };

describe('turntableSeconds', () => {
  it('is about six seconds in which the motion plays a whole number of times', () => {
    expect(turntableSeconds(scene)).toBeCloseTo((3 * 25) / 12, 12);
    expect(turntableSeconds({ frames: 240, fps: 24 })).toBe(10);
    expect(turntableSeconds({ frames: 1, fps: 12 })).toBe(6);
  });
});

describe('turntableStep', () => {
  const turntable = { width: 8, height: 8, fps: 24, frames: 150 };
  const step = (index: number) => turntableStep(scene, turntable, index);

  it('turns once, evenly, and comes back to where it began', () => {
    expect(step(0).angle).toBe(0);
    expect(step(75).angle).toBeCloseTo(Math.PI, 12);
    expect(step(150).angle).toBeCloseTo(2 * Math.PI, 12);
  });

  it('plays the motion at its own speed, between its frames too', () => {
    expect(step(1).time).toBeCloseTo(0.5 / 24, 12);
    expect(step(24).time).toBeCloseTo(12 / 24, 12);
  });

  it('holds the last frame for as long as any other, then starts again', () => {
    expect([step(47).time, step(48).time, step(49).time]).toEqual([23.5 / 24, 1, 1]);
    expect(step(50).time).toBe(0);
  });

  it('holds the motion where asked to', () => {
    expect(turntableStep(scene, { ...turntable, time: 0.25 }, 77).time).toBe(0.25);
  });

  it('of a single frame does not move', () => {
    expect(turntableStep({ frames: 1, fps: 12 }, turntable, 33).time).toBe(0);
  });
});
