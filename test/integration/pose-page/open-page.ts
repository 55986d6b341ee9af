import { createServer, type Server } from 'node:http';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { softwareBrowser } from '../../viewport-page/software-browser.ts';

/** What the program's own window allows: no inline styles or scripts, nothing from elsewhere. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:";
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.png': 'image/png',
  '.webm': 'video/webm',
  '.mp4': 'video/mp4',
};

export interface PageServer {
  readonly origin: string;
  readonly browser: Browser;
  /** A page of 1440 x 900; what goes wrong in it is collected. */
  readonly open: (query: string, options?: OpenOptions) => Promise<OpenedPage>;
  readonly close: () => Promise<void>;
}

export interface OpenOptions {
  readonly width?: number;
  readonly height?: number;
}

export interface OpenedPage {
  readonly page: Page;
  /** Exceptions and messages of the console that say error or warning. */
  readonly problems: readonly string[];
}

/** Builds the page, serves it with the program's policy, and starts a browser. */
export async function startPages(): Promise<PageServer> {
  const folder = await mkdtemp(join(tmpdir(), 'charactershot-page-'));
  await build({
    ...{ root: fileURLToPath(new URL('.', import.meta.url)), configFile: false, logLevel: 'warn', base: './' },
    plugins: [react()],
    build: { outDir: folder, emptyOutDir: true, assetsInlineLimit: 0, minify: false, chunkSizeWarningLimit: 4000 },
  });
  const server = await serve(folder);
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
  const browser = await softwareBrowser();
  return {
    ...{ origin, browser },
    open: async (query, { width = 1440, height = 900 } = {}) => {
      const page = await browser.newPage({ viewport: { width, height } });
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) problems.push(message.text());
      });
      await page.goto(`${origin}/index.html?${query}`);
      await page.waitForSelector('canvas');
      return { page, problems };
    },
    close: async () => {
      await browser.close();
      await new Promise((done) => server.close(done));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function serve(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://page').pathname);
    readFile(join(folder, path)).then(
      (bytes) => {
        response.writeHead(200, {
          'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
          'content-security-policy': POLICY,
          'accept-ranges': 'none',
        });
        response.end(bytes);
      },
      () => {
        response.writeHead(404).end();
      },
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}
