import { expect, it } from 'vitest';
import { gridMove } from './grid-moves.ts';

it.each([
  ['ArrowRight', 3, 4],
  ['ArrowRight', 20, 20],
  ['ArrowLeft', 0, 0],
  ['ArrowDown', 3, 10],
  ['ArrowDown', 18, 18],
  ['ArrowUp', 10, 3],
  ['ArrowUp', 2, 2],
  ['Home', 9, 0],
  ['End', 9, 20],
  ['a', 9, undefined],
])('%s at %i goes to %s in 21 tiles of 7 columns', (key, at, to) => {
  expect(gridMove(key, at, 21, 7)).toBe(to);
});
