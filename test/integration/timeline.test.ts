import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MotionRecord } from '../../core/document/document.ts';
import { type OpenedPage, type PageServer, startPages } from './pose-page/open-page.ts';
import { StudioPage } from './pose-page/studio-page.ts';

// Building the page and starting a browser take their time on a busy machine.
vi.setConfig({ hookTimeout: 120_000 });

let pages: PageServer;
let opened: OpenedPage;
let studio: StudioPage;

beforeAll(async () => {
  pages = await startPages();
});
beforeEach(async () => {
  opened = await pages.open('');
  studio = new StudioPage(opened.page);
});
afterEach(async () => {
  expect(opened.problems).toEqual([]);
  await opened.page.close();
});
afterAll(async () => {
  await pages.close();
});

const playhead = () => opened.page.getByRole('slider', { name: 'Playhead' });
const frame = (): Promise<number> => opened.page.evaluate(() => window.studio.playback.getState().frame);
const motion = (): Promise<MotionRecord> =>
  opened.page.evaluate(() => window.studio.project.getState().document.get('motion') as MotionRecord);

/** Where a frame lies in a row of the timeline: "Right arm". */
async function placeOf(at: number, row: string): Promise<{ x: number; y: number }> {
  const label = await opened.page.locator(`[title^="${row}"]`).last().boundingBox();
  const lanes = await playhead().locator('..').boundingBox();
  if (!label || !lanes) throw new Error(`There is no row ${row}.`);
  const x = await opened.page.evaluate((to) => {
    const { step, first } = window.studio.timeline.scale();
    return 14 + (to - first) * step;
  }, at);
  return { x: lanes.x + x, y: label.y + label.height / 2 };
}

describe('the playhead', () => {
  it('is a slider that says frame and time, and takes all keys of the timeline', async () => {
    await playhead().focus();
    const presses: [string, number][] = [
      ['ArrowRight', 1],
      ['.', 2],
      ['ArrowLeft', 1],
      [',', 0],
      ['ArrowLeft', 24],
      ['Home', 0],
      ['Shift+ArrowRight', 10],
      ['PageUp', 20],
      ['End', 24],
      ['w', 7],
    ];
    for (const [key, expected] of presses) {
      await opened.page.keyboard.press(key);
      expect([key, await frame()]).toEqual([key, expected]);
    }
    expect(await playhead().getAttribute('aria-valuetext')).toBe(
      'frame 8 of 25, 0.56 s, part of the character is missing',
    );
    await opened.page.keyboard.press('Home');
    expect(await playhead().getAttribute('aria-valuetext')).toBe('frame 1 of 25, 0.00 s');
  });

  it('scrubs where the pointer goes', async () => {
    const [from, to] = [await placeOf(3, 'Confidence'), await placeOf(17, 'Confidence')];
    await opened.page.mouse.move(from.x, from.y);
    await opened.page.mouse.down();
    expect(await frame()).toBe(3);
    await opened.page.mouse.move(to.x, to.y, { steps: 4 });
    expect(await frame()).toBe(17);
    await opened.page.mouse.up();
  });

  it('plays with Space, faster and backwards with L and J, and stops with K on a whole frame', async () => {
    const state = () => opened.page.evaluate(() => window.studio.playback.getState());
    await opened.page.keyboard.press('Space');
    await expect.poll(frame, { timeout: 20_000 }).toBeGreaterThan(0);
    await opened.page.keyboard.press('l');
    await opened.page.keyboard.press('l');
    expect((await state()).speed).toBe(4);
    await opened.page.keyboard.press('j');
    expect((await state()).speed).toBe(-1);
    await opened.page.keyboard.press('k');
    expect((await state()).playing).toBe(false);
    expect(Number.isInteger(await frame())).toBe(true);
  });
});

describe('the error strip', () => {
  it('marks the frames in which part of the character is missing, and says so', async () => {
    const marks = opened.page.getByRole('img', { name: 'Part of the character is missing' });
    expect(await marks.evaluateAll((all) => all.map((mark) => mark.getAttribute('title')))).toEqual([
      'Part of the character is missing in frames 8 to 9',
      'Part of the character is missing in frame 16',
    ]);
    const [mark, place] = [await marks.last().boundingBox(), await placeOf(15, 'Error')];
    expect(mark && Math.abs(mark.x + mark.width / 2 - place.x)).toBeLessThan(1);
    expect(mark && Math.abs(mark.y + mark.height / 2 - place.y)).toBeLessThan(1);
    // A mark takes the pointer as the strip does.
    await opened.page.mouse.click(place.x, place.y);
    expect(await frame()).toBe(15);
  });
});

describe('the loop', () => {
  it('is set with I and O, dragged by its end, and follows undo', async () => {
    await opened.page.evaluate(() => {
      window.studio.playback.seek(4);
    });
    await opened.page.keyboard.press('i');
    expect((await motion()).loop).toEqual([4, 24]);
    const [from, to] = [await placeOf(24, 'Frames'), await placeOf(15, 'Frames')];
    await opened.page.mouse.move(from.x, from.y);
    await opened.page.mouse.down();
    await opened.page.mouse.move(to.x, to.y, { steps: 3 });
    await opened.page.mouse.up();
    expect((await motion()).loop).toEqual([4, 15]);
    await studio.undo();
    expect(await opened.page.evaluate(() => window.studio.playback.getState().loop)).toEqual([4, 24]);
    await studio.undo();
    expect(await opened.page.evaluate(() => window.studio.playback.getState().loop)).toBeNull();
  });
});

describe('keys', () => {
  it('are set by a double click, dragged, copied with Alt, and deleted; each one step', async () => {
    const at = await placeOf(5, 'Right arm');
    await opened.page.mouse.dblclick(at.x, at.y);
    expect((await studio.pose(5)).keys).toEqual(['rightArm']);
    const arm = (await studio.pose(5)).keypoints;
    const to = await placeOf(9, 'Right arm');
    await opened.page.mouse.move(at.x, at.y);
    await opened.page.mouse.down();
    await opened.page.mouse.move(to.x, to.y, { steps: 4 });
    await opened.page.mouse.up();
    expect((await studio.pose(5)).keys).toEqual([]);
    expect((await studio.pose(9)).keys).toEqual(['rightArm']);
    expect((await studio.pose(9)).keypoints[10 * 3]).toBe(arm[10 * 3]);
    await opened.page.keyboard.down('Alt');
    const on = await placeOf(14, 'Right arm');
    await opened.page.mouse.move(to.x, to.y);
    await opened.page.mouse.down();
    await opened.page.mouse.move(on.x, on.y, { steps: 4 });
    await opened.page.mouse.up();
    await opened.page.keyboard.up('Alt');
    expect((await studio.pose(9)).keys).toEqual(['rightArm']);
    expect((await studio.pose(14)).keys).toEqual(['rightArm']);
    await opened.page.keyboard.press('Alt+Delete');
    expect((await studio.pose(14)).keys).toEqual([]);
    for (const label of ['Delete keys', 'Copy keys', 'Move keys', 'Set key']) {
      expect(await studio.undoLabel()).toBe(label);
      await studio.undo();
    }
    expect(await studio.undoLabel()).toBeNull();
  });

  it('are a list a lane for the keyboard: set, moved, jumped to and deleted without a pointer', async () => {
    const { page } = opened;
    const lane = page.getByRole('listbox', { name: /^Right arm/ });
    const active = async (): Promise<string | null> => {
      const id = await lane.getAttribute('aria-activedescendant');
      return id && page.locator(`#${id}`).getAttribute('aria-label');
    };
    await lane.focus();
    await page.keyboard.press('Insert');
    expect(await active()).toBe('Right arm, key at frame 1');
    for (let step = 0; step < 3; step++) await page.keyboard.press('.');
    await page.keyboard.press('Insert');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Alt+ArrowRight');
    expect(await active()).toBe('Right arm, key at frame 2');
    await page.keyboard.press('End');
    expect(await lane.getByRole('option', { selected: true }).getAttribute('aria-label')).toBe(
      'Right arm, key at frame 4',
    );
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    expect(await frame()).toBe(1);
    await page.getByText('Now frame 2 of 25').waitFor({ state: 'attached' });
    await page.keyboard.press('Delete');
    expect((await studio.pose(1)).keys).toEqual([]);
    expect(await active()).toBe('Right arm, key at frame 4');
  });
});

describe('length and rate', () => {
  it('change by a dialog that keeps the duration: the poses are resampled, in one step', async () => {
    const last = (await studio.pose(24)).keypoints;
    await opened.page.getByRole('button', { name: 'Length and rate…' }).click();
    const dialog = opened.page.getByRole('dialog');
    await dialog.getByLabel('Frames', { exact: true }).fill('49');
    await dialog.getByLabel('Frames', { exact: true }).press('Enter');
    await dialog.getByRole('button', { name: 'Change' }).click();
    expect(await motion()).toMatchObject({ frames: 49, fps: 25 });
    expect((await studio.pose(48)).keypoints).toEqual(last);
    expect(await playhead().getAttribute('aria-valuemax')).toBe('49');
    await studio.undo();
    expect((await motion()).frames).toBe(25);
    expect(await opened.page.evaluate(() => window.studio.project.getState().document.has('pose:25'))).toBe(false);
    expect(await playhead().getAttribute('aria-valuemax')).toBe('25');
  });

  it('the loop alone remains after trimming', async () => {
    const fifth = (await studio.pose(5)).keypoints;
    await opened.page.evaluate(() => {
      window.studio.timeline.setLoop([5, 9]);
    });
    await studio.run('timeline.trim');
    expect(await motion()).toMatchObject({ frames: 5, loop: null });
    expect((await studio.pose(0)).keypoints).toEqual(fifth);
  });
});
