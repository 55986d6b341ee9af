import { describe, expect, it } from 'vitest';
import type { Pose, PoseSequence } from './pose-sequence.ts';
import { resamplePoses } from './resample.ts';

const pose = (x: number, y = 0, confidence = 1, depth = NaN): Pose => {
  const keypoints = new Float32Array(54);
  keypoints.set([x, y, confidence]);
  return { keypoints, depths: new Float32Array(18).fill(depth) };
};

const sequence = (fps: number, ...frames: Pose[]): PoseSequence => ({
  ...{ skeleton: 'openpose18', width: 100, height: 100, fps },
  frames,
});

const first = ({ frames }: PoseSequence): number[][] => frames.map(({ keypoints }) => [...keypoints.subarray(0, 3)]);

describe('resamplePoses', () => {
  it('goes evenly from the first pose to the last', () => {
    const result = resamplePoses(sequence(10, pose(0), pose(10, 2), pose(20, 4)), { frames: 5 });
    expect(first(result)).toEqual([0, 5, 10, 15, 20].map((x) => [x, x / 5, 1]));
    expect(result.fps).toBe(20);
  });

  it('keeps the duration at another rate', () => {
    const frames = Array.from({ length: 121 }, (_, i) => pose(i));
    const result = resamplePoses(sequence(120, ...frames), { fps: 12 });
    expect(first(result).map(([x]) => x)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120]);
  });

  it('takes both wishes together', () => {
    const result = resamplePoses(sequence(10, pose(0), pose(10)), { frames: 3, fps: 8 });
    expect([result.frames.length, result.fps]).toEqual([3, 8]);
  });

  it('interpolates confidence and depth', () => {
    const result = resamplePoses(sequence(10, pose(0, 0, 0.5, -4), pose(10, 0, 1, 4)), { frames: 5 });
    expect(first(result)[1]?.[2]).toBeCloseTo(0.625);
    expect(result.frames[1]?.depths?.[0]).toBe(-2);
  });

  it('never goes half way to an unknown keypoint', () => {
    const result = resamplePoses(sequence(10, pose(50, 50, 1, 3), pose(0, 0, 0)), { frames: 5 });
    expect(first(result).map(([x]) => x)).toEqual([50, 50, 0, 0, 0]);
    expect(first(result).map(([, , confidence]) => confidence)).toEqual([1, 1, 0, 0, 0]);
    expect(result.frames[1]?.depths?.[0]).toBe(3);
  });

  it('repeats a single pose', () => {
    expect(first(resamplePoses(sequence(10, pose(7)), { frames: 3 })).map(([x]) => x)).toEqual([7, 7, 7]);
  });

  it.each([{ frames: 0 }, { frames: 2.5 }, { fps: 0 }, { fps: NaN }, { fps: Infinity }])('refuses %o', (options) => {
    expect(() => resamplePoses(sequence(10, pose(0)), options)).toThrow(RangeError);
  });
});
