import type { Network } from '../../onnx/session.ts';
import type { RgbPicture } from '../../media/picture-tasks.ts';
import { COCO, distance, exchangeSides, jointAt, midHip, scoreOf, seenJoints, type CocoJoints } from './coco-joints.ts';
import { cropToPicture, mirrorRows, sampleInto, wholePicture, type Crop } from './crop.ts';
import { result } from './human-models.ts';

const SIZE = 256;

/** Joints below this score say nothing about where the body is. */
const SEEN = 0.2;

/**
 * Runs MoveNet on a crop: the 17 joints of the person it holds to be the most central. With `mirrored` it sees the crop in a
 * mirror, and the joints are those of the picture all the same.
 */
export async function runMoveNet(
  network: Network,
  picture: RgbPicture,
  crop: Crop,
  { mirrored = false }: { readonly mirrored?: boolean } = {},
): Promise<CocoJoints> {
  const pixels = sampleInto(new Int32Array(SIZE * SIZE * 3), picture, crop, SIZE, 255);
  if (mirrored) mirrorRows(pixels, SIZE);
  const rows = result(await network.run({ data: pixels, dims: [1, SIZE, SIZE, 3] }), 'Identity:0');
  const joints = new Float32Array(COCO.count * 3);
  for (let k = 0; k < COCO.count; k++) {
    const [y = 0, x = 0, score = 0] = rows.subarray(k * 3, k * 3 + 3);
    joints.set([...cropToPicture(crop, mirrored ? 1 - x : x, y), Math.min(1, Math.max(0, score))], k * 3);
  }
  return mirrored ? exchangeSides(joints) : joints;
}

/** Whether the joints show a trunk, which all else hangs on. */
export function hasTorso(joints: CocoJoints): boolean {
  const either = (a: number, b: number): boolean => Math.max(scoreOf(joints, a), scoreOf(joints, b)) > SEEN;
  return either(COCO.leftShoulder, COCO.rightShoulder) && either(COCO.leftHip, COCO.rightHip);
}

/** How far the joints lie from the middle of the hips, along the farther axis. */
function reach(joints: CocoJoints, among: readonly number[]): number {
  const [x, y] = midHip(joints);
  const away = among.map((index) => {
    const [jx, jy] = jointAt(joints, index);
    return Math.max(Math.abs(jx - x), Math.abs(jy - y));
  });
  return Math.max(0, ...away);
}

/** The upright square in which to look for the same person again: room for a raised arm, small enough to be sharp. */
export function trackingCrop(joints: CocoJoints, picture: { width: number; height: number }): Crop {
  if (!hasTorso(joints)) return wholePicture(picture);
  const torso = [COCO.leftShoulder, COCO.rightShoulder, COCO.leftHip, COCO.rightHip];
  const half = Math.max(1.9 * reach(joints, torso), 1.2 * reach(joints, seenJoints(joints, SEEN)));
  const [x, y] = midHip(joints);
  // The person cannot be larger than the picture, however wild the joints are.
  const side = Math.min(2 * half, 2 * wholePicture(picture).side);
  return side > 1 ? { x, y, side, angle: 0 } : wholePicture(picture);
}

/** Half the person's size, by which people in one picture are compared. */
export const bodyReach = (joints: CocoJoints): number =>
  Math.max(0, ...seenJoints(joints, SEEN).map((index) => distance(jointAt(joints, index), midHip(joints))));
