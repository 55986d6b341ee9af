import { useEffect } from 'react';
import { createStore } from 'zustand/vanilla';
import { attempt } from '../app/notices.ts';
import { type Command, isEnabled } from './command.ts';
import { isPressed } from './shortcut.ts';

/** All commands that can be given now, by whoever is on the page. */
export const registry = createStore<readonly Command[]>()(() => []);

/** Adds commands; gives back how to take them away. Throws for an id that is taken. */
export function addCommands(commands: readonly Command[]): () => void {
  for (const { id } of commands) {
    if (findCommand(id)) throw new Error(`Two commands are called ${id}.`);
  }
  registry.setState((all) => [...all, ...commands], true);
  return () => {
    registry.setState((all) => all.filter((command) => !commands.includes(command)), true);
  };
}

/** A component's commands, as long as it is there. The list must stay the same list between renders. */
export function useCommands(commands: readonly Command[]): void {
  useEffect(() => addCommands(commands), [commands]);
}

export const findCommand = (id: string): Command | undefined =>
  registry.getState().find((command) => command.id === id);

export function runCommand(command: Command | undefined): void {
  if (command && isEnabled(command)) {
    attempt(async () => {
      await command.run();
    });
  }
}

/** Runs a command of the system's menu. In a text, undo and redo are the text's; a Mac's menu takes their keys before the page. */
export function runMenuCommand(id: string): void {
  const isText = document.activeElement?.matches('input[type=text], input:not([type]), textarea') ?? false;
  const own = { 'edit.undo': 'undo', 'edit.redo': 'redo' }[id];
  // Deprecated and without a successor: the only way to the browser's own undo of a text.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  if (isText && own !== undefined) document.execCommand(own);
  else runCommand(findCommand(id));
}

/** Runs the command whose shortcut is pressed, unless the focused element needs the key itself. */
export function runShortcut(event: KeyboardEvent, isMac: boolean): void {
  if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return;
  const command = registry
    .getState()
    .find(
      (each) => isEnabled(each) && each.keys?.some((keys) => isPressed(keys, event, isMac) && !needsKey(event, keys)),
    );
  if (!command) return;
  event.preventDefault();
  runCommand(command);
}

const OWN_KEYS =
  'input:not([type=checkbox]), textarea, select, [contenteditable], [role=slider], [role=menu], [role=listbox]';
const MOVES_RANGE = /^(Shift\+)?(Arrow\w+|Page\w+|Home|End)$/;
const PRESSED_BY_SPACE = 'button, [role=button], [role=tab], input[type=checkbox], summary, a[href]';

/** With Ctrl or Alt a key belongs to the program; alone it may be text, or move or press what has the focus. */
function needsKey(event: KeyboardEvent, keys: string): boolean {
  const target = event.target instanceof Element ? event.target : null;
  if (!target) return false;
  const isText = target.matches('input[type=text], input:not([type]), textarea, [contenteditable]');
  // Undo and its kin act on the text while one is typing.
  if (isText && /^Mod\+(Shift\+)?[ZYXCVA]$/i.test(keys)) return true;
  if (/^(Mod|Alt)\+/.test(keys)) return false;
  // What a range does not move by is the program's: Escape leaves, Space plays.
  if (target.matches('input[type=range]')) return MOVES_RANGE.test(keys);
  if (target.closest(OWN_KEYS)) return true;
  return (keys === 'Space' || keys === 'Enter') && target.matches(PRESSED_BY_SPACE);
}
