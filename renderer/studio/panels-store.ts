import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Panels } from '../../preload/contract/studio.ts';
import type { Command } from '../commands/command.ts';
import type { PanelName } from './panel-layout.ts';

/** The panels as they are now. A drag changes them many times; only what `keep` is called for outlives the program. */
export interface PanelsStore extends StoreApi<Panels> {
  readonly keep: () => void;
}

export function createPanelsStore(initial: Panels, keep: (panels: Panels) => void): PanelsStore {
  const store = createStore<Panels>()(() => initial);
  return {
    ...store,
    keep: () => {
      keep(store.getState());
    },
  };
}

const without = (hidden: Panels['hidden'], name: PanelName): Panels['hidden'] =>
  hidden.filter((other) => other !== name);

interface PanelChange {
  /** In font sizes of the page; of one that is hidden, what it comes back with. 0: as before. */
  readonly size: number;
  readonly isHidden: boolean;
}

export function sizePanel(panels: PanelsStore, name: PanelName, { size, isHidden }: PanelChange): void {
  const now = panels.getState();
  const hidden = without(now.hidden, name);
  panels.setState({ hidden: isHidden ? [...hidden, name] : hidden, [name]: size === 0 ? now[name] : size });
}

/** As large as of its own accord, and there. */
export function resetPanel(panels: PanelsStore, name: PanelName): void {
  panels.setState({ hidden: without(panels.getState().hidden, name), [name]: null });
  panels.keep();
}

export function togglePanel(panels: PanelsStore, name: PanelName): void {
  const { hidden } = panels.getState();
  panels.setState({ hidden: hidden.includes(name) ? without(hidden, name) : [...hidden, name] });
  panels.keep();
}

const COMMANDS = [
  { name: 'left', label: 'Panel: character and motion', keys: 'Mod+B' },
  { name: 'bottom', label: 'Panel: timeline', keys: 'Mod+Alt+J' },
  { name: 'right', label: 'Panel: stages', keys: 'Mod+Alt+B' },
] as const;

export const panelCommands = (panels: PanelsStore): readonly Command[] =>
  COMMANDS.map(({ name, label, keys }): Command => ({
    id: `view.panel-${name}`,
    label,
    group: 'View',
    keys: [keys],
    isOn: () => !panels.getState().hidden.includes(name),
    run: () => {
      togglePanel(panels, name);
    },
  }));
