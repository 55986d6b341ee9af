import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { protocol } from 'electron';

/** Pages, pictures and videos come from here; nothing comes from a network. */
export const ORIGIN = 'studio://app';

const PAGES = fileURLToPath(new URL('../../renderer/', import.meta.url));

/**
 * Scripts, workers and styles are files of the studio and nothing else. Chromium counts a style that a script sets on an
 * element as the script's doing, so that no exception is needed for React.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.md': 'text/plain; charset=utf-8',
  '.json': 'application/json',
};

/** Must run before the program is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'studio', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
  ]);
}

/** Answers the pages' requests; what belongs to projects is asked of `serveAsset`. */
export function serveScheme(serveAsset: (request: Request, path: string) => Promise<Response | undefined>): void {
  protocol.handle('studio', async (request) => {
    const { host, pathname } = new URL(request.url);
    if (host !== 'app' || request.method !== 'GET') return new Response(null, { status: 404 });
    const response = (await serveAsset(request, pathname)) ?? (await servePage(pathname));
    response.headers.set('X-Content-Type-Options', 'nosniff');
    response.headers.set('Content-Security-Policy', CONTENT_SECURITY_POLICY);
    return response;
  });
}

async function servePage(pathname: string): Promise<Response> {
  let name: string;
  try {
    name = decodeURIComponent(pathname === '/' ? '/index.html' : pathname);
  } catch {
    return new Response(null, { status: 400 });
  }
  const path = normalize(join(PAGES, name));
  const type = TYPES[extname(path)];
  if (!path.startsWith(normalize(PAGES).replace(/[/\\]?$/, sep)) || name.includes('\0') || !type) {
    return new Response(null, { status: 404 });
  }
  try {
    return new Response(await readFile(path), { headers: { 'Content-Type': type } });
  } catch {
    return new Response(null, { status: 404 });
  }
}
