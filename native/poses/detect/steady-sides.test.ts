import { expect, test } from 'vitest';
import type { Pose } from '../../../core/poses/pose-sequence.ts';
import { COCO } from './coco-joints.ts';
import { standing } from '../../../test/helpers/standing.ts';
import { mirrorNames, steadySides } from './steady-sides.ts';
import { wholeBodyPose } from './whole-body.ts';

const walk = (frames: number): Pose[] =>
  Array.from({ length: frames }, (_, frame) => wholeBodyPose({ joints: standing({ x: 100 + 2 * frame }) }));

const mirrored = (poses: readonly Pose[], ...frames: number[]): Pose[] =>
  poses.map((pose, frame) => (frames.includes(frame) ? mirrorNames(pose) : pose));

test('frames with the sides exchanged are put right, the first one and runs of them too', () => {
  const poses = walk(12);
  expect(steadySides(mirrored(poses, 0, 5, 6, 11))).toEqual(poses);
});

test('what is steady stays as it is', () => {
  const poses = walk(6);
  expect(steadySides(poses)).toEqual(poses);
  const back = poses.map(mirrorNames);
  expect(steadySides(back)).toEqual(back);
});

test('someone who turns round may: the sides pass each other on the way', () => {
  const turn = Array.from({ length: 13 }, (_, frame) => {
    const joints = standing();
    const narrowing = Math.cos((frame / 12) * Math.PI);
    for (let k = 0; k < COCO.count; k++) joints[k * 3] = 100 + ((joints[k * 3] ?? 0) - 100) * narrowing;
    return wholeBodyPose({ joints });
  });
  expect(steadySides(turn)).toEqual(turn);
});

test('frames without a person stay empty, and no frames are no error', () => {
  const poses = walk(5);
  poses[2] = { keypoints: new Float32Array(133 * 3) };
  expect(steadySides(poses)).toEqual(poses);
  expect(steadySides([])).toEqual([]);
});
