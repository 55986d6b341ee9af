import { expect, it } from 'vitest';
import { clipFrame } from './clip-frame.ts';

it.each([
  [0, 25, 25, 0],
  [7.9, 25, 25, 7],
  [24, 25, 25, 24],
  [24, 49, 25, 12],
  [48, 49, 25, 24],
  [3, 1, 25, 0],
])('frame %f of %i is frame %4$i of a clip of %i', (frame, frames, inClip, expected) => {
  expect(clipFrame({ frame, frames }, inClip)).toBe(expected);
});

it('whole frames stay whole', () => {
  for (let frame = 0; frame < 25; frame++) expect(clipFrame({ frame: frame * 2, frames: 49 }, 25)).toBe(frame);
});
