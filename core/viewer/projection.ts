import { resizeCamera, viewMatrix, type Camera } from '../camera.ts';
import type { DepthRow } from './depth-order.ts';

/** A rectangle in pixels; y from above. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where a picture of the camera's size lies in a window, as large as fits and in the middle. */
export function fittedRectangle(camera: { width: number; height: number }, width: number, height: number): Rectangle {
  const scale = Math.min(width / camera.width, height / camera.height);
  const [w, h] = [camera.width * scale, camera.height * scale];
  return { x: (width - w) / 2, y: (height - h) / 2, width: w, height: h };
}

/** The camera for a whole window in whose middle its picture lies: `fittedRectangle` shows what it shows. */
export function fittedCamera(camera: Camera, width: number, height: number): Camera {
  const { x, y, width: w, height: h } = fittedRectangle(camera, width, height);
  const fitted = resizeCamera(camera, w, h);
  return { ...fitted, width, height, cx: fitted.cx + x, cy: fitted.cy + y };
}

/** The projection of a camera for OpenGL's clip space, 4x4 row-major. */
export function projectionMatrix({ fx, fy, cx, cy, width, height }: Camera, near: number, far: number): number[] {
  return [
    ...[(2 * fx) / width, 0, 1 - (2 * cx) / width, 0],
    ...[0, (2 * fy) / height, (2 * cy) / height - 1, 0],
    ...[0, 0, (near + far) / (near - far), (2 * near * far) / (near - far)],
    ...[0, 0, -1, 0],
  ];
}

/** What `DepthOrder` sorts by. */
export function depthRow(camera: Camera): DepthRow {
  const view = viewMatrix(camera);
  return [view[8] ?? 0, view[9] ?? 0, view[10] ?? 0, view[11] ?? 0];
}
