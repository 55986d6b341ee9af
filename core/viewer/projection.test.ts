import { expect, it } from 'vitest';
import { viewMatrix, type Camera } from '../camera.ts';
import { turntableCamera } from '../ring.ts';
import { depthRow, fittedCamera, fittedRectangle, projectionMatrix } from './projection.ts';

const camera: Camera = {
  ...{ width: 100, height: 80, fx: 90, fy: 110, cx: 47, cy: 38 },
  cameraToWorld: turntableCamera(0.9, 100, 80).cameraToWorld,
};

/** Where a world point falls, pixels from the upper left, through OpenGL's matrices. */
function pixel(by: Camera, [x, y, z]: readonly [number, number, number]): [number, number] {
  const view = viewMatrix(by);
  const row = (r: number): number =>
    (view[r * 4] ?? 0) * x + (view[r * 4 + 1] ?? 0) * y + (view[r * 4 + 2] ?? 0) * z + (view[r * 4 + 3] ?? 0);
  const eye = [row(0), -row(1), -row(2), 1];
  const p = projectionMatrix(by, 0.1, 100);
  const clip = [0, 1, 2, 3].map((r) => eye.reduce((sum, value, k) => sum + value * (p[r * 4 + k] ?? 0), 0));
  const [cx = 0, cy = 0, , w = 1] = clip;
  return [((cx / w + 1) / 2) * by.width, ((1 - cy / w) / 2) * by.height];
}

it('projects as the pinhole does, principal point included', () => {
  const view = viewMatrix(camera);
  const point = [0.2, -0.3, 0.9] as const;
  const at = (r: number): number =>
    point.reduce((sum, value, k) => sum + value * (view[r * 4 + k] ?? 0), view[r * 4 + 3] ?? 0);
  const [u, v] = pixel(camera, point);
  expect(u).toBeCloseTo((camera.fx * at(0)) / at(2) + camera.cx, 9);
  expect(v).toBeCloseTo((camera.fy * at(1)) / at(2) + camera.cy, 9);
  const [a, b, c, d] = depthRow(camera);
  expect(a * point[0] + b * point[1] + c * point[2] + d).toBeCloseTo(at(2), 9);
});

it('a picture lies in the middle of the window, as large as fits', () => {
  expect(fittedRectangle(camera, 400, 160)).toEqual({ x: 100, y: 0, width: 200, height: 160 });
  const point = [0.1, 0.2, 0.5] as const;
  const [u, v] = pixel(camera, point);
  const [x, y] = pixel(fittedCamera(camera, 400, 160), point);
  expect(x).toBeCloseTo(100 + u * 2, 6);
  expect(y).toBeCloseTo(v * 2, 6);
});
