import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { buildStudio } from '../../main/build/build.ts';
import { startBrowser } from '../studio/host/browser.ts';
import { RunningStudio } from '../studio/host/running-studio.ts';
import type { Bench } from './bench-options.ts';
import { fillLibrary } from './library.ts';
import { median } from './statistics.ts';
import { milliseconds, plain, type Table } from './table.ts';

/**
 * The window as it starts: the built bundles, the main process on plain Node, in a Chromium that runs already, as Electron's
 * would by then.
 */
export const benchWindow: Bench = async ({ quick, say }) => {
  await buildStudio();
  const folder = await mkdtemp(join(tmpdir(), 'charactershot-bench-'));
  const browser = await startBrowser();
  const times = quick ? 2 : 7;
  const projects = quick ? 200 : 2000;
  try {
    say('an empty library');
    const empty = await starts(browser, join(folder, 'empty'), times);
    say(`a library of ${projects} projects`);
    fillLibrary(join(folder, 'full'), projects);
    const full = await starts(browser, join(folder, 'full'), times);
    const rows = [
      ['empty library: first paint', ...span(empty.paints)],
      ['empty library: ready to use', ...span(empty.ready)],
      [`${projects} projects: first paint`, ...span(full.paints)],
      [`${projects} projects: tiles are there`, ...span(full.ready)],
      [`${projects} projects: a search is typed, its tiles are there`, ...span(full.searches)],
    ];
    const table: Table = {
      caption: `From the start of the program; median and worst of ${times}.`,
      columns: [...plain('what'), ...milliseconds('median', 'worst')],
      rows,
    };
    return [table];
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  }
};

const span = (times: readonly number[]): [number, number] => [median(times), Math.max(...times)];

async function starts(browser: Browser, data: string, times: number) {
  const result = { paints: [] as number[], ready: [] as number[], searches: [] as number[] };
  for (let k = 0; k < times; k++) {
    const began = Date.now();
    const studio = await RunningStudio.start({ data, browser });
    const { page } = studio;
    await page.locator('article, h2').first().waitFor();
    result.ready.push(Date.now() - began);
    result.paints.push(
      (await page.evaluate(
        () => performance.timeOrigin + (performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN),
      )) - began,
    );
    if ((await page.locator('article').count()) > 0) {
      for (const words of ['dra', 'wiz kni', 'zzz', 'fox']) result.searches.push(await search(page, words));
    }
    await studio.quit();
  }
  return result;
}

/** From the last key until the page shows what was found, ms. */
const search = (page: Page, words: string): Promise<number> =>
  page.evaluate(async (typed) => {
    const field = document.querySelector<HTMLInputElement>('input[type=search]');
    const region = document.querySelector('main');
    if (!field || !region) throw new Error('The library is not there.');
    const began = performance.now();
    const shown = new Promise<void>((resolve) => {
      const observer = new MutationObserver(() => {
        observer.disconnect();
        requestAnimationFrame(() => {
          setTimeout(resolve);
        });
      });
      observer.observe(region, { subtree: true, childList: true });
    });
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, typed);
    field.dispatchEvent(new Event('input', { bubbles: true }));
    await shown;
    return performance.now() - began;
  }, words);
