import { expect, it } from 'vitest';
import { withoutNames } from './diagnostics.ts';

it('the diagnostics name neither the user nor their folders', () => {
  const text = 'at open (/home/annika/art/mira.cshot)\nowner annika';
  expect(withoutNames(text, '/home/annika', 'annika')).toBe('at open (~/art/mira.cshot)\nowner user');
});

it('paths of Windows are found in both spellings', () => {
  const text = String.raw`C:\Users\Annika\a.cshot C:/Users/Annika/b.cshot`;
  expect(withoutNames(text, String.raw`C:\Users\Annika`, 'Annika')).toBe(String.raw`~\a.cshot ~/b.cshot`);
});
