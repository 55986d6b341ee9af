import type { Network } from '../../onnx/session.ts';
import type { RgbPicture } from '../../media/picture-tasks.ts';
import { distance, jointAt, midHip, midShoulder, seenJoints, type CocoJoints } from './coco-joints.ts';
import { cropToPicture, sampleCrop, type Crop } from './crop.ts';
import { result } from './human-models.ts';

export const BLAZEPOSE_SIZE = 256;
const SIZE = BLAZEPOSE_SIZE;
/** 33 landmarks; the network gives 6 more that only place its own next crop. */
export const LANDMARKS = 33;

/** The landmark that each of COCO's 17 joints is. */
export const BLAZEPOSE_COCO = [0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28] as const;

/** Landmarks beyond COCO's, by name; left and right are the person's. */
export const BLAZEPOSE = {
  leftMouth: 9,
  rightMouth: 10,
  leftPinky: 17,
  rightPinky: 18,
  leftIndex: 19,
  rightIndex: 20,
  leftHeel: 29,
  rightHeel: 30,
  leftToe: 31,
  rightToe: 32,
} as const;

const LANDMARK_NUMBERS = 5;
const HEATMAP = 64;
const HEATMAPS = 39;
/** The heatmap moves a landmark only where it is sure of it, looking this many cells around. */
const HEATMAP_RADIUS = 3;
const HEATMAP_SURE = 0.5;

export interface BlazePoseResult {
  /** Probability that there is a person in the crop. */
  readonly presence: number;
  /** [33, 4], rows (x, y, depth, visibility): pixels of the picture, depth behind the middle of the hips, 0..1. */
  readonly landmarks: Float32Array;
  /** [256, 256], probability of the person in each pixel of the crop. */
  readonly mask: Float32Array;
}

/** The square that holds the whole person, turned so that the trunk stands upright in it. */
export function bodyCrop(joints: CocoJoints): Crop | undefined {
  const [x, y] = midHip(joints);
  const [sx, sy] = midShoulder(joints);
  const farthest = Math.max(0, ...seenJoints(joints, 0.15).map((index) => distance(jointAt(joints, index), [x, y])));
  if (farthest < 1) return undefined;
  return { x, y, side: 2 * 1.2 * farthest, angle: Math.PI / 2 - Math.atan2(y - sy, sx - x) };
}

/** Runs BlazePose on a crop. */
export async function runBlazePose(network: Network, picture: RgbPicture, crop: Crop): Promise<BlazePoseResult> {
  const results = await network.run({ data: sampleCrop(picture, crop, SIZE), dims: [1, SIZE, SIZE, 3] });
  const rows = result(results, 'ld_3d');
  const heatmaps = result(results, 'activation_heatmap');
  const landmarks = new Float32Array(LANDMARKS * 4);
  for (let k = 0; k < LANDMARKS; k++) {
    const [x = 0, y = 0, z = 0, visibility = 0] = rows.subarray(k * LANDMARK_NUMBERS, (k + 1) * LANDMARK_NUMBERS);
    const [u, v] = refine(heatmaps, k, x / SIZE, y / SIZE);
    landmarks.set([...cropToPicture(crop, u, v), (z * crop.side) / SIZE, sigmoid(visibility)], k * 4);
  }
  return {
    presence: result(results, 'output_poseflag')[0] ?? 0,
    landmarks,
    mask: result(results, 'activation_segmentation'),
  };
}

export const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/**
 * Moves a landmark (0..1 in the crop) to the centre of mass of its heatmap around it. `heatmaps` is [64, 64, 39],
 * probabilities already.
 */
export function refine(heatmaps: Float32Array, landmark: number, u: number, v: number): [number, number] {
  const [column, row] = [Math.floor(u * HEATMAP), Math.floor(v * HEATMAP)];
  let [sum, sumX, sumY, highest] = [0, 0, 0, 0];
  for (let r = Math.max(0, row - HEATMAP_RADIUS); r <= Math.min(HEATMAP - 1, row + HEATMAP_RADIUS); r++) {
    for (let c = Math.max(0, column - HEATMAP_RADIUS); c <= Math.min(HEATMAP - 1, column + HEATMAP_RADIUS); c++) {
      const value = heatmaps[(r * HEATMAP + c) * HEATMAPS + landmark] ?? 0;
      sum += value;
      sumX += value * c;
      sumY += value * r;
      highest = Math.max(highest, value);
    }
  }
  return highest < HEATMAP_SURE ? [u, v] : [sumX / sum / HEATMAP, sumY / sum / HEATMAP];
}
