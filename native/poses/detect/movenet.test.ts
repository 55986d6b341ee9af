import { expect, test } from 'vitest';
import type { Network } from '../../onnx/session.ts';
import { COCO, jointAt, scoreOf } from './coco-joints.ts';
import { runMoveNet } from './movenet.ts';

const SIZE = 256;

/** A network that sees the left joints at the first white pixel, the others in the crop's middle, and is the surer the later they come. */
const seesWhite: Network = {
  inputDims: [1, SIZE, SIZE, 3],
  run: ({ data }) => {
    const at = Math.floor(data.indexOf(255) / 3);
    const [u, v] = [((at % SIZE) + 0.5) / SIZE, (Math.floor(at / SIZE) + 0.5) / SIZE];
    const rows = Array.from({ length: COCO.count }, (_, k) => (k % 2 === 1 ? [v, u, k / 20] : [0.5, 0.5, k / 20]));
    return Promise.resolve(new Map([['Identity:0', Float32Array.from(rows.flat())]]));
  },
  dispose: () => Promise.resolve(),
};

test('what is seen in a mirror is where it is in the picture, and on the other side of the body', async () => {
  const rgb = new Uint8Array(SIZE * SIZE * 3);
  rgb.fill(255, (30 * SIZE + 200) * 3, (30 * SIZE + 201) * 3);
  const picture = { width: SIZE, height: SIZE, rgb };
  const crop = { x: 128, y: 128, side: SIZE, angle: 0 };
  const plain = await runMoveNet(seesWhite, picture, crop);
  const mirrored = await runMoveNet(seesWhite, picture, crop, { mirrored: true });
  expect(jointAt(plain, COCO.leftWrist)).toEqual([200.5, 30.5]);
  expect(jointAt(mirrored, COCO.rightWrist)).toEqual([200.5, 30.5]);
  expect(jointAt(mirrored, COCO.leftWrist)).toEqual([128, 128]);
  expect(scoreOf(mirrored, COCO.rightWrist)).toBeCloseTo(COCO.leftWrist / 20);
});
