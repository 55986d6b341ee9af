import { expect, it } from 'vitest';
import { ringCameras } from '../../core/ring.ts';
import { viewAngle } from './view-angle.ts';

it('names where the cameras of the ring stand', () => {
  const angles = ringCameras(256).map(({ cameraToWorld }) => viewAngle({ cameraToWorld: [...cameraToWorld] }));
  expect(angles[0]).toEqual({ degrees: 0, side: 'front' });
  // View 5 stands at +x, where the character's left is.
  expect(angles[5]).toEqual({ degrees: 86, side: 'left' });
  expect(angles[10]?.side).toBe('back');
  expect(angles[16]).toEqual({ degrees: 274, side: 'right' });
  expect(angles.map(({ degrees }) => degrees)).toEqual(angles.map(({ degrees }) => degrees).toSorted((a, b) => a - b));
});
