import { expect, it } from 'vitest';
import { DEFAULT_SETTINGS, type PoseRecord } from './document.ts';
import { packChange, packRecord, unpackRecord } from './packed-pose.ts';

const bare: PoseRecord = {
  ...{ id: 'pose:3', type: 'pose', frame: 3, keypoints: [0.1, -2e5, 1, 4, 5, 0] },
  ...{ depths: null, original: null, keys: ['head'], hidden: [1] },
};

it.each([
  ['keypoints alone', bare],
  ['no keypoint at all', { ...bare, keypoints: [] }],
  ['depths, of which one is unknown', { ...bare, depths: [0.25, null] }],
  ['what was detected', { ...bare, original: [1 / 3, 2, 0.5, 7, 8, 0.9] }],
  ['all', { ...bare, depths: [null, -3], original: [1, 2, 0.5, 7, 8, 0.9] }],
  ['its own frame', { ...bare, unfitted: { keypoints: [7, 8, 1], depths: [null] } }],
  [
    'its own frame and all',
    { ...bare, depths: [1, null], original: [1, 2, 1], unfitted: { keypoints: [3, 4, 1], depths: null } },
  ],
  ['lists without an entry', { ...bare, depths: [], original: [] }],
])('a pose with %s is the same after packing', (_, record) => {
  expect(unpackRecord(packRecord(record))).toEqual(record);
});

it('a change is what is there afterwards', () => {
  const after = { ...DEFAULT_SETTINGS, seed: 7 };
  const change = packChange({
    added: [bare],
    updated: [[DEFAULT_SETTINGS, after]],
    removed: [{ ...bare, id: 'pose:9' }],
  });
  expect(change).toEqual({ put: [packRecord(bare), after], removed: ['pose:9'] });
});
