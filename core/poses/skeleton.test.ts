import { describe, expect, it } from 'vitest';
import { BODY, COCO_WHOLEBODY133, FACE_POINTS, HAND_LIMBS, OPENPOSE18, WHOLEBODY } from './skeleton.ts';

describe.each([OPENPOSE18, COCO_WHOLEBODY133])('$id', ({ id, names, limbs, mirrored }) => {
  it('has as many names as its own says, all different', () => {
    expect(names).toHaveLength(Number(/\d+$/.exec(id)?.[0]));
    expect(new Set(names).size).toBe(names.length);
  });

  it('joins known keypoints, and pairs each with one other at most', () => {
    for (const index of [...limbs, ...mirrored].flat()) expect(names[index]).toBeDefined();
    const paired = mirrored.flat();
    expect(new Set(paired).size).toBe(paired.length);
  });

  it('exchanges left and right', () => {
    for (const [right, left] of mirrored) {
      const [a = '', b = ''] = [names[right], names[left]];
      if (!a.startsWith('face_')) expect(b).toBe(a.replace('right', 'left'));
    }
  });
});

describe('the parts of coco-wholebody133', () => {
  it('follow one another', () => {
    expect(COCO_WHOLEBODY133.names[WHOLEBODY.feet]).toBe('left_big_toe');
    expect(COCO_WHOLEBODY133.names[WHOLEBODY.face]).toBe('face_0');
    expect(COCO_WHOLEBODY133.names[WHOLEBODY.leftHand]).toBe('left_hand_wrist');
    expect(COCO_WHOLEBODY133.names[WHOLEBODY.rightHand]).toBe('right_hand_wrist');
    expect(WHOLEBODY.face + FACE_POINTS).toBe(WHOLEBODY.leftHand);
  });

  it('have hands of five fingers that start at the wrist', () => {
    expect(HAND_LIMBS).toHaveLength(20);
    expect(HAND_LIMBS.filter(([from]) => from === 0).map(([, to]) => to)).toEqual([1, 5, 9, 13, 17]);
  });
});

it('BODY names the indices of openpose18', () => {
  expect([BODY.nose, BODY.neck, BODY.left_ankle, BODY.left_ear]).toEqual([0, 1, 13, 17]);
});
