import { describe, expect, it } from 'vitest';
import { matchScore } from './match.ts';

const best = (typed: string, labels: string[]): string | undefined =>
  labels
    .map((label) => ({ label, score: matchScore(typed, label) }))
    .filter(({ score }) => score !== undefined)
    .sort((a, b) => (b.score ?? 0) - (a.score ?? 0))[0]?.label;

describe('matching what is typed', () => {
  it.each([
    ['exp', 'Export…'],
    ['sa', 'Save'],
    ['save a', 'Save as…'],
    ['sha', 'Show axes'],
    ['ks', 'Keyboard shortcuts'],
  ])('%s finds %s', (typed, label) => {
    expect(
      best(typed, ['Pose: exchange sides', 'Export…', 'Save', 'Save as…', 'Show axes', 'Keyboard shortcuts']),
    ).toBe(label);
  });

  it('letters out of order do not fit', () => {
    expect(matchScore('ba', 'ab')).toBeUndefined();
  });
});
