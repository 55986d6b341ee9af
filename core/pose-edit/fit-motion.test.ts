import { describe, expect, it } from 'vitest';
import {
  type CharacterRecord,
  type MotionRecord,
  newDocument,
  poseAt,
  poseId,
  type PoseRecord,
  poseRecords,
  type ProjectDocument,
  recordOf,
} from '../document/document.ts';
import { editPose } from './edit-record.ts';
import { canFit, canUnfit, fitMotion, fittedIfWanted, unfitMotion, withFittedMotion } from './fit-motion.ts';
import { standingFigure } from './standing-figure.ts';

const PICTURE = { width: 300, height: 400 };
const character: CharacterRecord = {
  ...{ id: 'character', type: 'character', picture: 'a', pictureName: 'a.png', ...PICTURE },
  ...{ mask: null, restPose: standingFigure('openpose18', PICTURE), views: null },
};
const FRAME = { width: 1920, height: 1080 };
const motion: MotionRecord = {
  ...{ id: 'motion', type: 'motion', name: 'walk', source: 'built-in', video: null, skeleton: 'openpose18' },
  ...{ ...FRAME, fps: 12, frames: 3, loop: null },
};
const own = standingFigure('openpose18', FRAME);
const poses = [0, 1, 2].map((frame): PoseRecord => ({
  ...{ id: poseId(frame), type: 'pose', frame, depths: null, original: null, keys: [], hidden: [] },
  keypoints: own,
}));

const withCharacter: ProjectDocument = new Map([...newDocument('Mira'), ['character', character] as const]);
const fitted = withFittedMotion(withCharacter, motion, poses);

/** The document with the nose of a frame moved by the artist. */
function edited(document: ProjectDocument, frame: number): ProjectDocument {
  const pose = poseAt(document, frame);
  if (!pose) throw new Error('no pose');
  const points = [...pose.keypoints];
  points[0] = (points[0] ?? 0) + 7;
  return new Map(document).set(pose.id, editPose(pose, 'openpose18', points));
}

describe('a motion that is chosen', () => {
  it('lies over the character, and remembers how it came', () => {
    expect(recordOf(fitted, 'motion')).toEqual({ ...motion, ...PICTURE, ownFrame: FRAME });
    expect(poseAt(fitted, 1)?.unfitted).toEqual({ keypoints: own, depths: null });
    for (const { keypoints } of poseRecords(fitted)) {
      keypoints.forEach((value, k) => {
        expect(value).toBeCloseTo(character.restPose?.[k] ?? NaN, 0);
      });
    }
    expect(canUnfit(fitted)).toBe(true);
  });

  it('stays in its frame where the character has no rest pose yet, and is fitted once it has', () => {
    const early = withFittedMotion(
      new Map(withCharacter).set('character', { ...character, restPose: null }),
      motion,
      poses,
    );
    expect(recordOf(early, 'motion')).toEqual(motion);
    expect(canFit(early)).toBe(false);
    const late = fittedIfWanted(new Map(early).set('character', character));
    expect(poseRecords(late)).toEqual(poseRecords(fitted));
  });

  it('is left alone where the one before was to stay in its own frame, and where it cannot be fitted', () => {
    const unwanted = unfitMotion(fitted);
    const next = withFittedMotion(unwanted, { ...motion, name: 'run' }, poses);
    expect(recordOf(next, 'motion')).toEqual({ ...motion, name: 'run', ownFrame: null });
    expect(poseAt(next, 0)?.keypoints).toEqual(own);
    const nobody = poses.map((pose) => ({ ...pose, keypoints: own.map(() => 0) }));
    expect(recordOf(withFittedMotion(withCharacter, motion, nobody), 'motion')).toEqual(motion);
  });
});

describe('the fit of a motion', () => {
  it('is taken back to what the motion was, and made again', () => {
    const back = unfitMotion(fitted);
    expect(recordOf(back, 'motion')).toEqual({ ...motion, ownFrame: null });
    expect(poseRecords(back)).toEqual(poses);
    expect(fittedIfWanted(back)).toBe(back);
    expect(poseRecords(fitMotion(back))).toEqual(poseRecords(fitted));
  });

  it('is made from the motion as it came, not from an earlier fit, when the character changes', () => {
    const wide = { ...character, restPose: (character.restPose ?? []).map((v, k) => (k % 3 === 0 ? 2 * v : v)) };
    const again = fittedIfWanted(new Map(fitted).set('character', wide));
    const fresh = withFittedMotion(new Map(withCharacter).set('character', wide), motion, poses);
    expect(poseRecords(again)).toEqual(poseRecords(fresh));
  });

  it('never touches by itself what the artist edited; asked for, it keeps the edits', () => {
    const mine = edited(fitted, 1);
    const small = { ...character, restPose: (character.restPose ?? []).map((v, k) => (k % 3 === 2 ? v : v / 2)) };
    const moved = new Map(mine).set('character', small);
    expect(fittedIfWanted(moved)).toBe(moved);
    const again = fitMotion(moved);
    const [nose, still] = [poseAt(again, 1)?.keypoints[0] ?? NaN, poseAt(again, 0)?.keypoints[0] ?? NaN];
    expect(nose - still).toBeCloseTo(3.5, 0);
    expect(poseAt(again, 1)).toMatchObject({ keys: ['head'], unfitted: { keypoints: own, depths: null } });
    expect(poseAt(again, 1)?.original?.[0]).toBeCloseTo(still, 1);
  });

  it('is for good where the motion has other frames since', () => {
    const [pose] = poseRecords(fitted);
    if (!pose) throw new Error('no pose');
    const { unfitted, ...retimed } = pose;
    expect(unfitted).toBeDefined();
    const document = new Map(fitted).set(pose.id, retimed);
    expect(canUnfit(document)).toBe(false);
    expect(unfitMotion(document)).toBe(document);
    expect(recordOf(fitMotion(document), 'motion')?.ownFrame).toEqual(FRAME);
  });

  it('of nothing is nothing', () => {
    const empty = newDocument('A');
    expect([fitMotion(empty), unfitMotion(empty), fittedIfWanted(empty)]).toEqual([empty, empty, empty]);
  });
});
