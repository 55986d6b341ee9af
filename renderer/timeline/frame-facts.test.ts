import { describe, expect, it } from 'vitest';
import {
  type DocumentRecord,
  newDocument,
  poseId,
  type ProjectDocument,
  type SceneRecord,
} from '../../core/document/document.ts';
import { frameFacts, missingRuns, missingText, spread, worstFrame } from './frame-facts.ts';

const withRecords = (...records: DocumentRecord[]): ProjectDocument =>
  new Map([...newDocument('Sample'), ...records.map((record) => [record.id, record] as const)]);

const motion: DocumentRecord = {
  ...{ id: 'motion', type: 'motion', name: 'm', source: 'file', video: null, skeleton: 'openpose18' },
  ...{ width: 10, height: 10, fps: 10, frames: 3, loop: null },
};
const pose: DocumentRecord = {
  ...{ id: poseId(1), type: 'pose', frame: 1, depths: null, original: null, keys: ['head'], hidden: [] },
  keypoints: Array.from({ length: 54 }, (_, i) => (i % 3 === 2 ? (i < 27 ? 1 : 0) : 5)),
};
const scene: SceneRecord = {
  ...{ id: 'scene', type: 'scene', asset: 'a', gaussians: 1, frames: 5, fps: 10, iterations: 1, seconds: 1 },
  ...{ preset: 'draft', psnr: 30, ssim: 1, framePsnr: [30, 31, 20, 31, 30], curve: [], madeAt: '' },
};

describe('what the timeline shows', () => {
  it('a frame without a record is a frame without confidence', () => {
    const facts = frameFacts(withRecords(motion, pose));
    expect(facts?.confidences).toEqual([0, 0.5, 0]);
    expect(facts?.psnr).toBeNull();
    expect(facts?.groups).toEqual(['head', 'torso', 'rightArm', 'leftArm', 'rightLeg', 'leftLeg']);
  });

  it('the error of a scene with another number of frames lies at the same times', () => {
    const facts = frameFacts(withRecords(motion, scene));
    expect(facts?.psnr).toEqual([30, 20, 30]);
    expect(facts && worstFrame(facts)).toBe(1);
    expect(worstFrame({ psnr: null })).toBeUndefined();
  });

  it('part of the character is missing from more than 5 % on; where that was not measured it is not known', () => {
    const measured = { ...scene, frameUncovered: [0, 0.01, 0.2, 0.06, 0.05] };
    expect(frameFacts(withRecords(measured))?.missing).toEqual([false, false, true, true, false]);
    expect(frameFacts(withRecords(motion, measured))?.missing).toEqual([false, true, false]);
    expect(frameFacts(withRecords(scene))?.missing).toBeNull();
  });

  it('says which frames lack a part', () => {
    const runs = missingRuns([true, false, true, true, true, false]);
    expect(runs).toEqual([
      [0, 0],
      [2, 4],
    ]);
    expect(runs.map(missingText)).toEqual([
      'Part of the character is missing in frame 1',
      'Part of the character is missing in frames 3 to 5',
    ]);
  });

  it('without a motion the scene has the frames; without both there are none', () => {
    expect(frameFacts(withRecords(scene))?.frames).toBe(5);
    expect(frameFacts(withRecords())).toBeUndefined();
  });

  it('spreads one value over all frames and many over one', () => {
    expect(spread([4], 3)).toEqual([4, 4, 4]);
    expect(spread([4, 5, 6], 1)).toEqual([4]);
  });
});
