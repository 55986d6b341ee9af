import { describe, expect, it } from 'vitest';
import { poseId, type PoseRecord } from '../document/document.ts';
import { BODY } from '../poses/skeleton.ts';
import { copyPose, pastePose } from './copied-pose.ts';
import { addKeys, editPose, emptyPose, hideJoints, removeKeys, resetPose } from './edit-record.ts';
import { groupOf, groupsOf, jointLabel, jointsOf } from './joint-groups.ts';
import { changedJoints, pointCount } from './points.ts';
import { restoreJoints, standingFigure } from './standing-figure.ts';

const frame = { width: 480, height: 480 };
const points = standingFigure('openpose18', frame);
const record: PoseRecord = {
  ...emptyPose(poseId(3), 3, 'openpose18'),
  keypoints: points,
  depths: new Array<number>(18).fill(1),
};
const moved = (joint: number, by = 5) => points.map((value, i) => (i === joint * 3 ? value + by : value));

describe('editing a record', () => {
  it('keeps what was detected, sets a key of the group alone, and forgets the depth of what moved', () => {
    const edited = editPose(record, 'openpose18', moved(BODY.left_wrist));
    expect(edited.original).toBe(points);
    expect(edited.keys).toEqual(['leftArm']);
    expect(edited.depths?.[BODY.left_wrist]).toBeNull();
    expect(edited.depths?.filter((depth) => depth === null)).toHaveLength(1);
    const again = editPose(edited, 'openpose18', moved(BODY.left_wrist, 9));
    expect(again.original).toBe(points);
  });

  it('an edit that changes nothing is none; one of all joints leaves no depths', () => {
    expect(editPose(record, 'openpose18', [...points])).toBe(record);
    const all = points.map((value, i) => (i % 3 === 0 ? value + 1 : value));
    expect(editPose(record, 'openpose18', all).depths).toBeNull();
  });

  it('reset brings back the joints that are asked for, and the keys go with the last difference', () => {
    const edited = editPose(
      editPose(record, 'openpose18', moved(BODY.left_wrist)),
      'openpose18',
      moved(BODY.left_wrist).map((value, i) => (i === BODY.nose * 3 + 1 ? value + 2 : value)),
    );
    expect(edited.keys).toEqual(['leftArm', 'head']);
    const arm = resetPose(edited, 'openpose18', [BODY.left_wrist]);
    expect(arm.keys).toEqual(['head']);
    expect(changedJoints(arm.keypoints, points)).toEqual([BODY.nose]);
    const all = resetPose(arm, 'openpose18', [BODY.nose]);
    expect(all.original).toBeNull();
    expect(all.keypoints).toEqual(points);
    expect(resetPose(all, 'openpose18', [0])).toBe(all);
  });

  it('keys and hidden joints are sets, and nothing new is made where nothing changes', () => {
    const keyed = addKeys(record, ['head', 'face']);
    expect(addKeys(keyed, ['head'])).toBe(keyed);
    expect(removeKeys(keyed, ['head']).keys).toEqual(['face']);
    const hidden = hideJoints(record, [4, 2, 4], true);
    expect(hidden.hidden).toEqual([2, 4]);
    expect(hideJoints(hidden, [2], true)).toBe(hidden);
    expect(hideJoints(hidden, [2, 4], false).hidden).toEqual([]);
  });
});

describe('groups', () => {
  it('every joint is in one group', () => {
    for (const skeleton of ['openpose18', 'coco-wholebody133'] as const) {
      const all = groupsOf(skeleton).flatMap((group) => jointsOf(skeleton, group));
      expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: pointCount(skeleton) }, (_, k) => k));
    }
    expect(jointsOf('coco-wholebody133', 'leftHand')).toHaveLength(21);
    expect(jointsOf('coco-wholebody133', 'face')).toHaveLength(68);
    expect(groupOf('coco-wholebody133', 17)).toBe('leftLeg');
  });

  it('joints are called by words', () => {
    expect(jointLabel('openpose18', BODY.right_wrist)).toBe('Right wrist');
    expect(jointLabel('coco-wholebody133', 96)).toBe('Left index finger 1');
    expect(jointLabel('coco-wholebody133', 23)).toBe('Face 0');
  });
});

describe('copy and paste', () => {
  it('pastes the copied joints and leaves the others', () => {
    const copied = copyPose('openpose18', moved(BODY.nose, 50), [BODY.nose]);
    expect(changedJoints(points, pastePose(points, 'openpose18', copied))).toEqual([BODY.nose]);
  });

  it('a whole pose brings along what it does not know', () => {
    const without = points.map((value, i) => (i < 3 ? 0 : value));
    expect(pastePose(points, 'openpose18', copyPose('openpose18', without, []))).toEqual(without);
  });

  it('into another skeleton come the joints that both have', () => {
    const whole = standingFigure('coco-wholebody133', frame);
    const pasted = pastePose(whole, 'coco-wholebody133', copyPose('openpose18', moved(BODY.left_ankle), []));
    expect(changedJoints(whole, pasted)).toEqual([15]);
  });
});

describe('restoring', () => {
  const without = points.map((value, i) => (Math.floor(i / 3) === BODY.right_knee ? 0 : value));

  it('takes a joint from where it was seen', () => {
    const seen = moved(BODY.right_knee, 11);
    expect(restoreJoints(without, 'openpose18', [BODY.right_knee], [without, seen], frame)).toEqual(seen);
  });

  it('else from a standing figure laid over the rest', () => {
    const far = without.map((value, i) => (i % 3 < 2 && value !== 0 ? value * 0.5 + 100 : value));
    const back = restoreJoints(far, 'openpose18', [BODY.right_knee], [], frame);
    const [x = 0, y = 0] = points.slice(BODY.right_knee * 3);
    expect(back[BODY.right_knee * 3]).toBeCloseTo(x * 0.5 + 100, 0);
    expect(back[BODY.right_knee * 3 + 1]).toBeCloseTo(y * 0.5 + 100, 0);
  });

  it('the figure stands within its frame, in either skeleton and any shape of frame', () => {
    for (const size of [frame, { width: 100, height: 900 }, { width: 1920, height: 1080 }]) {
      for (const skeleton of ['openpose18', 'coco-wholebody133'] as const) {
        standingFigure(skeleton, size).forEach((value, i) => {
          if (i % 3 === 2) expect(value).toBe(1);
          else expect(value >= 0 && value <= (i % 3 === 0 ? size.width : size.height)).toBe(true);
        });
      }
    }
  });
});
