import { type Command, isEnabled } from '../commands/command.ts';
import { runCommand } from '../commands/registry.ts';
import { shortcutText } from '../commands/shortcut.ts';
import { Menu, type MenuItem } from '../ui/menu.tsx';
import { isMac } from '../ui/command-button.tsx';

const ENTRIES: readonly string[] = [
  'pose.select-group',
  'pose.select-all',
  'line',
  'pose.copy',
  'pose.paste',
  'pose.paste-to-frames',
  'line',
  'pose.hide',
  'pose.show-all',
  'pose.delete',
  'pose.restore',
  'pose.reset',
  'line',
  'pose.surer',
  'pose.less-sure',
  'pose.turn-left',
  'pose.turn-right',
  'pose.larger',
  'pose.smaller',
  'line',
  'pose.set-keys',
  'pose.remove-keys',
  'pose.interpolate',
];

interface PoseMenuProps {
  readonly commands: readonly Command[];
  readonly at: { readonly x: number; readonly y: number };
  readonly onClose: () => void;
}

/** What can be done to the selected joints, or to all. */
export function PoseMenu({ commands, at, onClose }: PoseMenuProps) {
  const items = ENTRIES.flatMap((id): MenuItem[] => {
    if (id === 'line') return ['line'];
    const command = commands.find((each) => each.id === id);
    if (!command) return [];
    const [keys] = command.keys ?? [];
    return [
      {
        label: command.label,
        disabled: !isEnabled(command),
        ...(keys !== undefined && { shortcut: shortcutText(keys, isMac()) }),
        danger: id === 'pose.delete',
        run: () => {
          runCommand(command);
        },
      },
    ];
  });
  return <Menu label="Joints" items={items} at={at} onClose={onClose} />;
}
