import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SceneRecord, WorkspaceRecord } from '../../core/document/document.ts';
import { DEFAULT_WORKSPACE } from '../../core/document/document.ts';
import { ProjectFile } from '../../main/studio/project-file/project-file.ts';
import { startBrowser } from './host/browser.ts';
import { RunningStudio } from './host/running-studio.ts';
import { look } from './look.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SCENE = fileURLToPath(new URL('../fixtures/viewport/jumping-jacks.4dgs', import.meta.url));
const PICTURE = fileURLToPath(new URL('../../assets/characters/cyborg.png', import.meta.url));

interface AxeRun {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

/** What a reader of screens would stumble over. */
async function stumblingBlocks(page: Page): Promise<string[]> {
  // Through the debugger, which the page's policy does not bind.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run: () => Promise<AxeRun> } }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

/** A project as it is after an optimisation, without the wait. */
async function projectWithScene(path: string): Promise<void> {
  const file = ProjectFile.create(path, 'Mira');
  const asset = await file.addAssetFile(SCENE);
  const picture = await file.addAssetFile(PICTURE);
  const scene: SceneRecord = {
    ...{ id: 'scene', type: 'scene', asset, gaussians: 9000, frames: 25, fps: 12, iterations: 5000, seconds: 90 },
    ...{ preset: 'draft', psnr: 31.2, ssim: 0.96, madeAt: '2026-01-02T03:04:05Z' },
    framePsnr: Array.from({ length: 25 }, (_, frame) => 31 + Math.sin(frame / 3) * 3),
    curve: Array.from(
      { length: 100 },
      (_, i) => [i * 50, 0.2 / (1 + i / 8), 18 + 13 * (1 - Math.exp(-i / 20))] as const,
    ),
  };
  const workspace: WorkspaceRecord = { ...DEFAULT_WORKSPACE, stage: 'optimise' };
  file.apply({
    added: [
      {
        ...{ id: 'character', type: 'character', picture, pictureName: 'cyborg.png', width: 480, height: 480 },
        ...{ mask: null, restPose: null, views: null },
      },
      scene,
    ],
    updated: [[DEFAULT_WORKSPACE, workspace]],
    removed: [],
  });
  await file.save();
  file.close();
}

const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 700 },
] as const;

describe('the screens', () => {
  const folder = mkdtempSync(join(tmpdir(), 'charactershot-test-'));
  const project = join(folder, 'mira.cshot');
  let browser: Browser;
  let studio: RunningStudio;
  let page: Page;
  beforeAll(async () => {
    await projectWithScene(project);
    browser = await startBrowser();
    studio = await RunningStudio.start({ data: join(folder, 'data'), browser, args: [project] });
    ({ page } = studio);
    page.setDefaultTimeout(30_000);
    await page.getByRole('img', { name: /^The character in 4D/ }).waitFor();
  });
  afterAll(async () => {
    await studio.quit();
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
    // Violations of the content security policy among them.
    expect(studio.problems).toEqual([]);
  });
  const command = async (typed: string): Promise<void> => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Search commands' }).fill(typed);
    await page.keyboard.press('Enter');
  };
  const SCREENS: Readonly<Record<string, () => Promise<void>>> = {
    library: async () => {
      await page.getByRole('button', { name: 'Library' }).click();
      await page.getByRole('article', { name: 'Mira' }).waitFor();
    },
    viewport: async () => {
      await page.getByRole('button', { name: 'Studio', exact: true }).click();
      await page.keyboard.press('1');
      await page.getByRole('img', { name: /^The character in 4D/ }).waitFor();
    },
    poses: () => page.keyboard.press('2'),
    views: () => page.keyboard.press('3'),
    jobs: () => page.keyboard.press('Control+j'),
    export: async () => {
      await page.keyboard.press('Control+j');
      await page.keyboard.press('Control+e');
      await page.getByRole('dialog', { name: 'Export' }).waitFor();
    },
    palette: async () => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Search commands' }).waitFor();
    },
    shortcuts: async () => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    },
    settings: async () => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+,');
      await page.getByRole('dialog', { name: 'Settings' }).waitFor();
    },
    about: async () => {
      await page.keyboard.press('Escape');
      await command('about');
      await page.getByRole('dialog', { name: 'About' }).waitFor();
    },
    models: async () => {
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Models' }).click();
    },
  };

  describe.each(['dark', 'light'])('%s', (theme) => {
    beforeAll(async () => {
      if ((await page.locator('html').getAttribute('data-theme')) !== theme) await command('light or dark');
      await page.locator(`html[data-theme=${theme}]`).waitFor();
    });
    it.each(Object.keys(SCREENS))('%s can be read by everybody', { timeout: 60_000 }, async (name) => {
      await SCREENS[name]?.();
      expect(await stumblingBlocks(page)).toEqual([]);
      for (const size of SIZES) {
        await page.setViewportSize(size);
        await look(page, `${name}-${theme}-${size.width}`);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(overflow).toBeLessThanOrEqual(0);
      }
      await page.setViewportSize(SIZES[0]);
    });
  });

  it('text at 200 % stays within the window', async () => {
    await page.keyboard.press('Control+,');
    await page.getByLabel('Text size').selectOption('200');
    await page.keyboard.press('Escape');
    for (const name of ['library', 'viewport', 'poses'] as const) {
      await SCREENS[name]?.();
      await look(page, `${name}-200`);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    }
    await page.keyboard.press('Control+,');
    await page.getByLabel('Text size').selectOption('100');
    await page.keyboard.press('Escape');
  });
});
