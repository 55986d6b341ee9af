import { expect, it } from 'vitest';
import { meaningOfDrop } from './file-kinds.ts';

const files = (...names: string[]) => names.map((name) => ({ name, isFolder: false }));

it.each([
  [files('mira.PNG'), 'character'],
  [files('dance.mp4'), 'motion'],
  [files('walk.bvh'), 'motion'],
  [files('0.png', '1.png', '2.png'), 'motion'],
  [files(...Array.from({ length: 21 }, (_, i) => `view${i}.png`)), 'views'],
  [[{ name: 'views', isFolder: true }], 'views'],
  [files('mira.cshot'), 'project'],
  [files('notes.txt'), 'nothing'],
  [files('notes.txt', 'mira.png'), 'nothing'],
  [[], 'nothing'],
])('%j is %s', (dropped, meaning) => {
  expect(meaningOfDrop(dropped)).toBe(meaning);
});
