import { expect, test } from 'vitest';
import type { PoseSequence } from './pose-sequence.ts';
import { sequenceFacts } from './sequence-facts.ts';

const pose = (confidence: number) => ({
  keypoints: Float32Array.from({ length: 54 }, (_, i) => (i % 3 === 2 ? confidence : 10)),
});

const sequence = (...confidences: readonly number[]): PoseSequence => ({
  ...{ skeleton: 'openpose18', width: 64, height: 64, fps: 12 },
  frames: confidences.map(pose),
});

test('frames without a trusted keypoint are named, from 1, and take no part in the mean', () => {
  const { meanConfidence, framesWithoutPerson } = sequenceFacts(sequence(0.5, 0, 1, 0.25));
  expect(framesWithoutPerson).toEqual([2, 4]);
  expect(meanConfidence).toBeCloseTo(0.75, 6);
});

test('where nobody is seen at all the mean is zero', () => {
  expect(sequenceFacts(sequence(0, 0))).toEqual({ meanConfidence: 0, framesWithoutPerson: [1, 2] });
});
