import { HAND_POINTS } from '../../../core/poses/skeleton.ts';
import type { Network } from '../../onnx/session.ts';
import type { RgbPicture } from '../../media/picture-tasks.ts';
import { distance, middle, type Point } from './coco-joints.ts';
import { cropToPicture, pictureToCrop, sampleCrop, type Crop } from './crop.ts';
import { result } from './human-models.ts';

const SIZE = 224;
const PRESENT = 0.5;
/** The wrist and the first two joints of each finger: what moves little when a hand closes. */
const PALM = [0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18];
const [WRIST, INDEX, MIDDLE, RING] = [0, 6, 10, 14] as const;

export interface Hand {
  /** [21, 3], rows (x, y, depth): pixels of the picture, depth behind the hand's own wrist. */
  readonly points: Float32Array;
  /** Probability that this is a hand. */
  readonly presence: number;
}

/** What the body says about one hand. */
export interface HandHint {
  readonly side: 'left' | 'right';
  readonly wrist: Point;
  /** Roots of the index finger and of the little finger. */
  readonly index: Point;
  readonly pinky: Point;
}

/** The square around a hand, fingers up. */
export function handCrop({ wrist, index, pinky }: HandHint): Crop {
  const knuckles: Point = [(2 * index[0] + pinky[0]) / 3, (2 * index[1] + pinky[1]) / 3];
  const side = 2.7 * 2 * distance(knuckles, wrist);
  return shiftUp({ x: knuckles[0], y: knuckles[1], side, angle: upright(wrist, knuckles) }, 0.1);
}

/** How far clockwise the direction from `below` to `above` is turned from straight up. */
const upright = (below: Point, above: Point): number => Math.atan2(above[0] - below[0], below[1] - above[1]);

function shiftUp(crop: Crop, share: number): Crop {
  const [x, y] = cropToPicture(crop, 0.5, 0.5 - share);
  return { ...crop, x, y };
}

/** The square around the palm that a first look found, which also holds the fingers. */
export function palmCrop(points: Float32Array): Crop {
  const at = (index: number): Point => [points[index * 3] ?? 0, points[index * 3 + 1] ?? 0];
  const angle = upright(at(WRIST), middle(middle(at(INDEX), at(RING)), at(MIDDLE)));
  return shiftUp(boxCrop(PALM.map(at), angle, 2), 0.1);
}

/** The square turned by `angle` around the points' box, `scale` times as large. */
export function boxCrop(points: readonly Point[], angle: number, scale: number): Crop {
  const unit: Crop = { x: 0, y: 0, side: 1, angle };
  const turned = points.map(([x, y]) => pictureToCrop(unit, x, y));
  const [us, vs] = [turned.map(([u]) => u), turned.map(([, v]) => v)];
  const [left, right, top, bottom] = [Math.min(...us), Math.max(...us), Math.min(...vs), Math.max(...vs)];
  const [x, y] = cropToPicture(unit, (left + right) / 2, (top + bottom) / 2);
  return { x, y, side: Math.max(right - left, bottom - top) * scale, angle };
}

/** Finds the fingers of one hand; nothing where there is no hand, the other hand, or one that belongs to another arm. */
export async function findHand(network: Network, picture: RgbPicture, hint: HandHint): Promise<Hand | undefined> {
  const first = handCrop(hint);
  // Below this size there are fewer pixels than points.
  if (first.side < 12) return undefined;
  const rough = await runHand(network, picture, first);
  if (rough.presence < PRESENT) return undefined;
  const hand = await runHand(network, picture, palmCrop(rough.points));
  const length = distance([hand.points[0] ?? 0, hand.points[1] ?? 0], [hand.points[27] ?? 0, hand.points[28] ?? 0]);
  const astray = distance([hand.points[0] ?? 0, hand.points[1] ?? 0], hint.wrist) > 1.5 * length;
  const isRight = hand.rightness > 0.5;
  return hand.presence < PRESENT || astray || isRight !== (hint.side === 'right') ? undefined : hand;
}

async function runHand(network: Network, picture: RgbPicture, crop: Crop): Promise<Hand & { rightness: number }> {
  const results = await network.run({ data: sampleCrop(picture, crop, SIZE), dims: [1, SIZE, SIZE, 3] });
  const rows = result(results, 'Identity:0');
  const points = new Float32Array(HAND_POINTS * 3);
  for (let k = 0; k < HAND_POINTS; k++) {
    const [x = 0, y = 0, z = 0] = rows.subarray(k * 3, k * 3 + 3);
    points.set([...cropToPicture(crop, x / SIZE, y / SIZE), (z * crop.side) / SIZE], k * 3);
  }
  return {
    points,
    presence: result(results, 'Identity_1:0')[0] ?? 0,
    rightness: result(results, 'Identity_2:0')[0] ?? 0,
  };
}
