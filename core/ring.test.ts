import { describe, expect, it } from 'vitest';
import { type Camera, viewMatrix } from './camera.ts';
import { RING_VIEWS, ringCameras, turntableCamera } from './ring.ts';

const SIZE = 256;

function camera(view: number): Camera {
  const found = ringCameras(SIZE)[view];
  if (!found) throw new Error(`no view ${view}`);
  return found;
}

const position = ({ cameraToWorld: m }: Camera): number[] => [m[3] ?? 0, m[7] ?? 0, m[11] ?? 0];

/** Pixel (column, row) at which the camera sees a point of the world. */
function project(seenBy: Camera, point: readonly number[]): number[] {
  const m = viewMatrix(seenBy);
  const [x = 0, y = 0, z = 1] = [0, 1, 2].map((row) =>
    [0, 1, 2].reduce((sum, column) => sum + (m[row * 4 + column] ?? 0) * (point[column] ?? 0), m[row * 4 + 3] ?? 0),
  );
  return [(seenBy.fx * x) / z + seenBy.cx, (seenBy.fy * y) / z + seenBy.cy];
}

describe('ringCameras', () => {
  it('are 21, the first before the character', () => {
    expect(RING_VIEWS).toBe(21);
    expect(ringCameras(SIZE)).toHaveLength(21);
    expect(position(camera(0))).toEqual([0, -3.5, 0.7]);
  });

  it('have the focal length of the published template', () => {
    expect(camera(0).fx).toBeCloseTo(355.5555555555555, 6);
    expect(camera(0).fy).toBe(camera(0).fx);
    expect([camera(0).cx, camera(0).cy]).toEqual([128, 128]);
  });

  it.each([
    // Rows of the published matrices, which were rounded to single precision.
    [
      1,
      [0.9555932283401489, 0, 0.2946889400482178, 1.0299999713897705],
      [0.2946889400482178, 0, -0.9555932283401489, -3.3399999141693115],
    ],
    [
      8,
      [-0.7337079048156738, 0, 0.6794650554656982, 2.380000114440918],
      [0.6794650554656982, 0, 0.7337079048156738, 2.569999933242798],
    ],
    [
      16,
      [0.07429277151823044, 0, -0.9972364902496338, -3.490000009536743],
      [-0.9972364902496338, 0, -0.07429277151823044, -0.25999999046325684],
    ],
  ])('view %i has the published matrix', (view, first, second) => {
    const expected = [...first, ...second, 0, 1, 0, 0.699999988079071, 0, 0, 0, 1];
    const found = camera(view).cameraToWorld;
    for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 6);
  });

  it('rise counter-clockwise seen from above', () => {
    const angles = ringCameras(SIZE).map((c) => Math.atan2(position(c)[0] ?? 0, -(position(c)[1] ?? 0)));
    for (const [view, angle] of angles.entries()) {
      const turned = (angle + 2 * Math.PI) % (2 * Math.PI);
      expect(Math.abs(turned - (view * 2 * Math.PI) / 21)).toBeLessThan(0.008);
    }
  });

  it('look level at the axis, z up, the left hand of the character on the right in view 0', () => {
    for (const seenBy of ringCameras(SIZE)) {
      const [x = 0, y = 0] = project(seenBy, [0, 0, 0.7]);
      expect(x).toBeCloseTo(128, 9);
      expect(y).toBeCloseTo(128, 9);
      expect(project(seenBy, [0, 0, 1])[1]).toBeLessThan(128);
    }
    expect(project(camera(0), [0.3, 0, 0.7])[0]).toBeGreaterThan(128);
    expect(project(camera(10), [0.3, 0, 0.7])[0]).toBeLessThan(128);
  });
});

describe('turntableCamera', () => {
  it('begins at view 0 and turns the way the views are numbered', () => {
    expect(turntableCamera(0, SIZE, SIZE).cameraToWorld).toEqual(camera(0).cameraToWorld);
    const [x = 0, y = 0, z = 0] = position(turntableCamera(Math.PI / 2, SIZE, SIZE));
    expect(x).toBeCloseTo(3.5, 12);
    expect(y).toBeCloseTo(0, 12);
    expect(z).toBe(0.7);
  });

  it.each([
    [640, 360],
    [360, 640],
  ])('keeps what the ring sees within %i x %i', (width, height) => {
    const wide = turntableCamera(0, width, height);
    expect(wide.fx).toBeCloseTo((355.5555555555555 * 360) / 256, 6);
    expect([wide.cx, wide.cy]).toEqual([width / 2, height / 2]);
  });
});
