import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentRecord } from '../../core/document/document.ts';
import { type InspectorPages, startInspectorPages } from './inspector-page/open-page.ts';

// The inspector, the sources, the views, the export dialog, the queue and the models in a real browser, under the program's
// policy, with the main process played by test/integration/inspector-page/fake-bridge.ts.

let pages: InspectorPages;
let end: () => Promise<void>;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'charactershot-inspector-'));
  pages = await startInspectorPages(folder);
  end = async () => {
    await pages.close();
    await rm(folder, { recursive: true, force: true });
  };
}, 120_000);
afterAll(() => end());

/** What will hold before long, also on a machine that is busy. */
const soon = <T>(ask: () => Promise<T>) => expect.poll(ask, { timeout: 30_000 });

interface Asked {
  readonly name: string;
  readonly input: unknown;
  readonly files: readonly string[];
}

/** What the page asked the main process to do under this name. */
const asked = (page: Page, name: string): Promise<Asked[]> =>
  page.evaluate(
    (wanted) =>
      (window as unknown as { studio: { bridge: { asked: Asked[] } } }).studio.bridge.asked.filter(
        (each) => each.name === wanted,
      ),
    name,
  );

const tell = (page: Page, name: string, payload: unknown): Promise<void> =>
  page.evaluate(
    ([event, value]) => {
      const { bridge } = (window as unknown as { studio: { bridge: { tell: (name: string, value: unknown) => void } } })
        .studio;
      bridge.tell(event, value);
    },
    [name, payload] as const,
  );

const record = (page: Page, id: string): Promise<DocumentRecord | undefined> =>
  page.evaluate((wanted) => {
    const { project } = (
      window as unknown as {
        studio: { project: { getState: () => { document: ReadonlyMap<string, DocumentRecord> } } };
      }
    ).studio;
    return project.getState().document.get(wanted);
  }, id);

const undo = (page: Page): Promise<string | null> =>
  page.evaluate(() =>
    (window as unknown as { studio: { project: { undo: () => string | null } } }).studio.project.undo(),
  );

const seek = (page: Page, frame: number): Promise<void> =>
  page.evaluate((to) => {
    (window as unknown as { studio: { playback: { seek: (frame: number) => void } } }).studio.playback.seek(to);
  }, frame);

/** Findings that keep somebody out. */
async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => (window as unknown as { axe: typeof axe }).axe.run());
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`);
}

describe('everybody can use it', () => {
  const places = [
    ...['character', 'generate', 'optimise', 'export'].map((stage) => `progress=scene&jobs=fit&stage=${stage}`),
    'progress=empty&stage=character',
    'jobsPanel&jobs=all',
    'modelsPage',
  ];
  it.each(places.flatMap((place) => [`${place}&theme=dark`, `${place}&theme=light`]))('%s', async (query) => {
    const { page, problems } = await pages.open(query, { reducedMotion: true });
    await page.waitForTimeout(600);
    expect(problems).toEqual([]);
    expect(await seriousFindings(page)).toEqual([]);
    await page.close();
  });

  it('no control is cut off with text twice as large', async () => {
    for (const query of [
      'stage=optimise&jobs=fit',
      'stage=export',
      'stage=generate&progress=clip',
      'jobsPanel&jobs=all',
    ]) {
      const { page } = await pages.open(`${query}&text=200`);
      await page.waitForTimeout(500);
      const cut = await page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>('button, label, select, input:not([hidden])')]
          .filter((control) => {
            const column = control.closest('aside, main')?.getBoundingClientRect();
            const { left, right, width } = control.getBoundingClientRect();
            if (!column || width === 0) return false;
            return control.scrollWidth > control.clientWidth + 1 || right > column.right + 1 || left < column.left - 1;
          })
          .map((control) => control.textContent || control.outerHTML),
      );
      expect({ query, cut }).toEqual({ query, cut: [] });
      await page.close();
    }
  });
});

describe('sources', () => {
  it('a picture becomes the character in one step, and its joints are looked for', async () => {
    const { page, problems } = await pages.open('progress=scene');
    await page.setInputFiles('input[type=file]', { name: 'hero.png', mimeType: 'image/png', buffer: Buffer.from('x') });
    await soon(() => record(page, 'character')).toMatchObject({ pictureName: 'hero.png', restPose: null });
    await soon(() => asked(page, 'project.importPicture')).toMatchObject([{ files: ['hero.png'] }]);
    await soon(() => asked(page, 'jobs.start')).toMatchObject([{ input: { task: { kind: 'rest-pose' } } }]);
    expect(await undo(page)).toBe('Choose picture');
    expect(await record(page, 'character')).toMatchObject({ pictureName: 'cyborg.png' });
    expect(problems).toEqual([]);
    await page.close();
  });

  it('a motion takes the place of the other, poses and all, in one step', async () => {
    const { page } = await pages.open('progress=ready');
    await page.getByRole('button', { name: /wave/ }).click();
    await soon(() => record(page, 'motion')).toMatchObject({ name: 'wave', source: 'built-in' });
    expect(await page.getByRole('button', { name: /wave/ }).getAttribute('aria-pressed')).toBe('true');
    expect(await undo(page)).toBe('Choose motion: wave');
    expect(await record(page, 'motion')).toMatchObject({ name: 'walk' });
    await page.close();
  });

  it('a figure moves while one looks at it, and for nobody who wants no movement', async () => {
    for (const reducedMotion of [false, true]) {
      const { page } = await pages.open('progress=ready', { reducedMotion });
      const card = page.getByRole('button', { name: /jump/ });
      const figure = card.locator('svg');
      const before = await figure.innerHTML();
      await card.hover();
      await page.waitForTimeout(400);
      expect((await figure.innerHTML()) === before).toBe(reducedMotion);
      await page.close();
    }
  });
});

describe('stages', () => {
  it('a setting is one step, is kept before its cost is asked for', async () => {
    const { page } = await pages.open('progress=clip&stage=optimise');
    await soon(async () => (await asked(page, 'jobs.estimate')).length).toBeGreaterThan(0);
    await page.getByRole('radio', { name: /^Draft/ }).check();
    expect(await record(page, 'settings')).toMatchObject({ preset: 'draft' });
    await soon(() =>
      page.evaluate(() =>
        (window as unknown as { studio: { bridge: { asked: Asked[] } } }).studio.bridge.asked
          .map(({ name }) => name)
          .filter((name) => name === 'project.apply' || name === 'jobs.estimate')
          .slice(-2),
      ),
    ).toEqual(['project.apply', 'jobs.estimate']);
    expect(await undo(page)).toBe('Choose the preset');
    await page.close();
  });

  it('a running fit shows its progress, can be paused, and its curve grows', async () => {
    const { page } = await pages.open('progress=clip&stage=optimise&jobs=fit');
    const stages = page.getByRole('complementary', { name: 'Stages' });
    await stages.getByText('Fitting frames 7 to 18').waitFor();
    await stages.getByText('about 8 min 32 s left').waitFor();
    await stages.getByRole('button', { name: 'Pause: Optimise the scene' }).click();
    await soon(() => asked(page, 'jobs.pause')).toMatchObject([{ input: { job: 'fit' } }]);
    await tell(page, 'jobs.curve', { job: 'fit', point: [9500, 0.0088, 34.25] });
    await stages.getByText('PSNR 34.3 dB').waitFor();
    await page.close();
  });

  it('a failure says why and offers to try again', async () => {
    const { page } = await pages.open('progress=ready&stage=generate');
    await tell(page, 'jobs.changed', {
      ...{
        id: 'lost',
        project: '00000000-0000-4000-8000-000000000000',
        projectName: 'Cyborg',
        task: { kind: 'generate' },
      },
      ...{ state: 'failed', added: '2026-01-01T12:00:00.000Z', started: null, ended: '2026-01-01T12:00:05.000Z' },
      ...{ progress: null, error: 'The disk is full; free some space.', result: null, restarts: 0 },
    });
    await page.getByText('The disk is full; free some space.').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await soon(() => asked(page, 'jobs.retry')).toMatchObject([{ input: { job: 'lost' } }]);
    await page.close();
  });

  it('"Make it all" starts both stages', async () => {
    const { page } = await pages.open('progress=ready');
    await page.getByRole('button', { name: 'Make it all' }).click();
    await soon(async () => (await asked(page, 'jobs.startAll')).length).toBe(1);
    await page.close();
  });
});

describe('views', () => {
  /** A sum of a tile's pixels: another picture gives another one. */
  const ink = (page: Page, view: number): Promise<number> =>
    page.evaluate((index) => {
      const canvas = document.querySelectorAll<HTMLCanvasElement>('[role=option] canvas')[index];
      if (!canvas) return 0;
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
      copy?.drawImage(canvas, 0, 0);
      const data = copy?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      let sum = 0;
      for (let i = 0; i < data.length; i += 4) sum += (data[i] ?? 0) * ((i % 977) + 1);
      return sum;
    }, view);

  it('all follow the playhead', async () => {
    const { page, problems } = await pages.open('progress=clip');
    await soon(() => ink(page, 20)).toBeGreaterThan(0);
    const first = await Promise.all([0, 7, 20].map((view) => ink(page, view)));
    await seek(page, 12);
    for (const [k, view] of [0, 7, 20].entries()) {
      await soon(() => ink(page, view)).not.toBe(first[k]);
    }
    await seek(page, 0);
    expect(await Promise.all([0, 7, 20].map((view) => ink(page, view)))).toEqual(first);
    expect(problems).toEqual([]);
    await page.close();
  });

  it('are walked through and enlarged by keyboard', async () => {
    const { page } = await pages.open('progress=clip');
    await page.getByRole('option', { name: 'View 0, 0 degrees, front' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    const chosen = page.locator('[role=option][aria-selected=true]');
    const name = await chosen.locator('.visually-hidden').textContent();
    expect(name).toMatch(/^View [6-9],/);
    expect(await chosen.evaluate((tile) => tile === document.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    await page.getByRole('group', { name: name ?? '' }).waitFor();
    await page.keyboard.press('Escape');
    await chosen.waitFor();
    await page.close();
  });

  it('one is replaced by a picture, and given back', async () => {
    const { page } = await pages.open('progress=clip');
    await page.getByRole('option', { name: /^View 2,/ }).click();
    await page.getByRole('group', { name: 'Chosen view' }).getByRole('button', { name: 'Replace…' }).click();
    await page.getByRole('option', { name: 'View 2, 34 degrees, front left, yours, next time' }).waitFor();
    await page.getByRole('option', { name: /^View 4,.*yours/ }).click();
    await page.getByRole('button', { name: 'Give back' }).click();
    // Otherwise the main process would keep its pictures as the artist's own.
    expect(await record(page, 'clip')).toMatchObject({ replaced: [] });
    await page.close();
  });
});

describe('export', () => {
  it('goes from the fields to a verified result', async () => {
    const { page } = await pages.open('progress=scene&stage=export');
    await page.getByRole('button', { name: /^Turntable video/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Export' });
    await dialog.getByLabel('Turns').fill('2');
    await dialog.getByLabel('Turns').press('Enter');
    await dialog.getByLabel('Transparent background').check();
    expect(await seriousFindings(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Export…' }).click();
    await soon(() => asked(page, 'jobs.start')).toMatchObject([
      { input: { task: { kind: 'export', target: { kind: 'turntable', turns: 2, background: null } } } },
    ]);
    const [{ input } = { input: {} }] = await asked(page, 'jobs.start');
    const id = await page.evaluate(() => {
      const { asked: all } = (window as unknown as { studio: { bridge: { asked: Asked[] } } }).studio.bridge;
      return `new ${all.findIndex(({ name }) => name === 'jobs.start') + 1}`;
    });
    await tell(page, 'jobs.changed', {
      ...{ id, project: '00000000-0000-4000-8000-000000000000', projectName: 'Cyborg', state: 'done' },
      ...{ task: (input as { task: unknown }).task, added: '2026-01-01T12:00:00.000Z', started: null, ended: null },
      ...{ progress: null, error: null, result: 'WebM video; read back: 240 pictures.', restarts: 0 },
    });
    await dialog.getByText('WebM video; read back: 240 pictures.').waitFor();
    await dialog.getByRole('button', { name: 'Show in folder' }).click();
    await soon(() => asked(page, 'studio.reveal')).toMatchObject([{ input: { job: id } }]);
    await page.close();
  });
});

describe('the queue', () => {
  it('moves, cancels and removes, and shows what a job says', async () => {
    const { page } = await pages.open('jobsPanel&jobs=all');
    await page.getByRole('button', { name: 'Later: Export PLY sequence' }).click();
    await page.getByRole('button', { name: 'Cancel: Generate views' }).click();
    await page.getByRole('button', { name: 'Take off the list: Read poses' }).click();
    await soon(() => asked(page, 'jobs.move')).toMatchObject([{ input: { job: 'ply', place: 1 } }]);
    await soon(() => asked(page, 'jobs.cancel')).toMatchObject([{ input: { job: 'again' } }]);
    await soon(() => asked(page, 'jobs.remove')).toMatchObject([{ input: { job: 'read' } }]);
    await page.getByText('Log', { exact: true }).first().click();
    await page.getByText('Visual hull: 7,000 first Gaussians.').waitFor();
    await tell(page, 'jobs.log', {
      job: 'fit',
      line: { at: '2026-01-01T12:01:00.000Z', level: 'info', text: 'Window opened: frames 6 to 19.' },
    });
    await page.getByText('Window opened: frames 6 to 19.').waitFor();
    await page.close();
  });
});

describe('models', () => {
  it('are checked, and say how they would run', async () => {
    const { page } = await pages.open('modelsPage');
    await page.getByRole('button', { name: 'How would it run here?' }).first().click();
    await page.getByText('It does not fit this machine.').waitFor();
    await page.getByRole('button', { name: 'Check every file' }).first().click();
    await soon(() => asked(page, 'jobs.start')).toMatchObject([
      { input: { project: null, task: { kind: 'check-model' } } },
    ]);
    await page.close();
  });
});
