import { describe, expect, it } from 'vitest';
import { areaOf, COLOURS, drawn, drawnMan, MAN, poseAt } from '../../../test/helpers/drawn-figure.ts';
import { makeFigure } from './figure.ts';
import { flatJoints } from './flat-joints.ts';

const man = drawnMan();
const figure = await makeFigure(man, areaOf(man));

describe('makeFigure', () => {
  it('covers about the area asked for', async () => {
    for (const area of [1000, 4000, 9000]) {
      const { inside } = await makeFigure(man, area);
      const covered = inside.reduce((sum, value) => sum + value, 0);
      expect(covered / area).toBeGreaterThan(0.93);
      expect(covered / area).toBeLessThan(1.07);
    }
  });

  it('stands the character on the ground before the axis, 1.6 high', () => {
    const { toWorld, joints, height } = figure;
    expect(toWorld(joints.hips, 0)[0]).toBeCloseTo(0, 9);
    expect(toWorld([0, height - 3], 0)[2]).toBeCloseTo(0, 9);
    expect(toWorld([0, 3], 0)[2]).toBeCloseTo(1.6, 6);
    // Right is left in the picture and at -x; depth leads away from the viewer, who stands at -y.
    expect(toWorld(joints.right_wrist, 0)[0]).toBeLessThan(-0.5);
    expect(toWorld(joints.hips, 10)[1]).toBeCloseTo(10 * figure.pixel, 9);
  });

  it('makes a figure wider than high fit into the view', async () => {
    const wide = drawn(300, 60, [
      {
        line: [
          [10, 30],
          [290, 30],
        ],
        radius: 8,
        colour: COLOURS.shirt,
      },
    ]);
    const { pixel, width } = await makeFigure({ picture: wide, pose: man.pose }, 2000);
    expect((width - 6) * pixel).toBeCloseTo(2, 6);
  });

  it('keeps joints on the picture, whatever its size', async () => {
    const small = await makeFigure(man, 1500);
    const [x, y] = small.joints.right_wrist;
    const index = Math.floor(y) * small.width + Math.floor(x);
    expect(small.inside[index]).toBe(1);
    expect(small.rgb[index * 3]).toBeCloseTo(COLOURS.sleeve[0] / 255, 1);
    expect(small.toWorld(small.joints.neck, 0)[2]).toBeCloseTo(figure.toWorld(figure.joints.neck, 0)[2], 1);
  });

  it('scales tiny pictures up no more than four times', async () => {
    const dot = drawn(4, 4, [{ line: [[2, 2]], radius: 3, colour: COLOURS.shirt }]);
    const { width, height } = await makeFigure({ picture: dot, pose: man.pose }, 10_000);
    expect([width, height]).toEqual([22, 22]);
  });

  it('makes something of a picture without a character', async () => {
    const empty = await makeFigure({ picture: drawn(8, 8, []), pose: man.pose }, 100);
    expect(empty.inside).not.toContain(1);
    expect(Number.isFinite(empty.pixel)).toBe(true);
  });
});

describe('flatJoints', () => {
  const { picture } = man;

  it('ends hands, feet and head where the picture ends', () => {
    const { joints } = flatJoints(man.pose, picture);
    expect(joints.crown[1]).toBeGreaterThan(5);
    expect(joints.crown[1]).toBeLessThan(12);
    expect(joints.right_fingers[0]).toBeGreaterThan(4);
    expect(joints.right_fingers[0]).toBeLessThan(14);
    expect(joints.left_toes[1]).toBeGreaterThan(154);
    expect(joints.left_toes[1]).toBeLessThan(163);
    expect(joints.hips).toEqual([80, 95]);
    expect(joints.neck).toEqual([80, 52]);
  });

  it('takes fingers and toes that are known', () => {
    const pose = poseAt({ ...MAN, right_middle_4: [8, 70], left_big_toe: [101, 160] });
    const { joints } = flatJoints(pose, picture);
    expect(joints.right_fingers).toEqual([8, 70]);
    expect(joints.left_toes).toEqual([101, 160]);
  });

  it('does not take a hand that was found elsewhere', () => {
    const { joints } = flatJoints(poseAt({ ...MAN, right_middle_4: [120, 130] }), picture);
    expect(joints.right_fingers[0]).toBeLessThan(20);
  });

  it('ends fingers where the hip beside them begins', () => {
    const hanging = drawnMan({ places: { right_elbow: [50, 70], right_wrist: [62, 94] } });
    const { joints } = flatJoints(hanging.pose, hanging.picture);
    const straight: readonly [number, number] = [62 + 12 * 0.45, 94 + 24 * 0.45];
    // The arm's colour ends 35% beyond the wrist; beyond that are trousers.
    expect(joints.right_fingers[1]).toBeLessThanOrEqual(straight[1]);
    expect(joints.right_fingers[1]).toBeGreaterThan(96);
  });

  it('finds the face, and places one where nothing is known of it', () => {
    const { face } = flatJoints(man.pose, picture);
    expect(Math.hypot(face.centre[0] - 80, face.centre[1] - 25)).toBeLessThan(2);
    expect(face.radius[0]).toBeGreaterThan(8);
    expect(face.radius[0]).toBeLessThan(17);
    const faceless = poseAt(Object.fromEntries(Object.entries(MAN).filter(([name]) => !/nose|eye|ear/.test(name))));
    const guess = flatJoints(faceless, picture);
    expect(guess.joints.crown[1]).toBeLessThan(25);
    expect(Math.hypot(guess.face.centre[0] - 80, guess.face.centre[1] - 27)).toBeLessThan(12);
  });
});
