import type { LimbGroup, PoseRecord } from '../../core/document/document.ts';

/** Frames of the keys of a lane, ascending. */
export const laneFrames = (poses: readonly PoseRecord[], group: LimbGroup): number[] =>
  poses.flatMap(({ frame, keys }) => (keys.includes(group) ? [frame] : []));

/** The frame that is nearest to another one, the earlier of two; undefined where there is none. */
export function nearestOf(frames: readonly number[], to: number): number | undefined {
  return frames.reduce<number | undefined>(
    (best, frame) => (best === undefined || Math.abs(frame - to) < Math.abs(best - to) ? frame : best),
    undefined,
  );
}

/** At most so many keys to either side of the one that has the focus are elements of the page. */
const REACH = 50;

/** A key as it stands in its lane. */
export interface LaneKey {
  readonly frame: number;
  /** From 0, of all keys of the lane. */
  readonly index: number;
}

/** The keys around the one at `active`: a motion with a key at every frame has thousands, and elements are dear. */
export function keysAround(frames: readonly number[], active: number): LaneKey[] {
  const at = Math.max(frames.indexOf(active), 0);
  const from = Math.max(at - REACH, 0);
  return frames.slice(from, at + REACH + 1).map((frame, k) => ({ frame, index: from + k }));
}

/** Where a key of the keyboard leads from the key at `active`; undefined: it is none that leads anywhere. */
export function keyAfter(pressed: string, frames: readonly number[], active: number): number | undefined {
  const at = frames.indexOf(active);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: frames.length - 1 }[pressed];
  if (to === undefined || frames.length === 0) return undefined;
  return frames[Math.min(Math.max(to, 0), frames.length - 1)];
}

/** All keys from one to another, both among them. */
export const framesBetween = (frames: readonly number[], a: number, b: number): number[] =>
  frames.filter((frame) => frame >= Math.min(a, b) && frame <= Math.max(a, b));
