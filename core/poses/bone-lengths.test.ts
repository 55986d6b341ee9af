import { describe, expect, it } from 'vitest';
import { boneLengths, type BoneLength } from './bone-lengths.ts';
import type { Pose, PoseSequence } from './pose-sequence.ts';
import { BODY, type BodyJoint, OPENPOSE18 } from './skeleton.ts';

type Places = Partial<Record<BodyJoint, readonly [x: number, y: number, confidence: number]>>;

function pose(places: Places): Pose {
  const keypoints = new Float32Array(54);
  for (const [name, place] of Object.entries(places)) keypoints.set(place, BODY[name as BodyJoint] * 3);
  return { keypoints };
}

const sequence = (...frames: Pose[]): PoseSequence => ({
  ...{ skeleton: 'openpose18', width: 100, height: 100, fps: 10 },
  frames,
});

function bone(lengths: readonly BoneLength[], from: BodyJoint, to: BodyJoint): BoneLength {
  const found = lengths.find((length) => length.from === BODY[from] && length.to === BODY[to]);
  if (!found) throw new Error(`no bone from ${from} to ${to}`);
  return found;
}

describe('boneLengths', () => {
  it('gives one entry a limb, and nothing of what is never seen', () => {
    const lengths = boneLengths(sequence(pose({})));
    expect(lengths).toHaveLength(OPENPOSE18.limbs.length);
    expect(lengths.every(({ median, longest, confidence }) => median + longest + confidence === 0)).toBe(true);
  });

  it('finds the length where the bone is least foreshortened, past single mistakes', () => {
    const seen = [...Array.from({ length: 50 }, (_, i) => i % 25), ...Array.from({ length: 49 }, () => 30), 400];
    const frames = seen.map((y) => pose({ right_hip: [0, 0, 1], right_knee: [0, y, 0.8] }));
    const thigh = bone(boneLengths(sequence(...frames)), 'right_hip', 'right_knee');
    expect(thigh.longest).toBeCloseTo(30);
    expect(thigh.median).toBeLessThan(30);
    expect(thigh.confidence).toBeCloseTo(0.4); // the left thigh was never seen
  });

  it('pools the sides', () => {
    const lengths = boneLengths(
      sequence(
        pose({ left_elbow: [0, 0, 1], left_wrist: [3, 4, 1], right_elbow: [0, 0, 1], right_wrist: [0, 9, 0.2] }),
      ),
    );
    expect(bone(lengths, 'right_elbow', 'right_wrist').median).toBe(5);
    expect(bone(lengths, 'left_elbow', 'left_wrist').median).toBe(5);
  });

  it('measures in space where depths are known', () => {
    const flat = pose({ neck: [0, 0, 1], nose: [3, 0, 1] });
    const depths = new Float32Array(18).fill(NaN);
    depths.set([4, 0], BODY.nose);
    expect(bone(boneLengths(sequence({ ...flat, depths })), 'neck', 'nose').median).toBe(5);
  });
});
