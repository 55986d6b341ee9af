import { describe, expect, it } from 'vitest';
import { type Camera, resizeCamera, viewMatrix } from './camera.ts';

/** At (1, 2, 3), looking along +y with z up in the picture: columns right, up, backward, position. */
const camera: Camera = {
  width: 640,
  height: 480,
  fx: 500,
  fy: 510,
  cx: 320,
  cy: 230,
  cameraToWorld: Float64Array.of(1, 0, 0, 1, 0, 0, -1, 2, 0, 1, 0, 3, 0, 0, 0, 1),
};

const seen = ([x, y, z]: readonly [number, number, number]): number[] => {
  const m = viewMatrix(camera);
  return [0, 1, 2, 3].map(
    (row) => (m[row * 4] ?? 0) * x + (m[row * 4 + 1] ?? 0) * y + (m[row * 4 + 2] ?? 0) * z + (m[row * 4 + 3] ?? 0),
  );
};

describe('the view matrix', () => {
  it('has x to the right, y down and z forward', () => {
    expect(seen([1, 2, 3])).toEqual([0, 0, 0, 1]);
    expect(seen([1, 7, 3])).toEqual([0, 0, 5, 1]);
    expect(seen([3, 2, 3])).toEqual([2, 0, 0, 1]);
    expect(seen([1, 2, 4])).toEqual([0, -1, 0, 1]);
  });
});

describe('a camera for another picture size', () => {
  it('scales its intrinsics along each axis and stands where it stood', () => {
    expect(resizeCamera(camera, 320, 120)).toEqual({
      ...camera,
      width: 320,
      height: 120,
      fx: 250,
      fy: 127.5,
      cx: 160,
      cy: 57.5,
    });
    expect(resizeCamera(camera, 640, 480)).toEqual(camera);
  });
});
