import { AppError } from '../../../../core/errors.ts';
import { WHOLEBODY } from '../../../../core/poses/skeleton.ts';
import type { RgbPicture } from '../../../media/picture-tasks.ts';
import { openNetwork, type Network, type SessionOptions } from '../../../onnx/session.ts';
import type { Box } from '../detector.ts';
import { samplePlain } from './resize.ts';

const MEAN = [123.675, 116.28, 103.53];
const DEVIATION = [58.395, 57.12, 57.375];
/** The box is widened by this before the crop. */
const PADDING = 1.25;
/** Bins of the network's answer in a pixel of its input. */
const BINS = 2;

/** Opens DWPose's ONNX file; throws an `AppError` when it is another network. */
export async function openDwpose(path: string, options: SessionOptions): Promise<Network> {
  const network = await openNetwork(path, path, options);
  const [, channels, height, width] = network.inputDims;
  if (channels === 3 && typeof height === 'number' && typeof width === 'number') return network;
  await network.dispose();
  throw new AppError('bad-input', `${path} is no DWPose network; choose dw-ll_ucoco_384.onnx of DWPose.`);
}

/** The part of the picture that the network sees: centre and size in pixel numbers. */
export interface PoseWindow {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The box's surroundings in the proportions of the network's input. */
export function poseWindow(box: Box, inputWidth: number, inputHeight: number): PoseWindow {
  const [width, height] = [box.width * PADDING, box.height * PADDING];
  const ratio = inputWidth / inputHeight;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  return width > height * ratio ? { x, y, width, height: width / ratio } : { x, y, width: height * ratio, height };
}

/** The 133 keypoints of the person in a box: rows (x, y, confidence) in pixels of the picture. */
export async function runDwpose(network: Network, picture: RgbPicture, box: Box): Promise<Float32Array> {
  const [height, width] = [Number(network.inputDims[2]), Number(network.inputDims[3])];
  const window = poseWindow(box, width, height);
  const data = windowPixels(picture, window, width, height);
  const [binsX, binsY] = (await network.run({ data, dims: [1, 3, height, width] })).values();
  if (binsX?.length !== WHOLEBODY.count * width * BINS || binsY?.length !== WHOLEBODY.count * height * BINS) {
    throw new AppError('bad-input', 'The pose network gives other results than DWPose; choose dw-ll_ucoco_384.onnx.');
  }
  const rows = decodeBins(binsX, binsY, WHOLEBODY.count);
  for (let at = 0; at < rows.length; at += 3) {
    // Half a pixel, because the network counts from the centre of the first one.
    rows[at] = ((rows[at] ?? 0) / width - 0.5) * window.width + window.x + 0.5;
    rows[at + 1] = ((rows[at + 1] ?? 0) / height - 0.5) * window.height + window.y + 0.5;
  }
  return rows;
}

function windowPixels(picture: RgbPicture, window: PoseWindow, width: number, height: number): Float32Array {
  const [scaleX, scaleY] = [window.width / width, window.height / height];
  const shift = { shiftX: window.x - window.width / 2, shiftY: window.y - window.height / 2 };
  const pixels = samplePlain(picture, width, height, { scaleX, scaleY, ...shift }, 'black');
  const planes = new Float32Array(pixels.length);
  for (let p = 0; p < width * height; p++) {
    for (let c = 0; c < 3; c++) {
      const value = Math.round(pixels[p * 3 + c] ?? 0); // the network was fed 8-bit pictures
      planes[c * width * height + p] = (value - (MEAN[c] ?? 0)) / (DEVIATION[c] ?? 1);
    }
  }
  return planes;
}

/** Rows (x, y, score) in pixels of the network's input from one line of bins a keypoint and axis; -1 where unknown. */
export function decodeBins(binsX: Float32Array, binsY: Float32Array, count: number): Float32Array {
  const rows = new Float32Array(count * 3);
  for (let k = 0; k < count; k++) {
    const [x, scoreX] = highest(binsX, k, count);
    const [y, scoreY] = highest(binsY, k, count);
    const score = Math.min(scoreX, scoreY);
    rows.set(score > 0 ? [x / BINS, y / BINS, Math.min(1, score)] : [-1, -1, 0], k * 3);
  }
  return rows;
}

function highest(bins: Float32Array, line: number, lines: number): [number, number] {
  const length = bins.length / lines;
  const values = bins.subarray(line * length, (line + 1) * length);
  let best = 0;
  values.forEach((value, index) => {
    if (value > (values[best] ?? 0)) best = index;
  });
  return [best, values[best] ?? 0];
}
