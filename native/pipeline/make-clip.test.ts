import { expect, test } from 'vitest';
import { checkClipMemory } from './make-clip.ts';

const GIGABYTE = 2 ** 30;

test('a clip that fits into half of the memory is fine', () => {
  checkClipMemory(25, 256, GIGABYTE);
});

test('a larger one is refused with both numbers and the remedy', () => {
  expect(() => {
    checkClipMemory(1000, 1024, 16 * GIGABYTE);
  }).toThrow(
    'A clip of 1000 frames of 1024x1024 needs 61.5 GB of memory and this machine has 16.0 GB; choose fewer frames or a smaller size.',
  );
});
