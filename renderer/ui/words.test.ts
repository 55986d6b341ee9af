import { expect, it } from 'vitest';
import { byteText, counted, durationText } from './words.ts';

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [4200, '4.2 kB'],
  [999_600, '1 MB'],
  [123_456_789, '123 MB'],
  [15e9, '15 GB'],
])('%d bytes are %s', (bytes, text) => {
  expect(byteText(bytes)).toBe(text);
});

it.each([
  [7.6, '8 s'],
  [200, '3 min 20 s'],
  [7500, '2 h 5 min'],
])('%d seconds are %s', (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});

it('counts', () => {
  expect([counted(1, 'view'), counted(30000, 'view')]).toEqual(['1 view', '30,000 views']);
});
