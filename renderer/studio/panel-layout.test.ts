import { describe, expect, it } from 'vitest';
import type { Panels } from '../../preload/contract/studio.ts';
import { panelLayout } from './panel-layout.ts';

const USUAL: Panels = { left: null, right: null, bottom: null, hidden: [] };
const stage = (panels: Panels, width: number, em: number): number => {
  const { left, right } = panelLayout(panels, { width, height: 800, em });
  return width - (left.now ?? 0) - (right.now ?? 0);
};

describe('the panels', () => {
  it('have a usual size, narrower in a small window', () => {
    const { left, right, bottom } = panelLayout(USUAL, { width: 1440, height: 800, em: 16 });
    expect([left.now, right.now, bottom.now]).toEqual([272, 320, null]);
    expect(panelLayout(USUAL, { width: 1000, height: 700, em: 16 }).left.now).toBe(240);
  });

  it.each([16, 20, 24, 32])('leave the stage two fifths of the width, at a font size of %d pixels', (em) => {
    for (const width of [400, 1024, 1440, 2560]) {
      for (const side of [null, 1, 20, 400]) {
        const panels = { ...USUAL, left: side, right: side };
        expect(stage(panels, width, em)).toBeGreaterThanOrEqual(width * 0.4 - 1e-6);
        const { left, right } = panelLayout(panels, { width, height: 800, em });
        for (const { now, min, max } of [left, right]) {
          expect(now).toBeGreaterThanOrEqual(min - 1e-6);
          expect(now).toBeLessThanOrEqual(max + 1e-6);
        }
      }
    }
  });

  it('that are hidden take no room, and leave theirs to the other', () => {
    const { left, right, bottom } = panelLayout(
      { left: 20, right: 400, bottom: 10, hidden: ['left', 'bottom'] },
      { width: 1000, height: 800, em: 16 },
    );
    expect([left.now, right.now, bottom.now]).toEqual([0, 600, 0]);
  });

  it('grow with the text', () => {
    const wide = { ...USUAL, left: 15, bottom: 12 };
    expect(panelLayout(wide, { width: 2000, height: 2000, em: 32 }).left.now).toBe(480);
    expect(panelLayout(wide, { width: 2000, height: 2000, em: 32 }).bottom.now).toBe(384);
    expect(panelLayout(wide, { width: 2000, height: 500, em: 32 }).bottom.now).toBe(300);
  });
});
