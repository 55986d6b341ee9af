import type { Network } from '../../onnx/session.ts';
import type { RgbPicture } from '../../media/picture-tasks.ts';
import { distance, middle, type Point } from './coco-joints.ts';
import { cropToPicture, sampleCrop, type Crop } from './crop.ts';
import { boxCrop } from './hands.ts';
import { result } from './human-models.ts';

const SIZE = 192;
const MESH_POINTS = 468;
/** Well between a face from the front (1.0) and one in profile or from behind (0.3 and less). */
const PRESENT = 0.5;
/** Outer corners of the eyes in the mesh. */
const [RIGHT_EYE, LEFT_EYE] = [33, 263] as const;

/** The mesh's points that stand where the 68 of iBUG 300-W do, in their order. */
export const FACE_68: readonly number[] = [
  ...[162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389], // jaw
  ...[71, 63, 105, 66, 107, 336, 296, 334, 293, 301], // brows
  ...[168, 197, 5, 4, 75, 97, 2, 326, 305], // nose
  ...[33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380], // eyes
  ...[61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181], // lips, outside
  ...[78, 82, 13, 312, 308, 317, 14, 87], // lips, inside
];

export interface Face {
  /** [68, 3], rows (x, y, depth): pixels of the picture, depth behind the middle of the head. */
  readonly points: Float32Array;
  readonly presence: number;
}

/** What the body says about the face; left and right are the person's. */
export interface FaceHint {
  readonly leftEye: Point;
  readonly rightEye: Point;
  readonly leftMouth: Point;
  readonly rightMouth: Point;
}

/** The square around a face, eyes level. */
export function faceCrop({ leftEye, rightEye, leftMouth, rightMouth }: FaceHint): Crop {
  const [eyes, mouth] = [middle(leftEye, rightEye), middle(leftMouth, rightMouth)];
  const [x, y] = middle(eyes, mouth);
  const side = Math.max(4.2 * distance(eyes, mouth), 3.4 * distance(leftEye, rightEye));
  return { x, y, side, angle: Math.atan2(leftEye[1] - rightEye[1], leftEye[0] - rightEye[0]) };
}

/** Finds the points of the face; nothing where none looks into the camera. */
export async function findFace(network: Network, picture: RgbPicture, hint: FaceHint): Promise<Face | undefined> {
  const first = faceCrop(hint);
  // Below this size there are fewer pixels than points.
  if (first.side < 16) return undefined;
  const rough = await runMesh(network, picture, first);
  if (rough.presence < PRESENT) return undefined;
  const all = Array.from({ length: MESH_POINTS }, (_, k) => meshPoint(rough.mesh, k));
  const [right = [0, 0], left = [1, 0]] = [all[RIGHT_EYE], all[LEFT_EYE]];
  const crop = boxCrop(all, Math.atan2(left[1] - right[1], left[0] - right[0]), 1.5);
  const { mesh, presence } = await runMesh(network, picture, crop);
  if (presence < PRESENT) return undefined;
  return { presence, points: Float32Array.from(FACE_68.flatMap((k) => [...mesh.subarray(k * 3, k * 3 + 3)])) };
}

const meshPoint = (mesh: Float32Array, k: number): Point => [mesh[k * 3] ?? 0, mesh[k * 3 + 1] ?? 0];

async function runMesh(
  network: Network,
  picture: RgbPicture,
  crop: Crop,
): Promise<{ mesh: Float32Array; presence: number }> {
  const results = await network.run({ data: sampleCrop(picture, crop, SIZE), dims: [1, SIZE, SIZE, 3] });
  const rows = result(results, 'output_mesh');
  const mesh = new Float32Array(MESH_POINTS * 3);
  for (let k = 0; k < MESH_POINTS; k++) {
    const [x = 0, y = 0, z = 0] = rows.subarray(k * 3, k * 3 + 3);
    mesh.set([...cropToPicture(crop, x / SIZE, y / SIZE), (z * crop.side) / SIZE], k * 3);
  }
  return { mesh, presence: result(results, 'output_faceflag')[0] ?? 0 };
}
