import { expect, test } from 'vitest';
import { COCO_WHOLEBODY133, WHOLEBODY } from '../../../core/poses/skeleton.ts';
import { standing } from '../../../test/helpers/standing.ts';
import { LANDMARKS } from './blazepose.ts';
import { keypointBox, wholeBodyPose } from './whole-body.ts';

const index = (name: string): number => COCO_WHOLEBODY133.names.indexOf(name);

/** Landmark k lies at (k, 2k), k behind the hips. */
const landmarks = Float32Array.from({ length: LANDMARKS * 4 }, (_, i) => {
  const k = Math.floor(i / 4);
  return [k, 2 * k, k, 0.5][i % 4] ?? 0;
});
const blazepose = { presence: 1, mask: new Float32Array(), landmarks };
const hand = { presence: 0.75, points: Float32Array.from({ length: 63 }, (_, i) => [i / 3, 7, -2][i % 3] ?? 0) };

test('all parts find their places', () => {
  const face = { presence: 0.5, points: new Float32Array(68 * 3).fill(3) };
  const { keypoints, depths } = wholeBodyPose({ joints: standing(), blazepose, rightHand: hand, face });
  const row = (name: string): number[] => [...keypoints.subarray(index(name) * 3, index(name) * 3 + 3)];
  expect(row('left_shoulder')).toEqual([115, 60, 1]);
  expect(row('left_heel')).toEqual([29, 58, 0.5]);
  expect(row('right_big_toe')).toEqual([32, 64, 0.5]);
  expect(row('left_small_toe')[2]).toBe(0);
  expect(row('face_67')).toEqual([3, 3, 0.5]);
  expect(row('right_hand_wrist')).toEqual([0, 7, 0.75]);
  expect(row('left_hand_wrist')).toEqual([0, 0, 0]);
  expect(depths?.[index('left_hip')]).toBe(23);
  // a hand hangs on its wrist (landmark 16), a face on the nose (landmark 0)
  expect(depths?.[index('right_pinky_4')]).toBe(16 - 2);
  expect(depths?.[index('face_0')]).toBe(3);
  expect(depths?.[index('left_hand_wrist')]).toBeNaN();
});

test('joints alone have no depths, and nothing else is known', () => {
  const { keypoints, depths } = wholeBodyPose({ joints: standing() });
  expect(depths).toBeUndefined();
  expect(keypoints.subarray(WHOLEBODY.feet * 3).every((value) => value === 0)).toBe(true);
});

test('the box goes around what is known', () => {
  expect(keypointBox(standing(), 0.3)).toEqual({ x: 75, y: 37, width: 50, height: 143 });
  expect(keypointBox(standing({ seen: [] }), 0.3)).toBeUndefined();
});
