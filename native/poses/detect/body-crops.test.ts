import { describe, expect, it, test } from 'vitest';
import { bodyCrop, refine } from './blazepose.ts';
import { COCO, exchangeSides, sidesAs } from './coco-joints.ts';
import { FACE_68, faceCrop } from './face.ts';
import { searchCrops } from './find-people.ts';
import { geometricMedian } from './geometric-median.ts';
import { boxCrop, handCrop } from './hands.ts';
import { hasTorso, trackingCrop } from './movenet.ts';
import { standing } from '../../../test/helpers/standing.ts';

const PICTURE = { width: 400, height: 300 };

describe('where to look', () => {
  it('is around the hips, as far as a raised arm would reach', () => {
    // hips at (100, 100), shoulders 40 above, ankles 80 below
    expect(trackingCrop(standing(), PICTURE)).toEqual({ x: 100, y: 100, side: 2 * 1.2 * 80, angle: 0 });
    expect(trackingCrop(standing({ seen: [5, 6, 11, 12] }), PICTURE).side).toBeCloseTo(2 * 1.9 * 40);
  });

  it('is the whole picture when the trunk is not seen', () => {
    const joints = standing({ seen: [COCO.nose, COCO.leftAnkle] });
    expect(hasTorso(joints)).toBe(false);
    expect(trackingCrop(joints, PICTURE)).toEqual({ x: 200, y: 150, side: 400, angle: 0 });
  });

  it('is never much larger than the picture', () => {
    const joints = standing();
    joints.set([1e9, 1e9, 1], COCO.leftWrist * 3);
    expect(trackingCrop(joints, PICTURE).side).toBe(800);
  });

  it('is the picture, and squares along it when it is long', () => {
    expect(searchCrops({ width: 640, height: 480 })).toHaveLength(1);
    const crops = searchCrops({ width: 300, height: 100 });
    expect(crops.slice(1).map(({ x }) => x)).toEqual([50, 100, 150, 200, 250]);
    expect(searchCrops({ width: 50, height: 4000 }).length).toBeLessThan(70);
    expect(searchCrops({ width: 2, height: 4000 })).toHaveLength(1);
  });
});

describe("the body's square", () => {
  it('holds the farthest joint and stands upright', () => {
    const crop = bodyCrop(standing());
    expect(crop).toMatchObject({ x: 100, y: 100 });
    expect(crop?.side).toBeCloseTo(2 * 1.2 * Math.hypot(8, 80));
    expect(crop?.angle).toBeCloseTo(0);
  });

  it('turns with the trunk', () => {
    const joints = standing();
    for (const shoulder of [COCO.leftShoulder, COCO.rightShoulder]) joints.set([140, 100, 1], shoulder * 3);
    expect(bodyCrop(joints)?.angle).toBeCloseTo(Math.PI / 2);
  });

  it('is none without joints', () => {
    expect(bodyCrop(standing({ seen: [] }))).toBeUndefined();
  });
});

test('a heatmap moves a landmark to its centre of mass, where it is sure', () => {
  const heatmaps = new Float32Array(64 * 64 * 39);
  const at = (column: number, row: number): number => (row * 64 + column) * 39 + 2;
  heatmaps[at(10, 20)] = 0.4;
  expect(refine(heatmaps, 2, 10.5 / 64, 20.5 / 64)).toEqual([10.5 / 64, 20.5 / 64]);
  heatmaps[at(12, 20)] = 0.8;
  const [u, v] = refine(heatmaps, 2, 10.5 / 64, 20.5 / 64);
  expect(u * 64).toBeCloseTo((10 * 0.4 + 12 * 0.8) / 1.2);
  expect(v * 64).toBeCloseTo(20);
});

describe('left and right', () => {
  it('are exchanged in all pairs', () => {
    const joints = standing();
    const mirrored = exchangeSides(joints);
    expect(mirrored.slice(COCO.leftWrist * 3, COCO.leftWrist * 3 + 3)).toEqual(
      joints.slice(COCO.rightWrist * 3, COCO.rightWrist * 3 + 3),
    );
    expect(mirrored.slice(0, 3)).toEqual(joints.slice(0, 3));
    expect(exchangeSides(mirrored)).toEqual(joints);
  });

  it('are named as the reference names them', () => {
    const joints = standing();
    expect(sidesAs(joints, exchangeSides(joints))).toEqual(joints);
    expect(sidesAs(joints, joints)).toEqual(joints);
  });
});

test('the median point stays with the majority', () => {
  const [x, y] = geometricMedian([
    [10, 10],
    [11, 10],
    [200, -50],
  ]);
  expect(x).toBeCloseTo(11, 0);
  expect(y).toBeCloseTo(10, 0);
});

describe('hand and face', () => {
  it('are looked for where the body says', () => {
    const hand = handCrop({ side: 'left', wrist: [50, 50], index: [80, 50], pinky: [80, 50] });
    expect(hand.angle).toBeCloseTo(Math.PI / 2);
    expect(hand.side).toBeCloseTo(2.7 * 2 * 30);
    expect([hand.x, hand.y]).toEqual([expect.closeTo(80 + 0.1 * hand.side), expect.closeTo(50)]);
    const face = faceCrop({ leftEye: [60, 40], rightEye: [40, 40], leftMouth: [58, 60], rightMouth: [42, 60] });
    expect(face).toEqual({ x: 50, y: 50, side: 84, angle: 0 });
  });

  it('are boxed in their own direction', () => {
    const crop = boxCrop(
      [
        [0, 0],
        [10, 10],
      ],
      Math.PI / 4,
      2,
    );
    expect(crop.side).toBeCloseTo(2 * Math.hypot(10, 10));
    expect([crop.x, crop.y]).toEqual([expect.closeTo(5), expect.closeTo(5)]);
  });

  it('have 68 different face points', () => {
    expect(new Set(FACE_68).size).toBe(68);
    expect(Math.max(...FACE_68)).toBeLessThan(468);
  });
});
