import { fileURLToPath } from 'node:url';
import { app, type BrowserWindow, clipboard, dialog, nativeTheme, shell } from 'electron';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { AssetReply } from '../studio/serve-asset.ts';
import { Studio } from '../studio/studio.ts';
import { answerCalls, tellWindow } from './bridge.ts';
import { Crashes } from './crashes.ts';
import { systemDialogs } from './dialogs.ts';
import { utilityEngine } from './engine-launcher.ts';
import { type Instance, withoutProjects } from './instance.ts';
import { SystemMenu } from './menu.ts';
import { serveScheme } from './protocol.ts';
import { denyPermissions, openWindow, placeOf } from './window.ts';

/** A file of the studio that other programs open; in a package it lies beside the archive, which they cannot read. */
const ownFile = (name: string): string =>
  fileURLToPath(new URL(`../../${name}`, import.meta.url)).replace(/\bapp\.asar\b(?!\.unpacked)/, 'app.asar.unpacked');

const windowPlace = z.object({
  bounds: z.object({ x: z.int(), y: z.int(), width: z.int().min(200), height: z.int().min(200) }),
  maximized: z.boolean(),
});
const PLACE = 'window';

/** The program from its first window to its end. */
export function runStudio(instance: Instance): void {
  let window: BrowserWindow | undefined;
  const crashes = new Crashes();
  const tell = (name: string, payload: unknown): void => {
    tellWindow(window, name, payload);
    if (name === 'library.changed') menu.refresh();
  };
  const menu = new SystemMenu({
    tell: (id) => {
      tell('studio.command', { id });
    },
    recent: () => studio?.library.recent() ?? [],
    openRecent: (project) => {
      studio?.showNext(project);
      tell('studio.openProject', { project });
      show();
    },
  });
  const studio = openStudio(tell);
  if (!studio) return;

  serveScheme((request, path) => Promise.resolve(assetResponse(studio.asset(path, request.headers.get('Range')))));
  answerCalls(studio.router);
  denyPermissions();
  menu.show();
  const ending = endWell(studio);
  const show = (): void => {
    if (ending.begun()) return;
    if (window && !window.isDestroyed()) {
      if (window.isMinimized()) window.restore();
      window.focus();
      return;
    }
    const opened = openWindow(studio.recall(PLACE, windowPlace));
    const id = opened.webContents.id;
    window = opened;
    opened.on('close', () => {
      studio.remember(PLACE, placeOf(opened));
    });
    // Files come and go while another program is in front.
    opened.on('focus', () => {
      menu.refresh();
    });
    opened.on('closed', () => {
      studio.projects.windowClosed(id).catch((error: unknown) => {
        // The program may end while space is being given back.
        studio.diagnostics.note('window', error);
      });
    });
    // A page that crashed is shown again; what it had not sent within the last moment is lost, and no more.
    opened.webContents.on('render-process-gone', (_event, details) => {
      studio.diagnostics.note('window', new Error(`The page ended: ${details.reason}`));
      if (details.reason === 'clean-exit' || opened.isDestroyed()) return;
      if (crashes.add()) {
        dialog.showErrorBox('The window keeps ending', 'Start the studio again; your work is as it was last kept.');
        app.quit();
        return;
      }
      studio.notice('The window had to be started again; your work is as it was last kept.');
      opened.webContents.reload();
    });
  };
  instance.onOpen((paths) => {
    if (ending.begun()) {
      ending.startAgain(paths);
      return;
    }
    for (const path of paths) openProjectFile(studio, path, tell);
    show();
  });
  show();
  app.on('activate', show);
  app.on('window-all-closed', () => {
    app.quit();
  });
  app.once('will-quit', () => {
    menu.end();
  });
}

/** Undefined where the studio cannot work; the user has been told. */
function openStudio(tell: (name: string, payload: unknown) => void): Studio | undefined {
  try {
    return new Studio({
      dataFolder: app.getPath('userData'),
      version: app.getVersion(),
      platform: process.platform === 'darwin' || process.platform === 'win32' ? process.platform : 'linux',
      launcher: utilityEngine,
      tell,
      desktop: {
        dialogs: systemDialogs,
        copyText: (text) => clipboard.writeText(text),
        reveal: (path) => {
          shell.showItemInFolder(path);
        },
        openLink: async (link) => {
          const path = ownFile(link === 'guide' ? 'docs/USER_GUIDE.md' : 'docs/NOTICE.txt');
          // Where no program is known for such a file, its folder is shown.
          if ((await shell.openPath(path)) !== '') shell.showItemInFolder(path);
        },
        noteRecent: (path) => {
          app.addRecentDocument(path);
        },
        clearRecent: () => {
          app.clearRecentDocuments();
        },
        setTheme: (theme) => {
          nativeTheme.themeSource = theme;
        },
      },
    });
  } catch (error) {
    const text = error instanceof AppError ? error.message : `Something went wrong that should not: ${String(error)}`;
    dialog.showErrorBox('CharacterShot Studio cannot start', text);
    app.exit(1);
    return undefined;
  }
}

/** A file that the system gives the studio: into the library, and shown. */
function openProjectFile(studio: Studio, path: string, tell: (name: string, payload: unknown) => void): void {
  try {
    const [card] = studio.library.add([path]);
    if (card) {
      studio.showNext(card.id);
      tell('studio.openProject', { project: card.id });
    }
  } catch (error) {
    dialog.showErrorBox(
      'This project cannot be opened',
      error instanceof AppError ? error.message : `${path} is no project file.`,
    );
  }
}

interface Ending {
  readonly begun: () => boolean;
  /** Once it has ended, the program begins anew with these project files. */
  readonly startAgain: (paths: readonly string[]) => void;
}

/** Running jobs stop at a place that they can go on from, and files are made whole, before the program ends. */
function endWell(studio: Studio): Ending {
  let state: 'runs' | 'ends' | 'ended' = 'runs';
  let next: readonly string[] | undefined;
  app.on('will-quit', (event) => {
    if (state === 'ended') return;
    event.preventDefault();
    if (state === 'ends') return;
    state = 'ends';
    const end = (): void => {
      state = 'ended';
      if (next) app.relaunch({ args: [...withoutProjects(process.argv.slice(1)), ...next] });
      app.quit();
    };
    studio.close().then(end, end);
  });
  return {
    begun: () => state !== 'runs',
    startAgain: (paths) => {
      next = [...(next ?? []), ...paths];
    },
  };
}

function assetResponse(reply: AssetReply | undefined): Response | undefined {
  if (!reply) return undefined;
  const { status, headers, body } = reply;
  if (body === null || body instanceof Uint8Array) {
    return new Response(body === null ? null : new Uint8Array(body), { status, headers: { ...headers } });
  }
  return new Response(ReadableStream.from(body), { status, headers: { ...headers } });
}
