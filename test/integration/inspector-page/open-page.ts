import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { buildPage, serveFolder } from '../../viewport-page/serve-page.ts';
import { softwareBrowser } from '../../viewport-page/software-browser.ts';

const asset = (path: string): string => fileURLToPath(new URL(`../../../assets/${path}`, import.meta.url));

export interface OpenOptions {
  readonly width?: number;
  readonly height?: number;
  readonly reducedMotion?: boolean;
}

export interface OpenedPage {
  readonly page: Page;
  /** Exceptions, and messages of the console that say error or warning. */
  readonly problems: readonly string[];
}

export interface InspectorPages {
  readonly browser: Browser;
  readonly open: (query: string, options?: OpenOptions) => Promise<OpenedPage>;
  readonly close: () => Promise<void>;
}

/** Builds the page into `folder`, serves it with the program's policy and the sample's pictures as assets, starts a browser. */
export async function startInspectorPages(folder: string): Promise<InspectorPages> {
  await buildPage(fileURLToPath(new URL('.', import.meta.url)), folder);
  const server = await serveFolder(folder, async (path) => {
    const [, kind, , name = ''] = path.split('/');
    if (kind !== 'asset') return undefined;
    const view = /^view-(\d+)-(\d+)$/.exec(name);
    if (!view) return readFile(asset('characters/cyborg.png'));
    const [number, frame] = [view[1] ?? '', String(Number(view[2]) + 1)];
    return readFile(asset(`sample/view${number.padStart(2, '0')}/frame_${frame.padStart(5, '0')}.png`));
  });
  const browser = await softwareBrowser();
  return {
    browser,
    open: async (query, { width = 1440, height = 900, reducedMotion = false } = {}) => {
      const page = await browser.newPage({
        viewport: { width, height },
        reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
      });
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) problems.push(message.text());
      });
      await page.goto(`${server.url}?${query}`);
      await page.waitForSelector('#root :first-child');
      return { page, problems };
    },
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}
