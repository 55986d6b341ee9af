import { expect, test } from 'vitest';
import type { Pose } from '../../../core/poses/pose-sequence.ts';
import { WHOLEBODY } from '../../../core/poses/skeleton.ts';
import { standing } from '../../../test/helpers/standing.ts';
import { COCO, jointAt } from './coco-joints.ts';
import { steadyMotion } from './steady-motion.ts';
import { wholeBodyPose } from './whole-body.ts';

/** Someone who is faster from frame to frame; joints and a fingertip are off by what `noise` says, in pixels. */
const run = (frames: number, noise: (frame: number) => number = () => 0): Pose[] =>
  Array.from({ length: frames }, (_, frame) => {
    const joints = standing({ x: 100 + 2 * frame + 0.5 * frame * frame });
    joints[COCO.leftWrist * 3] = (joints[COCO.leftWrist * 3] ?? 0) + noise(frame);
    const { keypoints } = wholeBodyPose({ joints });
    keypoints.set([(joints[COCO.leftWrist * 3] ?? 0) + 3, 100, 0.9], (WHOLEBODY.leftHand + 8) * 3);
    return { keypoints };
  });

const xOf = (pose: Pose | undefined, k: number): number => jointAt(pose?.keypoints ?? new Float32Array(), k)[0];

test('a steady acceleration stays as it is, to its ends', () => {
  const poses = run(7);
  steadyMotion(poses).forEach(({ keypoints }, frame) => {
    keypoints.forEach((value, i) => {
      expect(value).toBeCloseTo(poses[frame]?.keypoints[i] ?? NaN, 3);
    });
  });
});

test('a tremble becomes less, and the hand goes with its wrist', () => {
  const poses = run(9, (frame) => (frame % 2 === 0 ? 1 : -1));
  const truth = run(9);
  const steady = steadyMotion(poses);
  for (let frame = 2; frame < 7; frame++) {
    const error = xOf(steady[frame], COCO.leftWrist) - xOf(truth[frame], COCO.leftWrist);
    // weights -3, 12, 17, 12, -3 of 35
    expect(Math.abs(error)).toBeCloseTo(13 / 35, 3);
    expect(xOf(steady[frame], WHOLEBODY.leftHand + 8) - xOf(steady[frame], COCO.leftWrist)).toBeCloseTo(3, 3);
    expect(xOf(steady[frame], COCO.rightWrist)).toBeCloseTo(xOf(truth[frame], COCO.rightWrist), 3);
  }
});

test('no joint goes far, so that pictures that are no movement keep their poses', () => {
  const poses = run(9, (frame) => (frame === 4 ? 80 : 0));
  steadyMotion(poses).forEach((pose, frame) => {
    // the trunk is 40 pixels long
    expect(Math.abs(xOf(pose, COCO.leftWrist) - xOf(poses[frame], COCO.leftWrist))).toBeLessThanOrEqual(2.001);
  });
});

test('unknown frames are no places of a joint and stay unknown; too few frames are left alone', () => {
  const poses = run(6).map((pose, frame) =>
    frame === 2 ? { keypoints: new Float32Array(WHOLEBODY.count * 3) } : pose,
  );
  const steady = steadyMotion(poses);
  expect(steady[2]?.keypoints.every((value) => value === 0)).toBe(true);
  expect(xOf(steady[3], COCO.leftKnee)).toBeCloseTo(xOf(poses[3], COCO.leftKnee), 3);
  const few = run(3, (frame) => frame % 2);
  expect(steadyMotion(few)).toEqual(few);
  expect(steadyMotion([])).toEqual([]);
});
