import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MotionResolution } from './motion-resolution.ts';

const redraw = vi.fn();
let resolution: MotionResolution;

beforeEach(() => {
  vi.useFakeTimers();
  redraw.mockClear();
  resolution = new MotionResolution(redraw);
});
afterEach(() => {
  resolution.dispose();
  vi.useRealTimers();
});

describe('the resolution of a moving picture', () => {
  it('is full where drawing is quick', () => {
    resolution.moved();
    resolution.drawn(1, 12);
    resolution.moved();
    expect(resolution.share).toBe(1);
    vi.advanceTimersByTime(1000);
    expect(redraw).not.toHaveBeenCalled();
  });

  it('is coarser where drawing is slow, and full again at rest', () => {
    resolution.drawn(1, 130);
    expect(resolution.share).toBe(1);
    resolution.moved();
    expect(resolution.share).toBe(0.5);
    vi.advanceTimersByTime(400);
    resolution.moved();
    vi.advanceTimersByTime(400);
    expect(redraw).not.toHaveBeenCalled();
    vi.advanceTimersByTime(20);
    expect(redraw).toHaveBeenCalledOnce();
    expect(resolution.share).toBe(1);
  });

  it('is no coarser than needed', () => {
    resolution.drawn(1, 80);
    resolution.moved();
    expect(resolution.share).toBe(0.75);
  });

  it('is not lowered by one slow picture among quick ones, and rises when the machine is free again', () => {
    for (const ms of [10, 10, 100]) resolution.drawn(1, ms);
    resolution.moved();
    expect(resolution.share).toBe(1);
    for (let k = 0; k < 10; k++) resolution.drawn(1, 200);
    expect(resolution.share).toBe(0.5);
    for (let k = 0; k < 20; k++) resolution.drawn(0.5, 5);
    expect(resolution.share).toBe(1);
  });
});
