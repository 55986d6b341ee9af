import { describe, expect, it } from 'vitest';
import type { Panels } from '../../preload/contract/studio.ts';
import { createPanelsStore, panelCommands, resetPanel, sizePanel, togglePanel } from './panels-store.ts';

const setUp = () => {
  const kept: Panels[] = [];
  const initial: Panels = { left: null, right: 22, bottom: null, hidden: [] };
  return { kept, panels: createPanelsStore(initial, (now) => kept.push(now)) };
};

describe('the panels of the studio', () => {
  it('a drag is kept when it ends', () => {
    const { kept, panels } = setUp();
    for (const size of [18, 19, 20]) sizePanel(panels, 'left', { size, isHidden: false });
    expect(kept).toEqual([]);
    panels.keep();
    expect(kept).toEqual([{ left: 20, right: 22, bottom: null, hidden: [] }]);
  });

  it('one that was dragged away comes back as large as it was', () => {
    const { panels } = setUp();
    sizePanel(panels, 'right', { size: 12, isHidden: false });
    for (const size of [22, 22]) sizePanel(panels, 'right', { size, isHidden: true });
    expect(panels.getState()).toMatchObject({ right: 22, hidden: ['right'] });
    togglePanel(panels, 'right');
    expect(panels.getState()).toMatchObject({ right: 22, hidden: [] });
  });

  it('one that was hidden and is dragged no farther keeps its size', () => {
    const { panels } = setUp();
    togglePanel(panels, 'right');
    sizePanel(panels, 'right', { size: 0, isHidden: true });
    expect(panels.getState()).toMatchObject({ right: 22, hidden: ['right'] });
  });

  it('a reset shows it in its usual size', () => {
    const { kept, panels } = setUp();
    togglePanel(panels, 'right');
    resetPanel(panels, 'right');
    expect(kept.at(-1)).toEqual({ left: null, right: null, bottom: null, hidden: [] });
  });

  it('its command is a switch', () => {
    const { panels } = setUp();
    const command = panelCommands(panels).find(({ id }) => id === 'view.panel-bottom');
    void command?.run();
    expect(command?.isOn?.()).toBe(false);
    expect(panels.getState().hidden).toEqual(['bottom']);
  });
});
