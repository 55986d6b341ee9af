import { describe, expect, it } from 'vitest';
import { framesBetween, keyAfter, keysAround, laneFrames, nearestOf } from './lane-keys.ts';

describe('the keys of a lane', () => {
  it('are the frames at which its group has one', () => {
    const pose = (frame: number, keys: readonly ('head' | 'torso')[]) =>
      ({ id: `pose:${frame}`, type: 'pose', frame, keys, hidden: [], keypoints: [], depths: null }) as never;
    expect(laneFrames([pose(0, ['head']), pose(1, ['torso']), pose(2, ['torso', 'head'])], 'head')).toEqual([0, 2]);
  });

  it('the nearest takes the focus of one that is gone', () => {
    expect(nearestOf([2, 8, 12], 9)).toBe(8);
    expect(nearestOf([2, 8, 12], 5)).toBe(2);
    expect(nearestOf([], 5)).toBeUndefined();
  });

  it('arrows stop at both ends', () => {
    const frames = [3, 9, 14];
    expect(['ArrowRight', 'ArrowLeft', 'Home', 'End'].map((key) => keyAfter(key, frames, 9))).toEqual([14, 3, 3, 14]);
    expect(keyAfter('ArrowRight', frames, 14)).toBe(14);
    expect(keyAfter('ArrowLeft', frames, 3)).toBe(3);
    expect(keyAfter('x', frames, 3)).toBeUndefined();
    expect(keyAfter('End', [], 0)).toBeUndefined();
  });

  it('few of a thousand are on the page, and know their place among all', () => {
    const frames = Array.from({ length: 1000 }, (_, k) => k * 2);
    const shown = keysAround(frames, 1000);
    expect(shown).toHaveLength(101);
    expect(shown[0]).toEqual({ frame: 900, index: 450 });
    expect(shown.at(-1)).toEqual({ frame: 1100, index: 550 });
    expect(keysAround([4, 5], 77)).toEqual([
      { frame: 4, index: 0 },
      { frame: 5, index: 1 },
    ]);
  });

  it('a range holds both its ends, whichever came first', () => {
    expect(framesBetween([1, 4, 6, 9], 6, 2)).toEqual([4, 6]);
    expect(framesBetween([1, 4, 6, 9], 1, 6)).toEqual([1, 4, 6]);
  });
});
