/** How frames lie along the timeline, in pixels of the page. Frames count from 0. */
export interface TimelineScale {
  /** Pixels from one frame to the next. */
  readonly step: number;
  /** Which frame, or place between two, is at the left end. */
  readonly first: number;
}

/** Room at both ends, so that the first and last frame can be taken hold of. */
export const MARGIN = 14;
const MOST_STEP = 80;

/** All frames in the width. */
export function fitScale(frames: number, width: number): TimelineScale {
  return { step: Math.max(width - 2 * MARGIN, 1) / Math.max(frames - 1, 1), first: 0 };
}

export const xOf = ({ step, first }: TimelineScale, frame: number): number => MARGIN + (frame - first) * step;

/** The place between frames at `x`. */
export const frameAtX = ({ step, first }: TimelineScale, x: number): number => (x - MARGIN) / step + first;

export const nearestFrame = (scale: TimelineScale, x: number, frames: number): number =>
  Math.min(Math.max(Math.round(frameAtX(scale, x)), 0), frames - 1);

/** Larger or smaller by a factor; the frame at `x` stays there. Never wider than what fits. */
export function zoomScale(
  scale: TimelineScale,
  factor: number,
  x: number,
  frames: number,
  width: number,
): TimelineScale {
  const fit = fitScale(frames, width);
  const step = Math.min(Math.max(scale.step * factor, fit.step), Math.max(MOST_STEP, fit.step));
  return scrolled({ step, first: frameAtX(scale, x) - (x - MARGIN) / step }, 0, frames, width);
}

/** Moved by so many frames, within the motion. */
export function scrolled({ step, first }: TimelineScale, by: number, frames: number, width: number): TimelineScale {
  const shown = Math.max(width - 2 * MARGIN, 1) / step;
  return { step, first: Math.min(Math.max(first + by, 0), Math.max(frames - 1 - shown, 0)) };
}

/** The scale that shows a frame, moved as little as can be. */
export function showing(scale: TimelineScale, frame: number, frames: number, width: number): TimelineScale {
  const x = xOf(scale, frame);
  if (x < MARGIN - 1) return scrolled(scale, frame - scale.first, frames, width);
  const right = width - MARGIN;
  return x > right + 1 ? scrolled(scale, (x - right) / scale.step, frames, width) : scale;
}

/** The smallest of 1, 2, 5, 10, 20... times `unit` that is at least `least`. */
export function roundStep(least: number, unit = 1): number {
  for (let power = unit; ; power *= 10) {
    for (const times of [1, 2, 5]) if (power * times >= least) return power * times;
  }
}
