// DWPose with networks of the same signature that answer in a known way: what goes in and what is made of the answers.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RgbPicture } from '../../native/media/picture-tasks.ts';
import { GraphBuilder } from '../../native/onnx/graph-builder.ts';
import { floatTensor } from '../../native/onnx/tensor.ts';
import { createDetector } from '../../native/poses/detect/detector.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const SIDE = 64;
const CELLS = 64 + 16 + 4;
const ROW = 85;
const [WIDTH, HEIGHT, KEYPOINTS] = [36, 48, 133];

/** Finds the same boxes in every picture: (cell of the 8x8 grid, centre and size of a box in its terms, score). */
function yolox(boxes: readonly { cell: number; width: number; height: number; score: number }[]): Uint8Array {
  const rows = new Float32Array(CELLS * ROW);
  for (const { cell, width, height, score } of boxes) {
    rows.set([0, 0, Math.log(width / 8), Math.log(height / 8), 1, score], cell * ROW);
  }
  const graph = new GraphBuilder('yolox');
  const images = graph.input('images', 'float32', [1, 3, SIDE, SIDE]);
  const nothing = graph.op('Mul', [graph.op('ReduceMean', [images], { keepdims: 0 }), graph.float(0)]);
  const answer = graph.weights('rows', floatTensor(rows, [1, CELLS, ROW]));
  graph.output('output', graph.op('Add', [answer, nothing]), 'float32', [1, CELLS, ROW]);
  return graph.encode();
}

/** Puts every keypoint on the brightest column and row of its input; the brightness there is the score. */
function brightestSpot(): Uint8Array {
  const graph = new GraphBuilder('pose');
  const input = graph.input('input', 'float32', [1, 3, HEIGHT, WIDTH]);
  for (const [name, axes, size] of [
    ['simcc_x', [1, 2], WIDTH],
    ['simcc_y', [1, 3], HEIGHT],
  ] as const) {
    const line = graph.op('ReduceMax', [input, graph.ints(axes)], { keepdims: 0 });
    const pixels = graph.op('Unsqueeze', [line, graph.ints([2])]);
    // Two bins a pixel, the first one higher.
    const bins = graph.op('Concat', [pixels, graph.op('Sub', [pixels, graph.float(1)])], { axis: 2 });
    const flat = graph.op('Reshape', [bins, graph.ints([1, 1, 2 * size])]);
    const all = graph.op('Expand', [flat, graph.ints([1, KEYPOINTS, 2 * size])]);
    graph.output(name, all, 'float32', [1, KEYPOINTS, 2 * size]);
  }
  return graph.encode();
}

async function folderWith(detector: Uint8Array, pose = brightestSpot()): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'yolox_l.onnx'), detector);
  await writeFile(join(folder, 'dw-ll_ucoco_384.onnx'), pose);
  return folder;
}

/** Dark, with one bright square of `size` pixels. */
function spotAt(x: number, y: number, size = 2): RgbPicture {
  const [width, height] = [256, 128];
  const rgb = new Uint8Array(width * height * 3);
  for (let row = y; row < y + size; row++) rgb.fill(255, (row * width + x) * 3, (row * width + x + size) * 3);
  return { width, height, rgb };
}

test('the best box is found, cut out, and its keypoints come back in pixels of the picture', async () => {
  // The picture is shown at a quarter of its size. Column 4, row 2 of 8 pixels: (32, 16), in the picture (128, 64).
  const boxes = [
    { cell: 8 * 2 + 4, width: 12, height: 16, score: 0.9 },
    { cell: 8 * 2 + 5, width: 12, height: 16, score: 0.35 }, // overlaps the first
    { cell: 8 * 3 + 1, width: 8, height: 8, score: 0.8 },
    { cell: 8 * 6 + 6, width: 16, height: 16, score: 0.2 }, // too unsure
  ];
  const detector = await createDetector({ dwpose: await folderWith(yolox(boxes)), threads: 1 });
  const found = await detector.detect(spotAt(140, 50));
  await detector.dispose();
  expect(detector.name).toBe('DWPose');
  expect(found?.people).toBe(3);
  expect([found?.box.x, found?.box.y]).toEqual([expect.closeTo(128 - 24, 3), expect.closeTo(64 - 32, 3)]);
  // The window is 60 x 80 pixels on 36 x 48: a pixel of the network is 1.67 of the picture.
  const [x = 0, y = 0, score = 0] = found?.pose.keypoints ?? [];
  expect(Math.abs(x - 141)).toBeLessThan(1.7);
  expect(Math.abs(y - 51)).toBeLessThan(1.7);
  expect(score).toBe(1);
  expect(found?.pose.keypoints).toHaveLength(KEYPOINTS * 3);
});

test('the person of the frame before is kept, until the detector is reset', async () => {
  const large = { cell: 8 * 2 + 6, width: 16, height: 24, score: 0.9 };
  const small = { cell: 8 * 2 + 1, width: 8, height: 12, score: 0.9 };
  const folder = await folderWith(yolox([large, small]));
  const detector = await createDetector({ dwpose: folder, threads: 1 });
  expect((await detector.detect(spotAt(200, 60, 8)))?.box.width).toBeCloseTo(64, 3);
  expect((await detector.detect(spotAt(200, 60, 8)))?.box.width).toBeCloseTo(64, 3);
  detector.reset();
  expect(await detector.detect(spotAt(0, 0))).toBeUndefined(); // dark where the person should be
  await detector.dispose();
});

test('without a box the whole picture is the box', async () => {
  const detector = await createDetector({ dwpose: await folderWith(yolox([])), threads: 1 });
  const found = await detector.detect(spotAt(60, 90, 20));
  await detector.dispose();
  expect(found).toMatchObject({ people: 1, box: { x: 0, y: 0, width: 256, height: 128 } });
  // 320 pixels on 36: one pixel of the network is 8.9 of the picture.
  expect(Math.abs((found?.pose.keypoints[0] ?? 0) - 70)).toBeLessThan(10 + 8.9);
});

test('files that are missing or others are named, with the remedy', async () => {
  const folder = await temporaryFolder();
  await expect(createDetector({ dwpose: folder })).rejects.toThrow(/yolox_l\.onnx, which is not there; put/);
  const exchanged = await folderWith(brightestSpot(), yolox([]));
  await expect(createDetector({ dwpose: exchanged })).rejects.toThrow(/is no YOLOX person detector; choose yolox_l/);
  const twice = await folderWith(yolox([]), yolox([]));
  const detector = await createDetector({ dwpose: twice, threads: 1 });
  await expect(detector.detect(spotAt(1, 1))).rejects.toThrow(/other results than DWPose; choose dw-ll_ucoco_384/);
  await detector.dispose();
  const broken = await folderWith(Buffer.from('no model'));
  await expect(createDetector({ dwpose: broken })).rejects.toThrow(/yolox_l\.onnx cannot be loaded/);
});
