import {
  Aperture,
  Camera,
  Grid3x3,
  Grip,
  History,
  Layers,
  Maximize,
  Rotate3d,
  Sparkles,
  Video,
  type LucideIcon,
} from 'lucide-react';
import { type Command, isEnabled } from '../commands/command.ts';
import { IconButton } from '../ui/button.tsx';
import styles from './viewport-toolbar.module.css';

/** The commands that have a button, in groups from left to right. */
const BUTTONS: readonly (readonly (readonly [id: string, icon: LucideIcon])[])[] = [
  [
    ['view.gaussians', Sparkles],
    ['view.points', Grip],
    ['view.depth', Layers],
  ],
  [
    ['view.frameAll', Maximize],
    ['view.turntable', Rotate3d],
    ['view.showCameras', Aperture],
    ['view.camera', Video],
    ['view.showGrid', Grid3x3],
    ['view.showsEarlier', History],
  ],
  [['view.screenshot', Camera]],
];

export interface ViewportToolbarProps {
  /** Those without a button are left to menu and palette; one that cannot run now is not shown. */
  readonly commands: readonly Command[];
}

/** What is done with the viewport most often, over its upper left corner. */
export function ViewportToolbar({ commands }: ViewportToolbarProps) {
  return (
    <div className={styles.toolbar} role="toolbar" aria-label="View">
      {BUTTONS.map((group) => (
        <div key={group[0]?.[0]} className={styles.group}>
          {group.map(([id, icon]) => {
            const command = commands.find((one) => one.id === id);
            return command && isEnabled(command) && <CommandButton key={id} {...{ command, icon }} />;
          })}
        </div>
      ))}
    </div>
  );
}

function CommandButton({ command, icon }: { readonly command: Command; readonly icon: LucideIcon }) {
  const pressed = command.isOn?.();
  return (
    <IconButton
      icon={icon}
      label={command.label}
      shortcut={command.keys?.[0]}
      {...(pressed === undefined ? {} : { pressed })}
      onClick={() => void command.run()}
    />
  );
}
