import { describe, expect, it } from 'vitest';
import type { PoseSequence } from './pose-sequence.ts';
import { smoothPoses } from './smooth.ts';

const FPS = 25;

/** A nose that follows `x`, all else unknown. */
const nose = (
  count: number,
  x: (frame: number) => number,
  confidence: (frame: number) => number = () => 1,
): PoseSequence => ({
  ...{ skeleton: 'openpose18', width: 640, height: 480, fps: FPS },
  frames: Array.from({ length: count }, (_, frame) => {
    const keypoints = new Float32Array(54);
    keypoints.set([x(frame), 100, confidence(frame)]);
    return { keypoints };
  }),
});

const xs = ({ frames }: PoseSequence): number[] => frames.map(({ keypoints }) => keypoints[0] ?? NaN);

/** Noise between -1 and 1, the same on every run. */
const noise = (frame: number): number => {
  const value = Math.sin(frame * 12.9898) * 43758.5453;
  return 2 * (value - Math.floor(value)) - 1;
};

const rms = (values: readonly number[]): number => Math.hypot(...values) / Math.sqrt(values.length);

describe('smoothPoses', () => {
  it('takes more than half of the trembling out', () => {
    const wave = (frame: number): number => 200 + 40 * Math.sin((2 * Math.PI * frame) / FPS);
    const smoothed = xs(smoothPoses(nose(100, (frame) => wave(frame) + 3 * noise(frame))));
    const before = rms(Array.from({ length: 100 }, (_, frame) => 3 * noise(frame)));
    expect(rms(smoothed.map((x, frame) => x - wave(frame)))).toBeLessThan(0.7 * before);
    const jerk = (values: readonly number[]): number =>
      rms(values.slice(2).map((x, i) => x - 2 * (values[i + 1] ?? 0) + (values[i] ?? 0)));
    const noisy = xs(nose(100, (frame) => wave(frame) + 3 * noise(frame)));
    expect(jerk(smoothed)).toBeLessThan(0.5 * jerk(noisy));
  });

  it('neither lags behind nor flattens a wave of the hand', () => {
    const phase = (frame: number): number => (2 * Math.PI * 2 * frame) / FPS;
    const smoothed = xs(smoothPoses(nose(100, (frame) => 200 + 40 * Math.sin(phase(frame)))));
    // A lag would show as a part of the wave that is a quarter of a period late.
    const part = (wave: (angle: number) => number): number =>
      smoothed.reduce((sum, x, frame) => sum + (x - 200) * wave(phase(frame)), 0) / 50;
    expect(part(Math.sin)).toBeGreaterThan(0.93 * 40);
    expect(Math.abs(part(Math.cos))).toBeLessThan(0.1);
  });

  it('looks the same played backwards', () => {
    const bumpy = (frame: number): number => 200 + 20 * noise(frame);
    const forwards = xs(smoothPoses(nose(40, bumpy)));
    const backwards = xs(smoothPoses(nose(40, (frame) => bumpy(39 - frame)))).reverse();
    forwards.forEach((x, frame) => {
      expect(x).toBeCloseTo(backwards[frame] ?? NaN, 4);
    });
  });

  it('keeps a movement of constant speed, ends included', () => {
    xs(smoothPoses(nose(20, (frame) => 3 * frame))).forEach((x, frame) => {
      expect(x).toBeCloseTo(3 * frame, 3);
    });
  });

  it('neither uses nor moves what is not trusted', () => {
    const doubtful = (frame: number): number => (frame === 10 ? 0.1 : 1);
    const smoothed = xs(smoothPoses(nose(21, (frame) => (frame === 10 ? 600 : 50), doubtful)));
    smoothed.forEach((x, frame) => {
      expect(x).toBeCloseTo(frame === 10 ? 600 : 50, 3);
    });
  });

  it('believes sure keypoints more', () => {
    const spike = (confidence: number): number =>
      xs(
        smoothPoses(
          nose(
            21,
            (f) => (f === 10 ? 80 : 50),
            (f) => (f === 10 ? confidence : 1),
          ),
        ),
      )[10] ?? NaN;
    expect(spike(0.35)).toBeLessThan(spike(1) - 3);
  });

  it('leaves a single pose and unknown keypoints alone', () => {
    const single = nose(1, () => 5);
    expect(smoothPoses(single)).toEqual(single);
    const unknown = nose(
      5,
      () => 0,
      () => 0,
    );
    expect(smoothPoses(unknown)).toEqual(unknown);
  });

  it('smooths depths, around unknown ones', () => {
    const flat = nose(9, () => 5);
    const frames = flat.frames.map((pose, f) => ({ ...pose, depths: new Float32Array(18).fill(f === 4 ? NaN : f) }));
    const depths = smoothPoses({ ...flat, frames }).frames.map((pose) => pose.depths?.[0] ?? 0);
    expect(depths[4]).toBeNaN();
    expect(depths.toSpliced(4, 1).map((depth) => Math.round(depth * 1000) / 1000)).toEqual([0, 1, 2, 3, 5, 6, 7, 8]);
  });
});
