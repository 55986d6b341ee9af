import { app } from 'electron';
import { refuseSecondInstance } from './instance.ts';
import { registerScheme } from './protocol.ts';
import { runStudio } from './run-studio.ts';

// Before anything is opened: where data lie, which addresses there are, and whether another studio runs already.
const data = process.env.CHARACTERSHOT_DATA;
if (data !== undefined) app.setPath('userData', data);
registerScheme();
const instance = refuseSecondInstance();
if (instance) {
  await app.whenReady();
  runStudio(instance);
}
