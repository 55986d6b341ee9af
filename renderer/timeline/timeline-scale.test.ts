import { describe, expect, it } from 'vitest';
import {
  fitScale,
  frameAtX,
  MARGIN,
  nearestFrame,
  roundStep,
  scrolled,
  showing,
  xOf,
  zoomScale,
} from './timeline-scale.ts';

describe('the scale of a timeline', () => {
  it('fits all frames between its margins', () => {
    const scale = fitScale(25, 500);
    expect(xOf(scale, 0)).toBe(MARGIN);
    expect(xOf(scale, 24)).toBeCloseTo(500 - MARGIN, 6);
    expect(frameAtX(scale, xOf(scale, 7.5))).toBeCloseTo(7.5, 9);
  });

  it.each([1, 2, 1000])('has a place for each of %d frames', (frames) => {
    const scale = fitScale(frames, 300);
    for (let frame = 0; frame < frames; frame += 7) expect(nearestFrame(scale, xOf(scale, frame), frames)).toBe(frame);
    expect(nearestFrame(scale, -1e6, frames)).toBe(0);
    expect(nearestFrame(scale, 1e6, frames)).toBe(frames - 1);
  });

  it('zooms about the pointer, and out no further than what fits', () => {
    const fit = fitScale(1000, 800);
    const near = zoomScale(fit, 8, 400, 1000, 800);
    expect(frameAtX(near, 400)).toBeCloseTo(frameAtX(fit, 400), 6);
    expect(zoomScale(near, 1e-6, 400, 1000, 800)).toEqual(fit);
    expect(zoomScale(near, 1e6, 400, 1000, 800).step).toBe(80);
  });

  it('stays within the motion and follows a frame', () => {
    const near = zoomScale(fitScale(1000, 800), 20, 400, 1000, 800);
    expect(scrolled(near, -1e6, 1000, 800).first).toBe(0);
    expect(xOf(scrolled(near, 1e6, 1000, 800), 999)).toBeCloseTo(800 - MARGIN, 6);
    for (const frame of [0, 500, 999]) {
      const x = xOf(showing(near, frame, 1000, 800), frame);
      expect(x >= MARGIN - 1 && x <= 800 - MARGIN + 1).toBe(true);
    }
    const inside = Math.round(near.first) + 3;
    expect(showing(near, inside, 1000, 800)).toBe(near);
  });

  it.each([
    [0.3, 1, 1],
    [3, 1, 5],
    [11, 1, 20],
    [0.03, 0.01, 0.05],
  ])('ticks at least %d apart, in units of %d, are %d apart', (least, unit, step) => {
    expect(roundStep(least, unit)).toBeCloseTo(step, 9);
  });
});
