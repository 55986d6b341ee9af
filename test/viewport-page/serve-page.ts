import { createServer, type Server } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { build } from 'vite';

/** What the studio's own pages are served with. */
export const POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "object-src 'none'",
  "base-uri 'none'",
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.png': 'image/png',
};

export interface ServedPage {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Builds a page of test/ (`root`, a folder with an index.html) as the studio's pages are built. */
export async function buildPage(root: string, outDir: string): Promise<void> {
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    build: { outDir, emptyOutDir: true, target: 'chrome140', modulePreload: { polyfill: false } },
    worker: { format: 'es' },
  });
}

/** Serves a folder, and files by their address besides. `policy`: the Content-Security-Policy. */
export async function serveFolder(
  folder: string,
  files: (path: string) => Promise<Uint8Array | undefined> = () => Promise.resolve(undefined),
  policy = POLICY,
): Promise<ServedPage> {
  const server: Server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const name = path === '/' ? '/index.html' : path;
    void (async () => {
      const bytes = (await files(path)) ?? (await readFile(join(folder, name)).catch(() => undefined));
      response.writeHead(bytes ? 200 : 404, {
        'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream',
        'Content-Security-Policy': policy,
      });
      response.end(bytes);
    })();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}
