import { describe, expect, it } from 'vitest';
import { convertPoses, toBody18 } from './convert.ts';
import { mirrorPose, mirrorPoses } from './mirror.ts';
import type { Pose, PoseSequence } from './pose-sequence.ts';
import { BODY, SKELETONS, type SkeletonId } from './skeleton.ts';

/** Keypoint k at (k + 1, 2k + 1), confidence 0.9, depth 3k. */
function poseOf(skeleton: SkeletonId): Pose {
  const names = SKELETONS[skeleton].names;
  return {
    keypoints: Float32Array.from(names.flatMap((_, k) => [k + 1, 2 * k + 1, 0.9])),
    depths: Float32Array.from(names, (_, k) => 3 * k),
  };
}

const sequenceOf = (skeleton: SkeletonId, ...frames: Pose[]): PoseSequence => ({
  ...{ skeleton, width: 400, height: 300, fps: 12 },
  frames,
});

const keypoint = (sequence: PoseSequence, name: string): number[] => {
  const k = SKELETONS[sequence.skeleton].names.indexOf(name);
  return [...(sequence.frames[0]?.keypoints.subarray(k * 3, k * 3 + 3) ?? [])];
};

describe('convertPoses', () => {
  it('carries every keypoint that both have, by name, and back again', () => {
    const body = sequenceOf('openpose18', poseOf('openpose18'));
    const whole = convertPoses(body, 'coco-wholebody133');
    for (const name of SKELETONS.openpose18.names) {
      if (name === 'neck') continue;
      expect(keypoint(whole, name)).toEqual(keypoint(body, name));
      expect(keypoint(toBody18(whole), name)).toEqual(keypoint(body, name));
    }
    expect(keypoint(whole, 'left_big_toe')).toEqual([0, 0, 0]);
    expect(whole.frames[0]?.depths?.[SKELETONS[whole.skeleton].names.indexOf('left_knee')]).toBe(3 * BODY.left_knee);
    expect(whole.frames[0]?.depths?.[132]).toBeNaN();
  });

  it('puts the neck between the shoulders, as sure as the less sure one', () => {
    const pose = poseOf('coco-wholebody133');
    pose.keypoints.set([10, 20, 0.5], 5 * 3);
    pose.keypoints.set([30, 24, 0.75], 6 * 3);
    const body = toBody18(sequenceOf('coco-wholebody133', pose));
    expect(keypoint(body, 'neck')).toEqual([20, 22, 0.5]);
    expect(body.frames[0]?.depths?.[BODY.neck]).toBe(16.5);
  });

  it('knows no neck without both shoulders', () => {
    const pose = poseOf('coco-wholebody133');
    pose.keypoints.set([10, 20, 0.25], 5 * 3);
    expect(keypoint(toBody18(sequenceOf('coco-wholebody133', pose)), 'neck')).toEqual([0, 0, 0]);
  });

  it('returns what has that skeleton already', () => {
    const body = sequenceOf('openpose18', poseOf('openpose18'));
    expect(toBody18(body)).toBe(body);
  });
});

describe('mirrorPose', () => {
  it('exchanges the sides and counts x from the other one', () => {
    const mirrored = mirrorPoses(sequenceOf('openpose18', poseOf('openpose18')));
    expect(keypoint(mirrored, 'nose').slice(0, 2)).toEqual([399, 1]);
    expect(keypoint(mirrored, 'left_wrist').slice(0, 2)).toEqual([400 - 5, 9]);
    expect(mirrored.frames[0]?.depths?.[BODY.left_wrist]).toBe(3 * BODY.right_wrist);
  });

  it.each(['openpose18', 'coco-wholebody133'] as const)('twice is the pose itself, %s', (skeleton) => {
    const pose = poseOf(skeleton);
    expect(mirrorPose(mirrorPose(pose, skeleton, 128), skeleton, 128)).toEqual(pose);
  });

  it('leaves the unknown unknown', () => {
    const pose = { keypoints: new Float32Array(54) };
    expect(mirrorPose(pose, 'openpose18', 128)).toEqual(pose);
  });
});
