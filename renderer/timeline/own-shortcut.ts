import type { KeyboardEvent } from 'react';
import { type Command, isEnabled } from '../commands/command.ts';
import { runCommand } from '../commands/registry.ts';
import { isPressed } from '../commands/shortcut.ts';

/**
 * Runs the timeline's command that is pressed while a part of the timeline has the focus: the window leaves plain keys to
 * sliders and lists. `extra` names commands of further keys. Whether there was one.
 */
export function runOwnShortcut(
  event: KeyboardEvent<HTMLElement>,
  commands: readonly Command[],
  extra: Readonly<Record<string, string>> = {},
): boolean {
  if (event.ctrlKey || event.metaKey) return false;
  const command = commands.find(
    (each) =>
      isEnabled(each) &&
      (each.id === extra[event.key] || each.keys?.some((keys) => isPressed(keys, event.nativeEvent, false))),
  );
  if (!command) return false;
  event.preventDefault();
  event.stopPropagation();
  runCommand(command);
  return true;
}
