import type { LucideIcon } from 'lucide-react';
import { type Command, isEnabled } from '../commands/command.ts';
import { runCommand } from '../commands/registry.ts';
import { shortcutText } from '../commands/shortcut.ts';
import { Button, IconButton } from './button.tsx';

interface CommandButtonProps {
  readonly commands: readonly Command[];
  readonly id: string;
  readonly icon: LucideIcon;
  /** Shown beside the icon; without it the command's label is shown on hover. */
  readonly text?: string;
}

export const isMac = (): boolean => navigator.platform.startsWith('Mac');

/** A button that runs a command, and is on or off as the command is. */
export function CommandButton({ commands, id, icon, text }: CommandButtonProps) {
  const command = commands.find((each) => each.id === id);
  if (!command) throw new Error(`There is no command ${id}.`);
  const [keys] = command.keys ?? [];
  const pressed = command.isOn ? { pressed: command.isOn() } : {};
  const common = {
    icon,
    disabled: !isEnabled(command),
    onClick: () => {
      runCommand(command);
    },
  };
  if (text !== undefined) {
    return (
      <Button {...common} aria-pressed={command.isOn?.()} title={command.label}>
        {text}
      </Button>
    );
  }
  return (
    <IconButton
      {...common}
      {...pressed}
      label={command.label}
      shortcut={keys === undefined ? undefined : shortcutText(keys, isMac())}
    />
  );
}
