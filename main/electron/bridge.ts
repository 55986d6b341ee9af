import { type BrowserWindow, ipcMain } from 'electron';
import { CALL_CHANNEL, EVENT_CHANNEL, type Reply } from '../../preload/contract/wire.ts';
import type { Router } from '../studio/router.ts';
import { ORIGIN } from './protocol.ts';

/** Takes calls from the studio's own pages to the router. */
export function answerCalls(router: Router): void {
  ipcMain.handle(CALL_CHANNEL, (event, name: unknown, input: unknown, files: unknown): Promise<Reply> | Reply => {
    const url = event.senderFrame?.url ?? '';
    if (!url.startsWith(`${ORIGIN}/`)) {
      return { ok: false, error: { code: 'bad-input', message: 'This page is not one of the studio.' } };
    }
    const paths = Array.isArray(files)
      ? files.filter((path): path is string => typeof path === 'string' && path !== '')
      : [];
    return router.call(name, input, { files: paths, window: event.sender.id });
  });
}

/** Tells a window about an event, unless it is just closing. */
export function tellWindow(window: BrowserWindow | undefined, name: string, payload: unknown): void {
  if (!window || window.isDestroyed() || window.webContents.isDestroyed()) return;
  window.webContents.send(EVENT_CHANNEL, name, payload);
}
