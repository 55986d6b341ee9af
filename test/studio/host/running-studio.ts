import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { APP } from '../../../main/build/build.ts';
import type { FromHost, ToHost } from './messages.ts';
import { preloadScript } from './preload-script.ts';

const HOST = fileURLToPath(new URL('start.mjs', import.meta.url));
const WINDOW_MS = 30_000;

/** Where Electron begins: what the built package says, from its own folder. */
function mainModule(): string {
  const { main } = JSON.parse(readFileSync(join(APP, 'package.json'), 'utf8')) as { readonly main: string };
  return join(APP, main);
}

export interface StartOptions {
  /** Folder of the library; one a test. */
  readonly data: string;
  readonly browser: Browser;
  /** Arguments of the program, as from a double click on a project file. */
  readonly args?: readonly string[];
  readonly size?: { readonly width: number; readonly height: number };
  readonly theme?: 'dark' | 'light';
}

/** The studio as a user runs it: its real main, preload and renderer bundles, in a window of a real Chromium. */
export class RunningStudio {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly #host: ChildProcess;
  readonly #heard: FromHost[] = [];
  /** Violations of the content security policy, errors of pages and of the host: a test ends by looking at it. */
  readonly problems: string[] = [];
  #ending = false;

  private constructor(host: ChildProcess, context: BrowserContext, page: Page) {
    this.#host = host;
    this.context = context;
    this.page = page;
  }

  static async start({
    data,
    browser,
    args = [],
    size = { width: 1440, height: 900 },
  }: StartOptions): Promise<RunningStudio> {
    const host = fork(HOST, [mainModule(), ...args], {
      env: { ...process.env, CHARACTERSHOT_DATA: data },
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let words = '';
    for (const stream of [host.stdout, host.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        words += text;
      });
    }
    const opened = await new Promise<Extract<FromHost, { type: 'window' }>>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`No window opened. ${words}`));
      }, WINDOW_MS);
      host.on('message', (message: FromHost) => {
        if (message.type !== 'window') return;
        clearTimeout(timer);
        resolve(message);
      });
      host.once('exit', (code) => {
        clearTimeout(timer);
        reject(new Error(`The studio ended with code ${String(code)} before it had a window. ${words}`));
      });
    });
    const context = await browser.newContext({ viewport: size, reducedMotion: 'no-preference' });
    const page = await context.newPage();
    const studio = new RunningStudio(host, context, page);
    studio.#watch();
    await page.addInitScript({ content: preloadScript(opened.preload, opened.window) });
    await page.goto(opened.url);
    return studio;
  }

  #watch(): void {
    this.#host.on('message', (message: FromHost) => {
      this.#heard.push(message);
      if (message.type === 'error') this.problems.push(message.text);
    });
    this.#host.stderr?.on('data', (text: string) => {
      if (/error/i.test(text)) this.problems.push(text);
    });
    this.page.on('pageerror', (error) => {
      this.problems.push(`page: ${error.name} ${error.stack ?? error.message}`);
    });
    this.page.on('console', (message) => {
      if (this.#ending) return;
      // Chromium reports violations of the content security policy as errors of the console.
      if (message.type() === 'error') this.problems.push(`console: ${message.text()}`);
    });
  }

  get pid(): number {
    return this.#host.pid ?? 0;
  }

  /** What the main process did to the desktop: dialogs, clipboard, file manager. */
  heard<T extends FromHost['type']>(type: T): Extract<FromHost, { type: T }>[] {
    return this.#heard.filter((message): message is Extract<FromHost, { type: T }> => message.type === type);
  }

  /** The next dialog of the system is answered with these paths; without any it is given up. */
  answerDialog(...paths: string[]): void {
    this.#tell({ type: 'answer', paths });
  }

  chooseMenu(id: string): void {
    this.#tell({ type: 'menu', id });
  }

  openFile(path: string): void {
    this.#tell({ type: 'open-file', path });
  }

  /** Ends the program as a user does. */
  async quit(): Promise<number | null> {
    const ended = this.#ended();
    this.#tell({ type: 'quit' });
    const code = await ended;
    await this.context.close();
    return code;
  }

  /** Ends the program as a power cut does. */
  async kill(): Promise<void> {
    const ended = this.#ended();
    this.#host.kill('SIGKILL');
    await ended;
    await this.context.close();
  }

  #ended(): Promise<number | null> {
    this.#ending = true;
    if (this.#host.exitCode !== null) return Promise.resolve(this.#host.exitCode);
    return new Promise((resolve) => {
      this.#host.once('exit', (code) => {
        resolve(code);
      });
    });
  }

  #tell(message: ToHost): void {
    if (this.#host.connected) this.#host.send(message);
  }
}
