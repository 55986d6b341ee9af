import { expect, test } from 'vitest';
import type { PoseSequence } from '../../core/poses/pose-sequence.ts';
import { packedChange } from '../../preload/contract/document-schema.ts';
import { newDocument } from '../../core/document/document.ts';
import { packChange } from '../../core/document/packed-pose.ts';
import { applyDiff } from '../../core/document/records.ts';
import { fittingSequence, recordsOfSequence, sequenceOf } from './pose-records.ts';
import { motionChange } from './tasks/poses.ts';

const about = { name: 'x', source: 'file', video: null } as const;

function sequence(count: number): PoseSequence {
  const frames = Array.from({ length: count }, (_, frame) => {
    const keypoints = Float32Array.from({ length: 54 }, (__, k) => (k % 3 === 2 ? 1 : frame + k / 4));
    keypoints.set([NaN, 3, 0], 3); // unknown
    return { keypoints, depths: new Float32Array(18).fill(NaN, 9) };
  });
  return { skeleton: 'openpose18', width: 100, height: 50, fps: 500, frames };
}

test('a sequence goes into a document and comes out again', () => {
  const poses = fittingSequence(sequence(3));
  const change = motionChange(newDocument('A'), recordsOfSequence(poses, about));
  expect(packedChange.safeParse(packChange(change)).success).toBe(true);
  const back = sequenceOf(applyDiff(newDocument('A'), change));
  expect(back).toMatchObject({ skeleton: 'openpose18', width: 100, height: 50, fps: 240 });
  expect([...(back?.frames[2]?.keypoints.subarray(0, 6) ?? [])]).toEqual([2, 2.25, 1, 0, 0, 0]);
  expect(back?.frames[0]?.depths).toEqual(poses.frames[0]?.depths);
});

test('a longer one than a document takes keeps its duration', () => {
  const long = { ...sequence(1500), fps: 30 };
  const { frames, fps } = fittingSequence(long);
  expect(frames).toHaveLength(1000);
  expect(frames.length / fps).toBeCloseTo(50, 0);
});

test('another motion takes the place of all poses of the one before', () => {
  const long = applyDiff(newDocument('A'), motionChange(newDocument('A'), recordsOfSequence(sequence(5), about)));
  const short = applyDiff(long, motionChange(long, recordsOfSequence(sequence(2), about)));
  expect([...short.keys()].filter((id) => id.startsWith('pose:'))).toEqual(['pose:0', 'pose:1']);
});
