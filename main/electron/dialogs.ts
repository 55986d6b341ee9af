import { BrowserWindow, dialog } from 'electron';
import type { Dialogs } from '../studio/dialogs.ts';

/** The window that asks. */
const owner = (id: number) => BrowserWindow.getAllWindows().find(({ webContents }) => webContents.id === id);

/** The system's own dialogs, over the window that asks. */
export const systemDialogs: Dialogs = {
  async chooseFiles({ window, title, folder = false, several = false, filters = [] }) {
    const options = {
      title,
      filters: filters.map(({ name, extensions }) => ({ name, extensions: [...extensions] })),
      properties: [folder ? 'openDirectory' : 'openFile', ...(several ? ['multiSelections' as const] : [])] as (
        'openDirectory' | 'openFile' | 'multiSelections'
      )[],
    };
    const parent = owner(window);
    const { canceled, filePaths } = await (parent
      ? dialog.showOpenDialog(parent, options)
      : dialog.showOpenDialog(options));
    return canceled || filePaths.length === 0 ? null : filePaths;
  },
  async choosePlace({ window, title, name, filters }) {
    const options = {
      title,
      defaultPath: name,
      filters: filters.map((filter) => ({ name: filter.name, extensions: [...filter.extensions] })),
    };
    const parent = owner(window);
    const { canceled, filePath } = await (parent
      ? dialog.showSaveDialog(parent, options)
      : dialog.showSaveDialog(options));
    return canceled || filePath === '' ? null : filePath;
  },
};
