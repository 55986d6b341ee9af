import { describe, expect, it } from 'vitest';
import { BODY, SKELETONS } from '../poses/skeleton.ts';
import { bodyTree } from './body-tree.ts';
import { dragJoint, moveJoints, turnJoints } from './drag-joint.ts';
import { changedJoints, distance, placeAt, type Points } from './points.ts';
import { standingFigure } from './standing-figure.ts';

const frame = { width: 480, height: 480 };
const body = standingFigure('openpose18', frame);
const whole = standingFigure('coco-wholebody133', frame);
const index = (name: string): number => SKELETONS['coco-wholebody133'].names.indexOf(name);

const at = (points: Points, joint: number) => {
  const place = placeAt(points, joint);
  if (!place) throw new Error(`Joint ${joint} is unknown.`);
  return place;
};
const length = (points: Points, from: number, to: number): number => distance(at(points, from), at(points, to));

describe('dragging with bone lengths kept', () => {
  const { right_shoulder: shoulder, right_elbow: elbow, right_wrist: wrist } = BODY;

  it('a wrist within reach goes where it is pulled, and both bones keep their lengths', () => {
    const to = { x: at(body, shoulder).x - 70, y: at(body, shoulder).y + 30 };
    const dragged = dragJoint(body, 'openpose18', wrist, to);
    expect(distance(at(dragged, wrist), to)).toBeLessThan(0.05);
    expect(length(dragged, shoulder, elbow)).toBeCloseTo(length(body, shoulder, elbow), 1);
    expect(length(dragged, elbow, wrist)).toBeCloseTo(length(body, elbow, wrist), 1);
    expect(changedJoints(body, dragged)).toEqual([elbow, wrist]);
  });

  it('a wrist pulled too far stretches the arm towards the pointer and no further', () => {
    const root = at(body, shoulder);
    const dragged = dragJoint(body, 'openpose18', wrist, { x: root.x - 1000, y: root.y });
    const reach = length(body, shoulder, elbow) + length(body, elbow, wrist);
    expect(length(dragged, shoulder, wrist)).toBeCloseTo(reach, 1);
    expect(at(dragged, wrist).y).toBeCloseTo(root.y, 1);
  });

  it('an elbow bends to the side that it was bent to, however the wrist goes', () => {
    const side = (points: Points): number => {
      const [a, b, c] = [at(points, shoulder), at(points, elbow), at(points, wrist)];
      return Math.sign((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x));
    };
    const bent = dragJoint(body, 'openpose18', wrist, { x: at(body, shoulder).x - 60, y: at(body, shoulder).y });
    const start = side(bent);
    expect(start).not.toBe(0);
    for (let angle = 0; angle < 6; angle += 0.5) {
      const { x, y } = at(body, shoulder);
      const to = { x: x + 60 * Math.cos(angle), y: y + 60 * Math.sin(angle) };
      expect(side(dragJoint(bent, 'openpose18', wrist, to))).toBe(start);
    }
  });

  it('a hand follows its wrist as one rigid piece', () => {
    const joint = index('right_wrist');
    const hand = [joint, ...(bodyTree('coco-wholebody133').followers[joint] ?? [])];
    expect(hand).toHaveLength(22);
    const dragged = dragJoint(whole, 'coco-wholebody133', joint, { x: 150, y: 120 });
    for (const a of hand) {
      for (const b of hand) expect(length(dragged, a, b)).toBeCloseTo(length(whole, a, b), 1);
    }
  });

  it('an elbow turns about the shoulder and takes the forearm along', () => {
    const dragged = dragJoint(body, 'openpose18', elbow, { x: 0, y: at(body, shoulder).y });
    expect(at(dragged, elbow).y).toBeCloseTo(at(body, shoulder).y, 1);
    expect(length(dragged, shoulder, elbow)).toBeCloseTo(length(body, shoulder, elbow), 1);
    expect(length(dragged, elbow, wrist)).toBeCloseTo(length(body, elbow, wrist), 1);
  });

  it('the neck takes the whole body along', () => {
    const { x, y } = at(body, BODY.neck);
    const dragged = dragJoint(body, 'openpose18', BODY.neck, { x: x + 7, y: y - 3 });
    for (let joint = 0; joint < 18; joint++) {
      expect(at(dragged, joint).x - at(body, joint).x).toBeCloseTo(7, 1);
      expect(at(dragged, joint).y - at(body, joint).y).toBeCloseTo(-3, 1);
    }
  });

  it('the root of a hand stands for the wrist that it lies on', () => {
    const to = { x: 130, y: 200 };
    expect(dragJoint(whole, 'coco-wholebody133', index('left_hand_wrist'), to)).toEqual(
      dragJoint(whole, 'coco-wholebody133', index('left_wrist'), to),
    );
  });

  it('without the other end of the bone a joint goes where it is pulled; an unknown one nowhere', () => {
    const alone = body.map((value, i) => (Math.floor(i / 3) === elbow ? 0 : value));
    const dragged = dragJoint(alone, 'openpose18', wrist, { x: 5, y: 6 });
    expect(at(dragged, wrist)).toEqual({ x: 5, y: 6 });
    expect(dragJoint(alone, 'openpose18', elbow, { x: 5, y: 6 })).toEqual(alone);
  });

  it.each([
    ['no number', { x: NaN, y: NaN }],
    ['far away', { x: 1e30, y: -1e30 }],
  ])('a place that is %s leaves numbers that a project takes', (_, to) => {
    for (let joint = 0; joint < 133; joint++) {
      const dragged = dragJoint(whole, 'coco-wholebody133', joint, to);
      expect(dragged.every((value) => Number.isFinite(value) && Math.abs(value) <= 1e5)).toBe(true);
    }
  });

  it('no joint changes the length of any bone, in either skeleton', () => {
    for (const [skeleton, points] of [
      ['openpose18', body],
      ['coco-wholebody133', whole],
    ] as const) {
      const { pivots, loose } = bodyTree(skeleton);
      for (let joint = 0; joint < points.length / 3; joint++) {
        const dragged = dragJoint(points, skeleton, joint, { x: 200, y: 333 });
        pivots.forEach((on, end) => {
          const [from] = on;
          if (on.length !== 1 || from === undefined || loose.has(end)) return;
          expect(Math.abs(length(dragged, from, end) - length(points, from, end))).toBeLessThan(0.05);
        });
      }
    }
  });
});

describe('moving and turning', () => {
  it('moves what is known of the joints and nothing else', () => {
    const moved = moveJoints(body, [BODY.nose], 2, 3);
    expect(changedJoints(body, moved)).toEqual([BODY.nose]);
  });

  it('turns a quarter clockwise and doubles', () => {
    const points = [10, 0, 1, 0, 0, 0];
    expect(turnJoints(points, [0, 1], { x: 0, y: 0 }, Math.PI / 2, 2)).toEqual([0, 20, 1, 0, 0, 0]);
  });
});
