import { expect, test } from 'vitest';
import { newDocument } from '../../../core/document/document.ts';
import { cameraOf, withAlpha } from './scene-pictures.ts';

test('alpha and straight colour are what black and white show through', () => {
  // Opaque orange, nothing, and half of pure red.
  const onBlack = Uint8Array.of(255, 128, 0, 0, 0, 0, 128, 0, 0);
  const onWhite = Uint8Array.of(255, 128, 0, 255, 255, 255, 255, 127, 127);
  expect([...withAlpha(onBlack, onWhite)]).toEqual([255, 128, 0, 255, 0, 0, 0, 0, 255, 0, 0, 128]);
});

test('a camera sees as much in a wide picture, and in the middle of it', () => {
  const square = cameraOf(newDocument('A'), 3, [100, 100]);
  const wide = cameraOf(newDocument('A'), 3, [300, 100]);
  expect(wide).toMatchObject({ width: 300, height: 100, cx: 150, cy: 50, fx: square.fx, fy: square.fy });
  expect(wide.cameraToWorld).toEqual(square.cameraToWorld);
  expect(() => cameraOf(newDocument('A'), 21, [10, 10])).toThrow('There is no camera 21; choose one from 0 to 20.');
});
