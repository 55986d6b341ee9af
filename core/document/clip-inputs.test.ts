import { describe, expect, it } from 'vitest';
import { clipInputs } from './clip-inputs.ts';
import {
  type CharacterRecord,
  type DocumentRecord,
  type MotionRecord,
  newDocument,
  poseId,
  type PoseRecord,
} from './document.ts';

const character: CharacterRecord = {
  ...{ id: 'character', type: 'character', picture: 'a', pictureName: 'a.png', width: 10, height: 10 },
  ...{ mask: null, restPose: null, views: null },
};
const motion: MotionRecord = {
  ...{ id: 'motion', type: 'motion', name: 'walk', source: 'built-in', video: null, skeleton: 'openpose18' },
  ...{ width: 10, height: 10, fps: 12, frames: 2, loop: null },
};
const pose = (frame: number, change: Partial<PoseRecord> = {}): PoseRecord => ({
  ...{ id: poseId(frame), type: 'pose', frame, keypoints: [1, 2, 1], depths: [null], original: null },
  ...{ keys: [], hidden: [], ...change },
});

const inputs = (...records: DocumentRecord[]) =>
  clipInputs(
    new Map(
      [...newDocument('A').values(), character, motion, pose(0), pose(1), ...records].map((each) => [each.id, each]),
    ),
  );

describe('what a clip is made from', () => {
  const before = inputs();

  it('is the same until something changes that the clip shows', () => {
    expect(inputs({ ...character, pictureName: 'b.png' })).toEqual(before);
    expect(inputs({ ...motion, name: 'run', loop: [0, 1] })).toEqual(before);
    expect(inputs(pose(1, { keys: ['head'], hidden: [0], original: [1, 1, 1] }))).toEqual(before);
  });

  it.each([
    ['a keypoint', pose(1, { keypoints: [1, 2.01, 1] })],
    ['a confidence', pose(0, { keypoints: [1, 2, 0.9] })],
    ['a depth', pose(0, { depths: [3] })],
    ['depths at all', pose(0, { depths: null })],
    ['the rate', { ...motion, fps: 13 }],
    ['the frame', { ...motion, width: 11 }],
  ])('is another motion with %s changed', (_, record) => {
    const after = inputs(record);
    expect(after?.motion).not.toBe(before?.motion);
    expect(after?.character).toBe(before?.character);
  });

  it('tells poses in another order', () => {
    const [a, b] = [{ keypoints: [5, 6, 1] }, { keypoints: [7, 8, 1] }];
    expect(inputs(pose(0, a), pose(1, b))).not.toEqual(inputs(pose(0, b), pose(1, a)));
  });

  it('is another character with another picture, mask, rest pose or view', () => {
    for (const change of [{ picture: 'b' }, { mask: 'c' }, { restPose: [1] }, { views: [null] }]) {
      const after = inputs({ ...character, ...change });
      expect(after?.character).not.toBe(before?.character);
      expect(after?.motion).toBe(before?.motion);
    }
  });

  it('is nothing without one of the two', () => {
    expect(clipInputs(newDocument('A'))).toBeUndefined();
  });
});
