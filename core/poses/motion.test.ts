import { describe, expect, it } from 'vitest';
import {
  jointAt,
  middleOfHips,
  motionInPlace,
  MOTION_JOINTS,
  resampleMotion,
  type Motion,
  type Vector,
} from './motion.ts';

/** All joints at one place a frame, but for an unknown nose where told. */
const moving = (fps: number, places: readonly Vector[], unknown?: number): Motion => ({
  fps,
  frames: places.map((place, frame) => {
    const points = Float64Array.from(MOTION_JOINTS.flatMap(() => place));
    if (frame === unknown) points.fill(NaN, 0, 3);
    return points;
  }),
});

const hips = ({ frames }: Motion): Vector[] => frames.map(middleOfHips);

describe('resampleMotion', () => {
  it('interpolates between the ends, which stay', () => {
    const motion = resampleMotion(
      moving(10, [
        [0, 0, 0],
        [2, 4, 6],
      ]),
      { frames: 3 },
    );
    expect(motion.fps).toBe(20);
    expect(hips(motion)).toEqual([
      [0, 0, 0],
      [1, 2, 3],
      [2, 4, 6],
    ]);
  });

  it('does not know what lies beside the unknown', () => {
    const motion = resampleMotion(
      moving(
        10,
        [
          [0, 0, 0],
          [2, 2, 2],
        ],
        1,
      ),
      { frames: 3 },
    );
    expect(motion.frames.map((frame) => Number.isNaN(jointAt(frame, 0)[0]))).toEqual([false, true, true]);
  });
});

describe('motionInPlace', () => {
  it('takes a walk out, ends included', () => {
    const walk = moving(
      30,
      Array.from({ length: 90 }, (_, f): Vector => [f * 0.05, -f * 0.02, 1]),
    );
    for (const [x, y, z] of hips(motionInPlace(walk))) {
      expect(Math.hypot(x, y)).toBeLessThan(1e-9);
      expect(z).toBe(1);
    }
  });

  it('keeps swaying and jumping', () => {
    const sway = moving(
      30,
      Array.from({ length: 90 }, (_, f): Vector => [0.1 * Math.sin(f * 0.4), 0, f % 2]),
    );
    const kept = hips(motionInPlace(sway));
    expect(Math.max(...kept.map(([x]) => x))).toBeGreaterThan(0.08);
    expect(kept.map(([, , z]) => z)).toEqual(hips(sway).map(([, , z]) => z));
  });
});
