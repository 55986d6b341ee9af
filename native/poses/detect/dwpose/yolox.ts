import { AppError } from '../../../../core/errors.ts';
import type { RgbPicture } from '../../../media/picture-tasks.ts';
import { openNetwork, type Network, type SessionOptions } from '../../../onnx/session.ts';
import type { Box } from '../detector.ts';
import { samplePlain } from './resize.ts';

const STRIDES = [8, 16, 32];
const CANVAS_COLOUR = 114;
const MIN_SCORE = 0.3;
const MAX_OVERLAP = 0.45;
/** Of the numbers of a row: centre, size, whether there is anything; then one a class, of which the first is "person". */
const [OBJECTNESS, PERSON] = [4, 5] as const;

export interface ScoredBox extends Box {
  readonly score: number;
}

/** Opens YOLOX's ONNX file; throws an `AppError` when it is another network. */
export async function openYolox(path: string, options: SessionOptions): Promise<Network> {
  const network = await openNetwork(path, path, options);
  const [, channels, height, width] = network.inputDims;
  if (channels === 3 && height === width && typeof width === 'number' && width % 32 === 0) return network;
  await network.dispose();
  throw new AppError('bad-input', `${path} is no YOLOX person detector; choose yolox_l.onnx of DWPose.`);
}

/** The people in a picture, best first, in pixels of the picture. */
export async function findBoxes(network: Network, picture: RgbPicture): Promise<ScoredBox[]> {
  const side = Number(network.inputDims[3]);
  const { pixels, scale } = letterbox(picture, side);
  const [rows] = (await network.run({ data: pixels, dims: [1, 3, side, side] })).values();
  const boxes = suppressOverlaps(decodeRows(rows ?? new Float32Array(), side));
  return boxes.map(({ x, y, width, height, score }) => ({
    ...{ x: x / scale, y: y / scale, width: width / scale, height: height / scale },
    score,
  }));
}

/** The picture in the upper left of a grey square, [3, side, side], 0..255. */
export function letterbox(picture: RgbPicture, side: number): { pixels: Float32Array; scale: number } {
  const scale = Math.min(side / picture.height, side / picture.width);
  const width = Math.max(1, Math.floor(picture.width * scale));
  const height = Math.max(1, Math.floor(picture.height * scale));
  const [scaleX, scaleY] = [picture.width / width, picture.height / height];
  const sampling = { scaleX, scaleY, shiftX: scaleX / 2 - 0.5, shiftY: scaleY / 2 - 0.5 };
  const scaled = samplePlain(picture, width, height, sampling, 'border');
  const pixels = new Float32Array(3 * side * side).fill(CANVAS_COLOUR);
  for (let channel = 0; channel < 3; channel++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        // The network was fed 8-bit pictures.
        pixels[(channel * side + y) * side + x] = Math.round(scaled[(y * width + x) * 3 + channel] ?? 0);
      }
    }
  }
  return { pixels, scale };
}

/** The people among the network's rows, in pixels of the square. Throws an `AppError` when the rows fit no grid. */
export function decodeRows(rows: Float32Array, side: number): ScoredBox[] {
  const cells = STRIDES.reduce((sum, stride) => sum + (side / stride) ** 2, 0);
  const size = rows.length / cells;
  if (!Number.isInteger(size) || size <= PERSON) {
    throw new AppError(
      'bad-input',
      'The person detector gives other results than YOLOX; choose yolox_l.onnx of DWPose.',
    );
  }
  const boxes: ScoredBox[] = [];
  let at = 0;
  for (const stride of STRIDES) {
    const columns = side / stride;
    for (let cell = 0; cell < columns * columns; cell++, at += size) {
      const score = (rows[at + OBJECTNESS] ?? 0) * (rows[at + PERSON] ?? 0);
      if (!(score > MIN_SCORE) || !rows.subarray(at, at + OBJECTNESS).every((value) => !Number.isNaN(value))) continue;
      const [dx = 0, dy = 0, logWidth = 0, logHeight = 0] = rows.subarray(at, at + OBJECTNESS);
      const width = Math.min(side * 4, Math.exp(logWidth) * stride);
      const height = Math.min(side * 4, Math.exp(logHeight) * stride);
      const [x, y] = [(dx + (cell % columns)) * stride, (dy + Math.floor(cell / columns)) * stride];
      boxes.push({ x: x - width / 2, y: y - height / 2, width, height, score });
    }
  }
  return boxes;
}

/** Leaves out boxes that overlap a better one; best first. */
export function suppressOverlaps(boxes: readonly ScoredBox[]): ScoredBox[] {
  const kept: ScoredBox[] = [];
  for (const box of [...boxes].sort((a, b) => b.score - a.score)) {
    if (kept.every((better) => overlap(better, box) <= MAX_OVERLAP)) kept.push(box);
  }
  return kept;
}

/** Area in common over the area of both. Borders count as pixels, as in the detector's own code. */
export function overlap(a: Box, b: Box): number {
  const shared = (from: 'x' | 'y', size: 'width' | 'height'): number =>
    Math.max(0, Math.min(a[from] + a[size], b[from] + b[size]) - Math.max(a[from], b[from]) + 1);
  const common = shared('x', 'width') * shared('y', 'height');
  const area = (box: Box): number => (box.width + 1) * (box.height + 1);
  return common / (area(a) + area(b) - common);
}
