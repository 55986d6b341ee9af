import { describe, expect, it } from 'vitest';
import { fillGaps } from './fill-gaps.ts';
import { MIN_CONFIDENCE, type PoseSequence } from './pose-sequence.ts';
import { BODY } from './skeleton.ts';

/** Right elbow and wrist over time; a wrist without a place is unknown. */
const arm = (elbows: readonly number[], wrists: readonly (number | undefined)[], elbow = 1): PoseSequence => ({
  ...{ skeleton: 'openpose18', width: 100, height: 100, fps: 10 },
  frames: wrists.map((wrist, frame) => {
    const keypoints = new Float32Array(54);
    keypoints.set([elbows[frame] ?? 0, 0, elbow], BODY.right_elbow * 3);
    if (wrist !== undefined) keypoints.set([wrist, 8, 1], BODY.right_wrist * 3);
    return { keypoints };
  }),
});

const wrists = ({ frames }: PoseSequence): number[] =>
  frames.map(({ keypoints }) => keypoints[BODY.right_wrist * 3] ?? 0);
const confidences = ({ frames }: PoseSequence): number[] =>
  frames.map(({ keypoints }) => keypoints[BODY.right_wrist * 3 + 2] ?? 0);

describe('fillGaps', () => {
  it('bridges a short gap, less sure the farther from a sight', () => {
    const filled = fillGaps(arm([0, 0, 0, 0, 0], [10, undefined, undefined, undefined, 18]));
    expect(wrists(filled)).toEqual([10, 12, 14, 16, 18]);
    const [, near = 0, far = 0] = confidences(filled);
    expect(near).toBeLessThan(1);
    expect(far).toBeLessThan(near);
    expect(far).toBeGreaterThanOrEqual(MIN_CONFIDENCE);
  });

  it('moves a hidden hand with its arm', () => {
    const filled = fillGaps(arm([0, 20, 40, 60, 0], [10, undefined, undefined, undefined, 10]));
    expect(wrists(filled)).toEqual([10, 30, 50, 70, 10]);
  });

  it('does not lean on an arm that is not seen', () => {
    const filled = fillGaps(arm([0, 20, 40, 60, 0], [10, undefined, undefined, undefined, 10], 0.2));
    expect(wrists(filled)).toEqual([10, 10, 10, 10, 10]);
  });

  it('leaves long gaps, and holds open ends for half the limit', () => {
    const hole = Array.from({ length: 9 }, () => undefined);
    expect(confidences(fillGaps(arm([], [10, ...hole, 10]))).filter((c) => c > 0)).toHaveLength(2);
    expect(wrists(fillGaps(arm([], [...hole, 10]))).filter((x) => x === 10)).toHaveLength(3);
    expect(wrists(fillGaps(arm([], [10, ...hole]))).filter((x) => x === 10)).toHaveLength(3);
    expect(wrists(fillGaps(arm([], [10, ...hole]), { longest: 2 }))).toEqual(Array.from({ length: 10 }, () => 10));
  });

  it('never invents a keypoint', () => {
    const unseen = arm([1, 2], [undefined, undefined]);
    expect(fillGaps(unseen)).toEqual(unseen);
  });

  it('fills depths too', () => {
    const sequence = arm([0, 0, 0], [10, undefined, 10]);
    const frames = sequence.frames.map((pose, f) => ({
      ...pose,
      depths: new Float32Array(18).fill(f === 1 ? NaN : f),
    }));
    frames[1]?.depths.set([0], BODY.right_elbow);
    expect(fillGaps({ ...sequence, frames }).frames[1]?.depths?.[BODY.right_wrist]).toBe(0);
  });
});
