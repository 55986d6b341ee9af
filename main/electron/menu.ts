import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { RecentProject } from '../../preload/contract/library.ts';

type Item = MenuItemConstructorOptions;

/** Commands of the page by id; the page runs them, and shows its own shortcuts, which the menu repeats without taking them. */
const command =
  (tell: (id: string) => void) =>
  (id: string, label: string, accelerator?: string): Item => ({
    id,
    label,
    click: () => {
      tell(id);
    },
    ...(accelerator === undefined ? {} : { accelerator, registerAccelerator: false }),
  });

export interface MenuOptions {
  /** Passes a command on to the page. */
  readonly tell: (id: string) => void;
  /** What is under "Open Recent" now, newest first. */
  readonly recent: () => readonly RecentProject[];
  readonly openRecent: (project: string) => void;
}

/** The library changes many times while a project is edited, and the menu rarely with it. */
const REST_MS = 200;

/** The menus of the system. Electron's never change once they are made: they are made anew with each other list of recent projects. */
export class SystemMenu {
  readonly #options: MenuOptions;
  #shown: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(options: MenuOptions) {
    this.#options = options;
  }

  show(): void {
    const { tell, recent, openRecent } = this.#options;
    const list = recent();
    const key = JSON.stringify(list);
    if (key === this.#shown) return;
    this.#shown = key;
    setMenu(tell, list, openRecent);
  }

  /** The list may have changed. */
  refresh(): void {
    if (this.#isOver) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.show();
    }, REST_MS);
  }

  /** The library is about to be closed. */
  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }
}

function setMenu(
  tell: MenuOptions['tell'],
  recent: readonly RecentProject[],
  openRecent: MenuOptions['openRecent'],
): void {
  const item = command(tell);
  const isMac = process.platform === 'darwin';
  const clear: Item = { ...item('file.clearRecent', 'Clear'), enabled: recent.length > 0 };
  const file: Item = {
    label: '&File',
    submenu: [
      item('file.new', 'New Project', 'CmdOrCtrl+N'),
      item('file.open', 'Open Project File…', 'CmdOrCtrl+O'),
      { label: 'Open Recent', submenu: [...recentItems(recent, openRecent), clear] },
      { type: 'separator' },
      item('file.save', 'Save', 'CmdOrCtrl+S'),
      item('file.saveAs', 'Save As…', 'CmdOrCtrl+Shift+S'),
      item('file.export', 'Export…', 'CmdOrCtrl+E'),
      { type: 'separator' },
      item('file.close', 'Close Project', 'CmdOrCtrl+W'),
      ...(isMac ? [] : [{ role: 'quit' } as const]),
    ],
  };
  const edit: Item = {
    label: '&Edit',
    submenu: [
      item('edit.undo', 'Undo', 'CmdOrCtrl+Z'),
      item('edit.redo', 'Redo', 'CmdOrCtrl+Shift+Z'),
      { type: 'separator' },
      { role: 'cut' },
      { role: 'copy' },
      { role: 'paste' },
      { role: 'selectAll' },
    ],
  };
  const view: Item = {
    label: '&View',
    submenu: [
      item('go.library', 'Library', 'CmdOrCtrl+Shift+L'),
      item('go.models', 'Models', 'CmdOrCtrl+Shift+M'),
      item('view.jobs', 'Jobs', 'CmdOrCtrl+J'),
      { type: 'separator' },
      item('view.palette', 'All Commands…', 'CmdOrCtrl+K'),
      item('view.theme', 'Light or Dark'),
      item('view.settings', 'Settings…', 'CmdOrCtrl+,'),
      { type: 'separator' },
      { role: 'togglefullscreen' },
      { role: 'toggleDevTools' },
    ],
  };
  const help: Item = {
    role: 'help',
    submenu: [
      item('help.guide', "User's Guide"),
      item('help.shortcuts', 'Keyboard Shortcuts'),
      item('help.diagnostics', 'Copy Diagnostics'),
      { type: 'separator' },
      item('help.about', 'About CharacterShot Studio'),
    ],
  };
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(isMac ? [{ role: 'appMenu' } as const] : []),
      file,
      edit,
      view,
      { role: 'windowMenu' },
      help,
    ]),
  );
}

/** One whose file is gone stays in sight, so that nobody wonders where it went, and cannot be chosen. */
const recentItems = (recent: readonly RecentProject[], open: (project: string) => void): Item[] =>
  recent.length === 0
    ? []
    : [
        ...recent.map(({ id, label, missing }): Item => ({
          id: `file.recent.${id}`,
          // A single "&" marks the letter that chooses an item.
          label: label.replaceAll('&', '&&') + (missing ? ' (file missing)' : ''),
          enabled: !missing,
          click: () => {
            open(id);
          },
        })),
        { type: 'separator' },
      ];
