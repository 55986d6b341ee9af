import { mkdirSync } from 'node:fs';
import { app } from 'electron';
import { refuseSecondInstance } from './instance.ts';
import { registerScheme } from './protocol.ts';
import { runStudio } from './run-studio.ts';

// Before anything is opened: where data lie, which addresses there are, and whether another studio runs already.
const data = process.env.CHARACTERSHOT_DATA;
if (data !== undefined) {
  // Electron takes no folder that is not there.
  mkdirSync(data, { recursive: true });
  app.setPath('userData', data);
}
// As in electron-builder.yml: what Windows groups windows, shortcuts and recent files of one program by.
if (process.platform === 'win32') app.setAppUserModelId('io.github.charactershot.studio');
registerScheme();
const instance = refuseSecondInstance();
// Not awaited here: Electron is not ready before this module has come to its end.
if (instance) {
  void app.whenReady().then(() => {
    runStudio(instance);
  });
}
