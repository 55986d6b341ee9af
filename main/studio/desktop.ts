import type { Dialogs } from './dialogs.ts';

/** What the studio asks of the system that it runs on. Electron answers it; nothing else of the studio knows Electron. */
export interface Desktop {
  readonly dialogs: Dialogs;
  readonly copyText: (text: string) => void | Promise<void>;
  /** Shows a file or folder in the system's file manager. */
  readonly reveal: (path: string) => void;
  /** Opens a file of the studio's own in whatever the system uses for it. */
  readonly openLink: (link: 'guide' | 'licences') => void | Promise<void>;
  /** Puts a project file into the system's list of recent ones. */
  readonly noteRecent: (path: string) => void;
  /** Empties that list. */
  readonly clearRecent: () => void;
  readonly setTheme: (theme: 'dark' | 'light' | 'system') => void;
}
