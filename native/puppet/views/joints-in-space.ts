import type { Camera } from '../../../core/camera.ts';
import { nearestPoint, type Line } from '../../../core/nearest-point.ts';
import { MIN_CONFIDENCE, type Pose } from '../../../core/poses/pose-sequence.ts';
import { COCO_WHOLEBODY133 } from '../../../core/poses/skeleton.ts';
import { add, cross, length, normalize, scale, subtract, type Vector } from '../../../core/vector.ts';

/** Rounds in which views that disagree lose their say, and left and right may be exchanged. */
const ROUNDS = 5;
/** A ray that passes this far by counts half, in world units. */
const DOUBT = 0.03;
/** Fewer rays than this fix no joint. */
const MIN_RAYS = 3;

const NAMES = COCO_WHOLEBODY133.names;

/**
 * Where the keypoints lie in space that were found in the pictures of several cameras: the points that are nearest to their rays,
 * those of views that disagree counting little. A view that has left and right the other way around is turned.
 * @param poses One pose a camera (`coco-wholebody133`, pixels of the camera's picture); undefined where nobody was found.
 * @returns By keypoint name; those that too few views know are missing.
 */
export function jointsInSpace(cameras: readonly Camera[], poses: readonly (Pose | undefined)[]): Map<string, Vector> {
  const turned = poses.map(() => false);
  let found = new Map<string, Vector>();
  for (let round = 0; round < ROUNDS; round++) {
    found = triangulate(cameras, poses, turned, found);
    poses.forEach((pose, view) => {
      const camera = cameras[view];
      if (!pose || !camera || found.size === 0) return;
      turned[view] = misses(camera, pose, found, true) < misses(camera, pose, found, false);
    });
  }
  return found;
}

/** The same joint on the other side. */
const partnerOf = (name: string): string =>
  name.startsWith('left_') ? name.replace('left_', 'right_') : name.replace('right_', 'left_');

function rayOf(camera: Camera, pose: Pose, name: string): (Line & { readonly weight: number }) | undefined {
  const [x = 0, y = 0, confidence = 0] = pose.keypoints.subarray(NAMES.indexOf(name) * 3, NAMES.indexOf(name) * 3 + 3);
  if (confidence < MIN_CONFIDENCE) return undefined;
  const m = camera.cameraToWorld;
  const seen: Vector = [(x - camera.cx) / camera.fx, -(y - camera.cy) / camera.fy, -1];
  const turn = (row: number): number =>
    (m[row * 4] ?? 0) * seen[0] + (m[row * 4 + 1] ?? 0) * seen[1] + (m[row * 4 + 2] ?? 0) * seen[2];
  return {
    origin: [m[3] ?? 0, m[7] ?? 0, m[11] ?? 0],
    direction: normalize([turn(0), turn(1), turn(2)]),
    weight: confidence * confidence,
  };
}

const missOf = ({ origin, direction }: Line, point: Vector): number =>
  length(cross(subtract(point, origin), direction));

function triangulate(
  cameras: readonly Camera[],
  poses: readonly (Pose | undefined)[],
  turned: readonly boolean[],
  before: ReadonlyMap<string, Vector>,
): Map<string, Vector> {
  const found = new Map<string, Vector>();
  for (const name of NAMES) {
    if (name.startsWith('face_')) continue;
    const last = before.get(name);
    const rays = poses.flatMap((pose, view): Line[] => {
      const camera = cameras[view];
      const ray = camera && pose && rayOf(camera, pose, turned[view] ? partnerOf(name) : name);
      if (!ray) return [];
      const doubt = last ? 1 / (1 + (missOf(ray, last) / DOUBT) ** 2) : 1;
      return [{ ...ray, weight: ray.weight * doubt }];
    });
    const point = rays.length >= MIN_RAYS ? nearestPoint(rays) : undefined;
    if (point) found.set(name, point);
  }
  return found;
}

/** Mean distance by which a view's rays pass the joints, far misses all counting alike. */
function misses(camera: Camera, pose: Pose, found: ReadonlyMap<string, Vector>, turned: boolean): number {
  let [sum, count] = [0, 0];
  for (const [name, point] of found) {
    const ray = rayOf(camera, pose, turned ? partnerOf(name) : name);
    if (!ray) continue;
    sum += Math.min(missOf(ray, point), 10 * DOUBT);
    count++;
  }
  return count > 0 ? sum / count : Infinity;
}

/** From `a` on through `b`, `factor` times as far as b lies. */
export const beyond = (a: Vector, b: Vector, factor: number): Vector => add(a, scale(subtract(b, a), factor));
