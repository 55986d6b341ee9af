import { Menu, type MenuItemConstructorOptions } from 'electron';

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

/** The menus of the system. `tell` passes a command on to the page. */
export function setMenu(tell: (id: string) => void): void {
  const item = command(tell);
  const isMac = process.platform === 'darwin';
  const file: Item = {
    label: '&File',
    submenu: [
      item('file.new', 'New Project', 'CmdOrCtrl+N'),
      item('file.open', 'Open Project File…', 'CmdOrCtrl+O'),
      { role: 'recentDocuments', submenu: [{ role: 'clearRecentDocuments' }] },
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
