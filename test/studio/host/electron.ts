/**
 * A small stand-in for the `electron` module: what the studio's main process uses of it, on plain Node. Pages are served
 * over HTTP to a real Chromium that the test drives. What it cannot show (windows of a desktop, menus, packaging,
 * Chromium's sandbox around the preload script) is listed in docs/ARCHITECTURE.md.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { FromHost, ToHost } from './messages.ts';
import { decode, encode } from './wire-codec.ts';

const tellTest = (message: FromHost): void => {
  process.send?.(message);
};
const answers: (readonly string[])[] = [];
process.on('message', (message: ToHost) => {
  if (message.type === 'answer') answers.push(message.paths);
  else if (message.type === 'menu') clickMenu(message.id);
  else if (message.type === 'open-file') app.emit('open-file', { preventDefault: () => undefined }, message.path);
  else app.quit();
});

// A test that ends takes its studio along.
process.on('disconnect', () => process.exit(1));

class App extends EventEmitter {
  readonly isPackaged = false;
  readonly name = 'CharacterShot Studio';
  #userData = join(tmpdir(), 'charactershot-stand-in');
  #quitting = false;

  whenReady(): Promise<void> {
    return ready;
  }
  relaunch(): void {
    // A test starts the next one itself.
  }
  requestSingleInstanceLock(): boolean {
    return true;
  }
  getPath(name: string): string {
    return name === 'userData' ? this.#userData : tmpdir();
  }
  setPath(_name: string, path: string): void {
    if (!existsSync(path)) throw new Error(`Failed to set path ${path}`);
    this.#userData = path;
  }
  getVersion(): string {
    return (createRequire(import.meta.url)('../../../package.json') as { version: string }).version;
  }
  setAppUserModelId(): void {
    // Windows only.
  }
  addRecentDocument(): void {
    // The system's own list.
  }
  clearRecentDocuments(): void {
    // The system's own list.
  }
  setAboutPanelOptions(): void {
    // The system's own panel.
  }
  /** As Electron: windows close, then `will-quit`, which may be put off, then the end. */
  quit(): void {
    if (this.#quitting) return;
    if (this.#isPutOff('before-quit')) return;
    for (const window of BrowserWindow.getAllWindows()) window.close();
    if (!this.#isPutOff('will-quit')) this.exit(0);
  }
  #isPutOff(name: string): boolean {
    const event = new Event(name, { cancelable: true });
    this.emit(name, event);
    return event.defaultPrevented;
  }
  exit(code = 0): void {
    this.#quitting = true;
    process.exit(code);
  }
}
export const app = new App();

type SchemeHandler = (request: Request) => Promise<Response>;
const schemes = new Map<string, SchemeHandler>();
export const protocol = {
  registerSchemesAsPrivileged: (): void => undefined,
  handle: (scheme: string, handler: SchemeHandler): void => {
    schemes.set(scheme, handler);
  },
};

type Listener = (event: unknown, ...args: unknown[]) => unknown;
const invokeHandlers = new Map<string, Listener>();
export const ipcMain = {
  handle: (channel: string, handler: Listener): void => {
    invokeHandlers.set(channel, handler);
  },
};

class WebContents extends EventEmitter {
  readonly id: number;
  /** Open answers that events are written to. */
  readonly streams = new Set<ServerResponse>();
  readonly #missed: Uint8Array[] = [];
  readonly #origin: () => string;

  constructor(id: number, origin: () => string) {
    super();
    this.id = id;
    this.#origin = origin;
  }
  send(channel: string, ...args: unknown[]): void {
    const body = encode([channel, ...args]);
    const frame = new Uint8Array(4 + body.length);
    new DataView(frame.buffer).setUint32(0, body.length);
    frame.set(body, 4);
    if (this.streams.size === 0) this.#missed.push(frame);
    for (const stream of this.streams) stream.write(frame);
  }
  listen(stream: ServerResponse): void {
    for (const frame of this.#missed.splice(0)) stream.write(frame);
    this.streams.add(stream);
    stream.on('close', () => this.streams.delete(stream));
  }
  isDestroyed(): boolean {
    return false;
  }
  setWindowOpenHandler(): void {
    // The test's Chromium has no other windows to open.
  }
  getURL(): string {
    return this.#origin();
  }
  reload(): void {
    tellTest({ type: 'reload', window: this.id });
  }
  toggleDevTools(): void {
    // The test's Chromium has none.
  }
}

export class BrowserWindow extends EventEmitter {
  static readonly #all = new Map<number, BrowserWindow>();
  readonly id: number;
  readonly webContents: WebContents;
  #bounds: { x: number; y: number; width: number; height: number };
  #destroyed = false;

  constructor(options: { width?: number; height?: number; webPreferences?: { preload?: string } }) {
    super();
    this.id = BrowserWindow.#all.size + 1;
    this.#bounds = { x: 0, y: 0, width: options.width ?? 1440, height: options.height ?? 900 };
    this.webContents = new WebContents(this.id, () => 'studio://app/');
    BrowserWindow.#all.set(this.id, this);
    this.preload = options.webPreferences?.preload ?? '';
  }
  readonly preload: string;
  static getAllWindows(): BrowserWindow[] {
    return [...BrowserWindow.#all.values()].filter((window) => !window.#destroyed);
  }
  static getFocusedWindow(): BrowserWindow | null {
    return BrowserWindow.getAllWindows()[0] ?? null;
  }
  static fromId(id: number): BrowserWindow | undefined {
    return BrowserWindow.#all.get(id);
  }
  loadURL(url: string): Promise<void> {
    const { pathname } = new URL(url);
    const address = `http://127.0.0.1:${port}${pathname}?window=${this.id}`;
    tellTest({ type: 'window', window: this.id, url: address, preload: this.preload, ...this.#bounds });
    this.emit('ready-to-show');
    return Promise.resolve();
  }
  isDestroyed(): boolean {
    return this.#destroyed;
  }
  close(): void {
    if (this.#destroyed) return;
    this.emit('close', { preventDefault: () => undefined });
    this.#destroyed = true;
    this.emit('closed');
    tellTest({ type: 'closed', window: this.id });
    if (BrowserWindow.getAllWindows().length === 0) app.emit('window-all-closed');
  }
  getNormalBounds() {
    return this.#bounds;
  }
  isMaximized(): boolean {
    return false;
  }
  isMinimized(): boolean {
    return false;
  }
  isFullScreen(): boolean {
    return false;
  }
  setFullScreen(): void {
    // No desktop.
  }
  maximize(): void {
    // No desktop.
  }
  restore(): void {
    // No desktop.
  }
  show(): void {
    // No desktop.
  }
  focus(): void {
    // No desktop.
  }
  setTitle(): void {
    // No desktop.
  }
  setProgressBar(): void {
    // No desktop.
  }
}

const nextAnswer = (): readonly string[] => answers.shift() ?? [];
export const dialog = {
  showOpenDialog: (...args: unknown[]) => {
    tellTest({ type: 'dialog', options: JSON.stringify(args.at(-1)) });
    const filePaths = nextAnswer();
    return Promise.resolve({ canceled: filePaths.length === 0, filePaths: [...filePaths] });
  },
  showSaveDialog: (...args: unknown[]) => {
    tellTest({ type: 'dialog', options: JSON.stringify(args.at(-1)) });
    const [filePath] = nextAnswer();
    return Promise.resolve({ canceled: filePath === undefined, filePath: filePath ?? '' });
  },
  showMessageBox: () => Promise.resolve({ response: Number(nextAnswer()[0] ?? 0) }),
  showErrorBox: (title: string, text: string): void => {
    tellTest({ type: 'error', text: `${title}: ${text}` });
  },
};

interface MenuTemplate {
  readonly id?: string;
  readonly label?: string;
  readonly role?: string;
  readonly submenu?: readonly MenuTemplate[];
  readonly click?: () => void;
}
let menu: readonly MenuTemplate[] = [];
export const Menu = {
  buildFromTemplate: (template: readonly MenuTemplate[]) => template,
  setApplicationMenu: (template: readonly MenuTemplate[]): void => {
    menu = template;
  },
};
function clickMenu(id: string): void {
  const find = (items: readonly MenuTemplate[]): MenuTemplate | undefined =>
    items.find((item) => item.id === id) ?? items.map((item) => find(item.submenu ?? [])).find(Boolean);
  find(menu)?.click?.();
}

/** A child process with Electron's face: `process.parentPort` in the child, `postMessage` and `message` here. */
class UtilityProcess extends EventEmitter {
  readonly #child: ChildProcess;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;

  constructor(path: string, args: readonly string[], options: { env?: NodeJS.ProcessEnv }) {
    super();
    const shim = fileURLToPath(new URL('parent-port.mjs', import.meta.url));
    this.#child = fork(path, args, {
      serialization: 'advanced',
      execArgv: ['--import', shim],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      ...(options.env ? { env: options.env } : {}),
    });
    this.stdout = this.#child.stdout;
    this.stderr = this.#child.stderr;
    this.#child.on('spawn', () => this.emit('spawn'));
    this.#child.on('message', (message) => this.emit('message', message));
    this.#child.on('exit', (code) => this.emit('exit', code ?? -1));
    this.#child.on('error', () => undefined);
  }
  get pid(): number | undefined {
    return this.#child.exitCode === null ? this.#child.pid : undefined;
  }
  postMessage(message: unknown): void {
    if (this.#child.connected) this.#child.send(message as object, () => undefined);
  }
  kill(): boolean {
    return this.#child.kill('SIGTERM');
  }
}
export const utilityProcess = {
  fork: (path: string, args: readonly string[] = [], options: { env?: NodeJS.ProcessEnv } = {}) =>
    new UtilityProcess(path, args, options),
};

export const nativeTheme = Object.assign(new EventEmitter(), { shouldUseDarkColors: true, themeSource: 'system' });
export const screen = { getDisplayMatching: () => ({ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }) };
export const session = {
  defaultSession: {
    setPermissionRequestHandler: (): void => undefined,
    setPermissionCheckHandler: (): void => undefined,
  },
};
export const shell = {
  showItemInFolder: (path: string): void => {
    tellTest({ type: 'reveal', path });
  },
  openPath: (path: string): Promise<string> => {
    tellTest({ type: 'reveal', path });
    return Promise.resolve('');
  },
  openExternal: (url: string): Promise<void> => {
    tellTest({ type: 'link', url });
    return Promise.resolve();
  },
};
export const clipboard = {
  writeText: (text: string): Promise<void> => {
    tellTest({ type: 'clipboard', text });
    return Promise.resolve();
  },
};
export const powerSaveBlocker = { start: (): number => 1, stop: (): void => undefined };

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', `http://127.0.0.1:${port}`);
  const window = BrowserWindow.fromId(Number(url.searchParams.get('window')));
  if (url.pathname === '/__host/events') {
    response.writeHead(200, { 'Content-Type': 'application/octet-stream' });
    response.flushHeaders();
    window?.webContents.listen(response);
    return;
  }
  if (url.pathname === '/__host/invoke') {
    const [channel, ...args] = decode(await bodyOf(request)) as [string, ...unknown[]];
    const event = { sender: window?.webContents, senderFrame: { url: 'studio://app/' } };
    const result = await invokeHandlers.get(channel)?.(event, ...args);
    response.end(encode(result));
    return;
  }
  url.searchParams.delete('window');
  const reply = await schemes.get('studio')?.(
    new Request(`studio://app${url.pathname}${url.search}`, {
      method: request.method ?? 'GET',
      headers: Object.entries(request.headers).flatMap(([name, value]) =>
        typeof value === 'string' ? [[name, value] as [string, string]] : [],
      ),
    }),
  );
  response.writeHead(reply?.status ?? 404, Object.fromEntries(reply?.headers ?? []));
  if (reply?.body) Readable.fromWeb(reply.body as Parameters<typeof Readable.fromWeb>[0]).pipe(response);
  else response.end();
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    tellTest({ type: 'error', text: String(error) });
    response.destroy();
  });
});
const { promise: listening, resolve: isListening } = Promise.withResolvers<undefined>();
const { promise: mainRan, resolve: mainHasRun } = Promise.withResolvers<undefined>();
/** As Electron, which is not ready before its main module has come to its end: one that waits for that waits for ever. */
const ready = Promise.all([listening, mainRan]).then(() => undefined);
export { mainHasRun };
let port = 0;
server.listen(0, '127.0.0.1', () => {
  ({ port } = server.address() as AddressInfo);
  isListening(undefined);
});
