import { describe, expect, it } from 'vitest';
import { BODY, SKELETONS } from '../poses/skeleton.ts';
import { dragJoint, moveJoints, turnJoints } from './drag-joint.ts';
import { middleOf, placeAt } from './points.ts';
import { standingFigure } from './standing-figure.ts';
import { bodyAxis, copySide, mirrorPoints, reflect, symmetricEdit } from './symmetry.ts';

const frame = { width: 400, height: 480 };
const body = standingFigure('openpose18', frame);
const leaning = turnJoints(
  body,
  Array.from({ length: 18 }, (_, k) => k),
  { x: 200, y: 240 },
  0.4,
);

describe('the axis of a body', () => {
  it('leans with the body', () => {
    const axis = bodyAxis(leaning, 'openpose18');
    expect(axis?.along.x).toBeCloseTo(-Math.sin(0.4), 3);
    expect(axis?.along.y).toBeCloseTo(Math.cos(0.4), 3);
  });

  it('is upright through the nose where only that is known, and nowhere where nothing is', () => {
    const nose = body.map((value, i) => (i < 3 ? value : 0));
    expect(bodyAxis(nose, 'openpose18')).toEqual({ through: placeAt(body, 0), along: { x: 0, y: 1 } });
    expect(bodyAxis(new Array<number>(54).fill(0), 'openpose18')).toBeUndefined();
  });
});

describe('symmetric edit', () => {
  it('lays the other wrist and elbow opposite, on a body that leans', () => {
    const dragged = dragJoint(leaning, 'openpose18', BODY.right_wrist, { x: 120, y: 90 });
    const both = symmetricEdit(leaning, dragged, 'openpose18');
    const axis = bodyAxis(leaning, 'openpose18');
    if (!axis) throw new Error('no axis');
    for (const part of ['elbow', 'wrist'] as const) {
      const [right, left] = [placeAt(both, BODY[`right_${part}`]), placeAt(both, BODY[`left_${part}`])];
      const opposite = right && reflect(right, axis);
      expect(left?.x).toBeCloseTo(opposite?.x ?? NaN, 1);
      expect(left?.y).toBeCloseTo(opposite?.y ?? NaN, 1);
    }
    expect(placeAt(both, BODY.left_knee)).toEqual(placeAt(leaning, BODY.left_knee));
  });

  it('leaves a deleted partner deleted, and both alone where both were moved', () => {
    const gone = body.map((value, i) => (Math.floor(i / 3) === BODY.left_wrist ? 0 : value));
    const edited = moveJoints(gone, [BODY.right_wrist], 5, 5);
    expect(symmetricEdit(gone, edited, 'openpose18')).toEqual(edited);
    const two = moveJoints(body, [BODY.right_wrist, BODY.left_wrist], 5, 5);
    expect(symmetricEdit(body, two, 'openpose18')).toEqual(two);
  });
});

describe('mirrors', () => {
  it.each(['openpose18', 'coco-wholebody133'] as const)('twice is as before (%s)', (skeleton) => {
    const pose = dragJoint(standingFigure(skeleton, frame), skeleton, 6, { x: 60, y: 100 });
    const twice = mirrorPoints(mirrorPoints(pose, skeleton), skeleton);
    pose.forEach((value, i) => {
      expect(Math.abs((twice[i] ?? NaN) - value)).toBeLessThan(0.05);
    });
  });

  it('the body stays where it is', () => {
    const hips = [BODY.right_hip, BODY.left_hip];
    const [before, after] = [middleOf(leaning, hips), middleOf(mirrorPoints(leaning, 'openpose18'), hips)];
    expect(after?.x).toBeCloseTo(before?.x ?? NaN, 1);
    expect(after?.y).toBeCloseTo(before?.y ?? NaN, 1);
  });

  it('one side laid over the other takes confidences along', () => {
    const pose = [...moveJoints(body, [BODY.right_wrist], -20, -40)];
    pose[BODY.right_wrist * 3 + 2] = 0.5;
    const copied = copySide(pose, 'openpose18', 'right');
    expect(copied[BODY.left_wrist * 3 + 2]).toBe(0.5);
    expect(copied[BODY.left_wrist * 3]).toBeCloseTo(400 - (pose[BODY.right_wrist * 3] ?? 0), 1);
    expect(copySide(copied, 'openpose18', 'left')).toEqual(copied);
  });

  it('every name of a side has its partner', () => {
    for (const { names, mirrored } of Object.values(SKELETONS)) {
      const paired = new Set(mirrored.flat());
      names.forEach((name, joint) => {
        if (/^(left|right)_/.test(name)) expect(paired.has(joint)).toBe(true);
      });
    }
  });
});
