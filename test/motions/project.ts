import { viewMatrix, type Camera } from '../../core/camera.ts';
import type { Pose } from '../../core/poses/pose-sequence.ts';
import { COCO_WHOLEBODY133 } from '../../core/poses/skeleton.ts';
import type { Vector } from '../../core/vector.ts';
import type { Body } from './body.ts';
import { confidenceOf } from './visibility.ts';

/** The body as a camera sees it, in `coco-wholebody133` with depths. The 68 points of the face are unknown. */
export function projectBody(body: Body, camera: Camera): Pose {
  const { names } = COCO_WHOLEBODY133;
  const view = viewMatrix(camera);
  const m = camera.cameraToWorld;
  const eye: Vector = [m[3] ?? 0, m[7] ?? 0, m[11] ?? 0];
  const keypoints = new Float32Array(names.length * 3);
  const depths = new Float32Array(names.length).fill(NaN);
  const hips = seenFrom(view, body.get('pelvis') ?? [0, 0, 0])[2];
  names.forEach((name, k) => {
    const point = body.get(name);
    if (!point) return;
    const [x, y, z] = seenFrom(view, point);
    const confidence = confidenceOf(name, body, eye);
    keypoints.set([(camera.fx * x) / z + camera.cx, (camera.fy * y) / z + camera.cy, confidence], k * 3);
    depths[k] = ((z - hips) * camera.fx) / hips;
  });
  return { keypoints, depths };
}

/** A world point in the camera's axes: x right, y down, z forward. */
function seenFrom(view: Float64Array, [x, y, z]: Vector): Vector {
  const row = (r: number): number =>
    (view[r * 4] ?? 0) * x + (view[r * 4 + 1] ?? 0) * y + (view[r * 4 + 2] ?? 0) * z + (view[r * 4 + 3] ?? 0);
  return [row(0), row(1), row(2)];
}
