import { fileURLToPath } from 'node:url';
import { BrowserWindow, nativeTheme, type Rectangle, screen, session } from 'electron';
import { ORIGIN } from './protocol.ts';

const PRELOAD = fileURLToPath(new URL('../../preload/preload.cjs', import.meta.url));
const SMALLEST = { width: 800, height: 560 };
const USUAL = { width: 1440, height: 900 };

/** Where a window was and how. */
export interface WindowPlace {
  readonly bounds: Rectangle;
  readonly maximized: boolean;
}

/** A window of the studio: sandboxed, without Node, on the studio's own pages and unable to leave them. */
export function openWindow(place: WindowPlace | undefined): BrowserWindow {
  const bounds = place && isVisible(place.bounds) ? place.bounds : USUAL;
  const window = new BrowserWindow({
    ...bounds,
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#101116' : '#eceef3',
    title: 'CharacterShot Studio',
    webPreferences: {
      preload: PRELOAD,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  });
  window.once('ready-to-show', () => {
    if (place?.maximized) window.maximize();
    window.show();
  });
  window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  window.webContents.on('will-navigate', (event) => {
    event.preventDefault();
  });
  window.webContents.on('will-attach-webview', (event) => {
    event.preventDefault();
  });
  window.loadURL(`${ORIGIN}/`).catch(() => {
    // Closing a window that is still loading, or loading it anew, ends this one.
  });
  return window;
}

/** Pages may ask for nothing of the machine (camera, position, notifications, ...) but the clipboard's writing side. */
export function denyPermissions(): void {
  const allowed = new Set(['clipboard-sanitized-write', 'fullscreen']);
  session.defaultSession.setPermissionRequestHandler((_contents, permission, answer) => {
    answer(allowed.has(permission));
  });
  session.defaultSession.setPermissionCheckHandler((_contents, permission) => allowed.has(permission));
}

export const placeOf = (window: BrowserWindow): WindowPlace => ({
  bounds: window.getNormalBounds(),
  maximized: window.isMaximized(),
});

/** A screen may have gone since. */
function isVisible(bounds: Rectangle): boolean {
  const { x, y, width, height } = screen.getDisplayMatching(bounds).workArea;
  const across = Math.min(bounds.x + bounds.width, x + width) - Math.max(bounds.x, x);
  const down = Math.min(bounds.y + bounds.height, y + height) - Math.max(bounds.y, y);
  return across >= 100 && down >= 100;
}
