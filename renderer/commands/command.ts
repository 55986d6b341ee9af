/** Something that the user can do. Menu, shortcut, palette, button and test all run the same one. */
export interface Command {
  /** `group.name`, unique. */
  readonly id: string;
  /** As in a menu: "Rotate to front". */
  readonly label: string;
  /** Heading in the palette and the list of shortcuts. */
  readonly group: CommandGroup;
  /** Shortcuts, the first is shown: "Mod+Shift+E", "Space", "ArrowLeft", ",". Mod is Ctrl, on a Mac Cmd. */
  readonly keys?: readonly string[];
  /** Shortcuts of one key work only where no text is being typed, and in nothing that uses the key itself. */
  readonly when?: () => boolean;
  /** A switch: whether it is on. */
  readonly isOn?: () => boolean;
  readonly run: () => void | Promise<void>;
}

export type CommandGroup = 'File' | 'Edit' | 'View' | 'Play' | 'Pose' | 'Timeline' | 'Job' | 'Go to' | 'Help';

export const isEnabled = ({ when }: Command): boolean => when?.() ?? true;
