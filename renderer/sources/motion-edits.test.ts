import { describe, expect, it } from 'vitest';
import { newDocument, poseRecords, recordOf } from '../../core/document/document.ts';
import { documentRecord } from '../../preload/contract/document-schema.ts';
import type { ImportedPoses } from '../../preload/contract/project.ts';
import { createProjectStore } from '../document/project-store.ts';
import { builtInMotion, drawnByHand } from './motion-edits.ts';

const imported = (frames: number): ImportedPoses => ({
  ...{ name: 'walk', skeleton: 'openpose18', width: 480, height: 480, fps: 12.5 },
  frames: Array.from({ length: frames }, () => ({ keypoints: new Array<number>(54).fill(1), depths: null })),
});

const open = () =>
  createProjectStore({ id: 'a', records: [...newDocument('Mira').values()], keep: () => Promise.resolve() });

describe('a motion', () => {
  it('takes the place of the one before, poses and all, in one step', () => {
    const store = open();
    store.change('Choose motion', builtInMotion(imported(30)));
    store.change('Choose motion', builtInMotion(imported(12)));
    const { document } = store.getState();
    expect(poseRecords(document)).toHaveLength(12);
    expect([...document.keys()].filter((id) => id.startsWith('pose:'))).toHaveLength(12);
    store.undo();
    expect(poseRecords(store.getState().document)).toHaveLength(30);
    store.undo();
    expect(store.getState().document.has('motion')).toBe(false);
  });

  it('passes what the main process checks', () => {
    const store = open();
    store.change('Draw by hand', drawnByHand);
    for (const record of store.getState().document.values()) expect(documentRecord.parse(record)).toEqual(record);
  });

  it('by hand begins with the rest pose where one is known', () => {
    const restPose = new Array<number>(54).fill(0).map((_, k) => (k % 3 === 2 ? 1 : 7));
    const store = open();
    store.change('Choose picture', (document) =>
      new Map(document).set('character', {
        ...{ id: 'character', type: 'character', picture: 'a', pictureName: 'a.png', width: 300, height: 400 },
        ...{ mask: null, restPose, views: null },
      }),
    );
    store.change('Draw by hand', drawnByHand);
    const { document } = store.getState();
    expect(recordOf(document, 'motion')).toMatchObject({ source: 'hand', frames: 25, width: 300, height: 400 });
    expect(poseRecords(document).every(({ keypoints }) => keypoints.join() === restPose.join())).toBe(true);
  });
});
