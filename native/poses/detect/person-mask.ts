import type { RgbPicture } from '../../media/picture-tasks.ts';
import type { Network } from '../../onnx/session.ts';
import { AppError } from '../../../core/errors.ts';
import type { Pose } from '../../../core/poses/pose-sequence.ts';
import { BLAZEPOSE_SIZE, bodyCrop, runBlazePose } from './blazepose.ts';
import { pictureToCrop, sampleCrop, type Crop } from './crop.ts';
import { result } from './human-models.ts';
import type { PersonMask } from './detector.ts';

const SIZE = BLAZEPOSE_SIZE;
/** Longer masks would hold nothing that the networks' 256 pixels saw. */
const MAX_SIDE = 1024;
/** Hair, hats and props reach beyond the joints. */
const WIDER = 1.2;

/**
 * Probability of the person that a pose belongs to, the larger one of two networks': BlazePose's is finer on people, the
 * selfie network's keeps the heads of drawn figures.
 */
export async function maskPerson(
  networks: { readonly blazepose: Network; readonly selfie: Network },
  picture: RgbPicture,
  pose: Pose,
): Promise<PersonMask> {
  const body = bodyCrop(pose.keypoints);
  if (!body) throw new AppError('bad-input', 'The pose has no trunk to cut out; set its hips and shoulders.');
  const crop = { ...body, side: body.side * WIDER };
  const upright = { ...crop, angle: 0 };
  const { mask } = await runBlazePose(networks.blazepose, picture, crop);
  const pixels = sampleCrop(picture, upright, SIZE);
  const selfie = result(await networks.selfie.run({ data: pixels, dims: [1, SIZE, SIZE, 3] }), 'activation_10:0');
  const scale = Math.min(1, MAX_SIDE / Math.max(picture.width, picture.height));
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const values = new Float32Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const [px, py] = [((x + 0.5) * picture.width) / width, ((y + 0.5) * picture.height) / height];
      values[at] = Math.max(maskAt(mask, crop, px, py), maskAt(selfie, upright, px, py));
    }
  }
  return { width, height, values };
}

/** A crop's mask at a point of the picture, bilinear, 0 outside the crop. */
export function maskAt(mask: Float32Array, crop: Crop, x: number, y: number): number {
  const [u, v] = pictureToCrop(crop, x, y);
  const [column, row] = [u * SIZE - 0.5, v * SIZE - 0.5];
  if (column < -0.5 || row < -0.5 || column > SIZE - 0.5 || row > SIZE - 0.5) return 0;
  const at = (c: number, r: number): number =>
    mask[Math.min(SIZE - 1, Math.max(0, r)) * SIZE + Math.min(SIZE - 1, Math.max(0, c))] ?? 0;
  const [c, r] = [Math.floor(column), Math.floor(row)];
  const [right, below] = [column - c, row - r];
  return (
    (at(c, r) * (1 - right) + at(c + 1, r) * right) * (1 - below) +
    (at(c, r + 1) * (1 - right) + at(c + 1, r + 1) * right) * below
  );
}
