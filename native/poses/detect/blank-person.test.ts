import { expect, test } from 'vitest';
import { standing } from '../../../test/helpers/standing.ts';
import { blankPerson } from './blank-person.ts';

test('a person is painted over in the colour of the border, and what is far away stays', () => {
  const [width, height] = [200, 200];
  const rgb = new Uint8Array(width * height * 3).fill(50);
  for (const row of [0, height - 1]) rgb.fill(240, row * width * 3, (row + 1) * width * 3);
  const result = blankPerson({ width, height, rgb }, standing());
  const red = (x: number, y: number): number => result.rgb[(y * width + x) * 3] ?? 0;
  expect([red(100, 70), red(100, 40), red(92, 160)]).toEqual([240, 240, 240]);
  expect([red(20, 100), red(180, 100)]).toEqual([50, 50]);
  expect(rgb[(100 * width + 100) * 3]).toBe(50); // the picture itself is left alone
});
