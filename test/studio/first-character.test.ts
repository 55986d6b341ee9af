import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from './host/browser.ts';
import { RunningStudio } from './host/running-studio.ts';
import { look } from './look.ts';

const PICTURE = fileURLToPath(new URL('../../assets/characters/cyborg.png', import.meta.url));
const FIT_MS = 150_000;

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first();
const stage = (page: Page, title: string) => page.locator('h2 button', { hasText: title });

/** What an artist does on the first day, in the window, with everything real but Electron. */
describe('a first character', () => {
  const folder = mkdtempSync(join(tmpdir(), 'charactershot-test-'));
  let browser: Browser;
  let studio: RunningStudio;
  let page: Page;
  const open = async (): Promise<void> => {
    studio = await RunningStudio.start({ data: join(folder, 'data'), browser });
    ({ page } = studio);
    page.setDefaultTimeout(20_000);
  };
  beforeAll(async () => {
    browser = await startBrowser();
    await open();
  });
  afterAll(async () => {
    await studio.quit();
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
    expect(studio.problems).toEqual([]);
  });

  it('begins with a picture, whose joints are found', async () => {
    await button(page, 'New project').click();
    // The stand-in takes a file's name for its path.
    const dropped = await page.evaluateHandle(
      ({ name, bytes }) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name, { type: 'image/png' }));
        return data;
      },
      { name: PICTURE, bytes: readFileSync(PICTURE, 'base64') },
    );
    await page
      .locator('aside[aria-label="Character and motion"] > div')
      .dispatchEvent('drop', { dataTransfer: dropped });
    await page.getByText('18 of 18 joints').waitFor({ timeout: 60_000 });
    await page.getByLabel('Name of the project').fill('Cyborg');
    await page.keyboard.press('Enter');
  });

  it('takes a built-in motion, a small one for this test', async () => {
    await button(page, /^dance/).click();
    await page.getByRole('slider', { name: 'Playhead' }).waitFor();
    await stage(page, 'Generate').click();
    await page.getByText('Options').click();
    await page.getByLabel('Size of the pictures').selectOption('192');
    await page.getByLabel('Frames', { exact: true }).fill('5');
    await page.keyboard.press('Enter');
    await stage(page, 'Optimise').click();
    await page.getByText('Draft', { exact: true }).click();
    await page.getByText('Options').click();
    await page.getByLabel('Iterations').fill('400');
    await page.keyboard.press('Enter');
  });

  it('comes alive, and can be watched while it does', { timeout: FIT_MS }, async () => {
    await page.keyboard.press('Control+Enter');
    await page.getByText(/^Live · iteration/).waitFor({ timeout: FIT_MS });
    await page.getByText('PSNR, training views').waitFor({ timeout: FIT_MS });
    await page.getByText(/^Live/).waitFor({ state: 'hidden' });
  });

  it('is looked at from another side', async () => {
    const view = page.getByRole('img', { name: /^The character in 4D/ });
    const before = await view.screenshot();
    const box = await view.boundingBox();
    if (!box) throw new Error('The viewport has no place.');
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 + 160, box.y + box.height / 2 - 30, { steps: 5 });
    await page.mouse.up();
    await expect.poll(async () => (await view.screenshot()).equals(before), { timeout: 10_000 }).toBe(false);
    await look(page, 'flow-viewport');
  });

  it('a joint is moved, and moved back by undo', async () => {
    await page.keyboard.press('2');
    await page.getByRole('button', { name: /^Right wrist/ }).click();
    await page.keyboard.press('Shift+ArrowLeft');
    const undo = page.getByRole('button', { name: /^Undo: / });
    const label = await undo.getAttribute('aria-label');
    expect(label).toMatch(/^Undo: (?!Choose|Take)/);
    await look(page, 'flow-poses');
    await undo.click();
    await expect.poll(() => page.getByRole('button', { name: /^Redo: / }).count()).toBe(1);
    await expect.poll(() => page.getByText('Saved', { exact: true }).count()).toBe(1);
    expect(await page.getByRole('alert').allInnerTexts()).toEqual([]);
  });

  it('is exported as a PLY sequence, which is read back', async () => {
    const ply = join(folder, 'ply');
    await page.keyboard.press('Control+e');
    await page.getByRole('dialog', { name: 'Export' }).waitFor();
    await look(page, 'flow-export');
    studio.answerDialog(ply);
    await button(page, 'Export into folder…').click();
    await page.getByRole('dialog').getByRole('status').waitFor({ timeout: 60_000 });
    expect(readdirSync(ply).filter((name) => !name.startsWith('.'))).toEqual(
      [1, 2, 3, 4, 5].map((frame) => `frame_0000${frame}.ply`),
    );
  });

  it('is exported as a turntable', async () => {
    const video = join(folder, 'turn.mp4');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Turntable', { exact: false }).first().click();
    // Less to draw than what is suggested.
    await dialog.getByLabel('Size').selectOption('512x512');
    await dialog.getByLabel('Seconds of one turn').fill('1');
    await page.keyboard.press('Enter');
    studio.answerDialog(video);
    await button(page, 'Export…').click();
    await expect.poll(() => existsSync(video), { timeout: 90_000 }).toBe(true);
    await dialog.getByRole('status').waitFor({ timeout: 90_000 });
    expect(readFileSync(video).subarray(4, 8).toString()).toBe('ftyp');
    await button(page, 'Close').click();
  });

  it('is there tomorrow, as it was left', async () => {
    await page.keyboard.press('1');
    await page.getByRole('img', { name: /^The character in 4D/ }).waitFor();
    expect(await studio.quit()).toBe(0);
    expect(studio.problems).toEqual([]);
    const [file = ''] = readdirSync(join(folder, 'data/projects'));
    expect(statSync(join(folder, 'data/projects', file)).size).toBeGreaterThan(100_000);
    expect(readdirSync(join(folder, 'data/projects'))).toEqual([file]);
    await open();
    await page.getByRole('img', { name: /^The character in 4D/ }).waitFor();
    expect(await page.getByLabel('Name of the project').inputValue()).toBe('Cyborg');
    await page.keyboard.press('3');
    await expect
      .poll(() =>
        page
          .getByRole('gridcell')
          .or(page.getByRole('option', { name: /^View/ }))
          .count(),
      )
      .toBeGreaterThan(20);
    await look(page, 'flow-views');
    await button(page, 'Library').click();
    await page.getByRole('article', { name: 'Cyborg' }).waitFor();
    await look(page, 'flow-library');
    const pictures = await page.getByRole('article', { name: 'Cyborg' }).locator('img').count();
    expect(pictures).toBe(1);
  });

  it('survives the power cut of the day after', async () => {
    await page.getByRole('article', { name: 'Cyborg' }).getByRole('button').first().click();
    await page.getByLabel('Name of the project').fill('Cyborg the second');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Undo: Rename the project' }).waitFor();
    await page.getByText('Saved', { exact: true }).waitFor();
    await studio.kill();
    expect(studio.problems).toEqual([]);
    await open();
    expect(await page.getByLabel('Name of the project').inputValue()).toBe('Cyborg the second');
  });
});
