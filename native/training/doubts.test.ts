import { describe, expect, it } from 'vitest';
import { doubtsAbout, type FittedPicture } from './doubts.ts';

/** Pictures of 6 views and 8 frames that fit well, changed as asked. */
function pictures(change: (view: number, frame: number) => Partial<FittedPicture> = () => ({})): FittedPicture[] {
  return Array.from({ length: 48 }, (_, i) => {
    const [view, frame] = [Math.floor(i / 8), i % 8];
    return { view, frame, foregroundPsnr: 27 + (view % 3), uncovered: 0.01, ...change(view, frame) };
  });
}

describe('the doubts about a fit', () => {
  it('are none where all pictures fit', () => {
    expect(doubtsAbout(pictures())).toEqual([]);
  });

  it('name views that fit worse than the others', () => {
    const [one, ...more] = doubtsAbout(pictures((view) => (view === 3 ? { foregroundPsnr: 20 } : {})));
    expect(one).toMatch(/^View 3 .* does not agree .* hold it out\.$/);
    expect(more).toEqual([]);
    const [two] = doubtsAbout(pictures((view) => (view === 0 || view === 5 ? { foregroundPsnr: 20 } : {})));
    expect(two).toMatch(/^Views 0 and 5 .* do not agree .* hold them out\.$/);
  });

  it('name frames in which part of the character is missing, and the worst picture', () => {
    const found = doubtsAbout(
      pictures((view, frame) => ({ uncovered: [2, 5, 6].includes(frame) && view === 4 ? 0.06 + frame / 100 : 0 })),
    );
    expect(found).toEqual([
      'Part of the character is missing in frames 3 and 6 to 7, most of it in frame 7 of view 4.',
    ]);
  });

  it('name frames without a character', () => {
    const found = doubtsAbout(pictures((_, frame) => (frame === 0 ? { foregroundPsnr: null, uncovered: 0 } : {})));
    expect(found).toEqual(['There is no character in frame 1; its motion there is a guess.']);
  });
});
