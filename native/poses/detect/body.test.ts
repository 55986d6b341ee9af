import { expect, test } from 'vitest';
import type { Network } from '../../onnx/session.ts';
import { standing } from '../../../test/helpers/standing.ts';
import { BLAZEPOSE_COCO, bodyCrop } from './blazepose.ts';
import { estimateBody } from './body.ts';
import { COCO, jointAt, type CocoJoints } from './coco-joints.ts';
import { pictureToCrop, type Crop } from './crop.ts';
import { trackingCrop } from './movenet.ts';

const SIZE = 256;
const PICTURE = { width: 200, height: 200, rgb: new Uint8Array(200 * 200 * 3) };
const TRUNK = 40;

const network = (run: () => Map<string, Float32Array>): Network => ({
  inputDims: [1, SIZE, SIZE, 3],
  run: () => Promise.resolve(run()),
  dispose: () => Promise.resolve(),
});

/** BlazePose that sees these joints in the crop it is given. */
function blazepose(joints: CocoJoints, crop: Crop): Network {
  const rows = new Float32Array(39 * 5).fill(128);
  BLAZEPOSE_COCO.forEach((landmark, k) => {
    const [u, v] = pictureToCrop(crop, ...jointAt(joints, k));
    rows.set([u * SIZE, v * SIZE, 0, 5], landmark * 5);
  });
  return network(
    () =>
      new Map([
        ['ld_3d', rows],
        ['activation_heatmap', new Float32Array(64 * 64 * 39)],
        ['output_poseflag', Float32Array.of(1)],
        ['activation_segmentation', new Float32Array(SIZE * SIZE)],
      ]),
  );
}

/** What comes of a person whom BlazePose sees `away` lengths of the trunk to the right of MoveNet, and how often MoveNet looks again. */
async function estimate(away: number) {
  const seen = standing();
  const body = bodyCrop(seen) ?? { x: 0, y: 0, side: 1, angle: 0 };
  let looks = 0;
  const look = trackingCrop(seen, PICTURE);
  const movenet = network(() => {
    looks++;
    // As it stood in the narrow crop: in the wide one it seems larger, in the mirror turned around.
    const rows = Array.from({ length: COCO.count }, (_, k) => {
      const [u, v] = pictureToCrop(look, ...jointAt(seen, k));
      return [v, u, 0.9];
    });
    return new Map([['Identity:0', Float32Array.from(rows.flat())]]);
  });
  const joints = standing({ x: 100 + away * TRUNK });
  const networks = { movenet, blazepose: blazepose(joints, { ...body, side: body.side * 1.2 }) };
  const found = await estimateBody(networks, PICTURE, seen);
  return { ...found, looks };
}

test('where the networks agree, the joints are those of BlazePose', async () => {
  const { joints, looks, agreement } = await estimate(0.02);
  expect(looks).toBe(0);
  expect(jointAt(joints, COCO.leftWrist)[0]).toBeCloseTo(125.8, 1);
  expect(agreement).toBeGreaterThan(0.98);
});

test('the more they differ, the more often is looked', async () => {
  const [some, much, apart] = await Promise.all([estimate(0.06), estimate(0.2), estimate(0.7)]);
  expect([some.looks, much.looks, apart.looks]).toEqual([1, 3, 3]);
  expect(much.agreement).toBeCloseTo(0.5, 1);
  expect(much.blazepose).toBeDefined();
  expect(apart.blazepose).toBeUndefined();
});
