import { expect, it } from 'vitest';
import { ringCameras } from '../ring.ts';
import { distance, type Vector } from '../vector.ts';
import { frameSphere, orbitCamera, orbitOf, pan, START_ORBIT, turn, zoom } from './orbit.ts';

const near = (got: Vector, expected: Vector): void => {
  got.forEach((value, k) => {
    expect(value).toBeCloseTo(expected[k] ?? NaN, 6);
  });
};

it('starts where view 0 of the ring stands', () => {
  const [ring] = ringCameras(64);
  const camera = orbitCamera(START_ORBIT, 64, 64);
  expect(camera.fx).toBeCloseTo(ring?.fx ?? NaN, 9);
  camera.cameraToWorld.forEach((value, k) => {
    expect(value).toBeCloseTo(ring?.cameraToWorld[k] ?? NaN, 9);
  });
});

it('turns counter-clockwise seen from above: from the front to the left side of the character', () => {
  near(turn(START_ORBIT, Math.PI / 2, 0).position, [3.5, 0, 0.7]);
  near(turn(START_ORBIT, 0, Math.PI / 6).position, [0, -3.5 * Math.cos(Math.PI / 6), 0.7 + 1.75]);
});

it('never looks straight down or up, however far it is turned', () => {
  for (const up of [10, -10]) {
    const camera = orbitCamera(turn(START_ORBIT, 0.3, up), 64, 64);
    expect(camera.cameraToWorld.every(Number.isFinite)).toBe(true);
    // The picture's up still points up.
    expect(camera.cameraToWorld[9]).toBeGreaterThan(0);
  }
});

it('zooms between bounds', () => {
  expect(distance(zoom(START_ORBIT, 2).position, START_ORBIT.target)).toBeCloseTo(7, 6);
  expect(distance(zoom(START_ORBIT, 1e9).position, START_ORBIT.target)).toBe(50);
  expect(distance(zoom(START_ORBIT, 0).position, START_ORBIT.target)).toBe(0.25);
});

it('pans by the height that is seen', () => {
  const moved = pan(START_ORBIT, 0, 1);
  expect((moved.target[2] - 0.7) / (2 * 3.5 * Math.tan(0.6911111611634243 / 2))).toBeCloseTo(1, 6);
  near(pan(START_ORBIT, 1, 0).target, [2 * 3.5 * Math.tan(0.6911111611634243 / 2), 0, 0.7]);
});

it('frames a sphere from where it looks', () => {
  const framed = frameSphere(turn(START_ORBIT, 1, 0.2), [1, 2, 3], 1);
  near(framed.target, [1, 2, 3]);
  expect(distance(framed.position, framed.target)).toBeCloseTo(1 / Math.sin(0.6911111611634243 / 2), 6);
});

it('goes on from where a camera of the clip stands', () => {
  for (const camera of ringCameras(64)) {
    const again = orbitCamera(orbitOf(camera), 64, 64);
    again.cameraToWorld.forEach((value, k) => {
      expect(value).toBeCloseTo(camera.cameraToWorld[k] ?? NaN, 6);
    });
  }
});
