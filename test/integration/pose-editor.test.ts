import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CharacterRecord } from '../../core/document/document.ts';
import { changedJoints } from '../../core/pose-edit/points.ts';
import { standingFigure } from '../../core/pose-edit/standing-figure.ts';
import { drawSkeleton } from '../../core/poses/draw/draw-skeleton.ts';
import { BODY, SKELETONS } from '../../core/poses/skeleton.ts';
import { type OpenedPage, type PageServer, startPages } from './pose-page/open-page.ts';
import { StudioPage } from './pose-page/studio-page.ts';

const WRIST = SKELETONS['coco-wholebody133'].names.indexOf('right_wrist');
const ELBOW = SKELETONS['coco-wholebody133'].names.indexOf('right_elbow');
const SHOULDER = SKELETONS['coco-wholebody133'].names.indexOf('right_shoulder');

// Building the page and starting a browser take their time on a busy machine.
vi.setConfig({ hookTimeout: 120_000 });

let pages: PageServer;
let opened: OpenedPage;
let studio: StudioPage;

const open = async (query: string): Promise<void> => {
  await opened.page.close();
  opened = await pages.open(query);
  studio = new StudioPage(opened.page);
};

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

const length = (points: readonly number[], a: number, b: number): number =>
  Math.hypot((points[a * 3] ?? 0) - (points[b * 3] ?? 0), (points[a * 3 + 1] ?? 0) - (points[b * 3 + 1] ?? 0));

describe('dragging', () => {
  it('a wrist bends its arm, the hand follows; one step of undo, one change to keep, a key of the arm and hand', async () => {
    const before = await studio.points();
    await studio.drag(WRIST, -90, -120);
    const after = await studio.points();
    expect(length(after, WRIST, ELBOW)).toBeCloseTo(length(before, WRIST, ELBOW), 1);
    expect(length(after, ELBOW, SHOULDER)).toBeCloseTo(length(before, ELBOW, SHOULDER), 1);
    expect(after[WRIST * 3]).not.toBe(before[WRIST * 3]);
    const record = await studio.pose(0);
    expect(record.keys).toEqual(['rightArm', 'rightHand']);
    expect(record.original).toEqual(before);
    expect(await opened.page.evaluate(() => window.studio.kept.length)).toBe(1);
    await studio.undo();
    expect(await studio.points()).toEqual(before);
    expect(await studio.undoLabel()).toBeNull();
  });

  it('with Alt a joint moves alone; with symmetry its partner too; Escape takes a drag back', async () => {
    const before = await studio.points();
    await opened.page.keyboard.down('Alt');
    await studio.drag(WRIST, -40, -40);
    await opened.page.keyboard.up('Alt');
    expect(changedJoints(before, await studio.points())).toEqual([WRIST]);
    await studio.undo();
    await studio.run('pose.symmetric');
    await studio.drag(ELBOW, -30, -40, { letGo: false });
    const left = SKELETONS['coco-wholebody133'].names.indexOf('left_elbow');
    expect(changedJoints(before, await studio.points())).toContain(left);
    await opened.page.keyboard.press('Escape');
    await opened.page.mouse.up();
    expect(await studio.points()).toEqual(before);
    expect(await studio.undoLabel()).toBeNull();
  });

  it('a click selects and is no step; a double click selects the group', async () => {
    const { x, y } = await studio.placeOf(ELBOW);
    await opened.page.mouse.click(x, y);
    expect(await studio.selection()).toEqual([ELBOW]);
    await opened.page.mouse.dblclick(x, y);
    expect(new Set(await studio.selection())).toEqual(new Set([ELBOW, WRIST]));
    expect(await studio.undoLabel()).toBeNull();
  });

  it('a box selects what lies in it, and what is selected moves as one piece', async () => {
    const before = await studio.points();
    const { x, y } = await studio.placeOf(WRIST);
    await opened.page.mouse.move(x - 60, y - 30);
    await opened.page.mouse.down();
    await opened.page.mouse.move(x + 16, y + 90, { steps: 3 });
    await opened.page.mouse.up();
    const hand = await studio.selection();
    expect(hand.length).toBeGreaterThan(15);
    await studio.drag(WRIST, 20, 10);
    const after = await studio.points();
    const moved = hand.map((joint) => (after[joint * 3] ?? 0) - (before[joint * 3] ?? 0));
    expect(Math.max(...moved) - Math.min(...moved)).toBeLessThan(0.05);
    expect(changedJoints(before, after).toSorted((a, b) => a - b)).toEqual([...hand].sort((a, b) => a - b));
  });

  it('zooms about the pointer and pans with the middle button', async () => {
    const before = await studio.placeOf(WRIST);
    await opened.page.mouse.move(before.x, before.y);
    await opened.page.mouse.wheel(0, -400);
    await expect
      .poll(() => opened.page.evaluate(() => window.studio.model.session.getState().view?.scale))
      .toBeTruthy();
    const zoomed = await studio.placeOf(WRIST);
    expect(Math.hypot(zoomed.x - before.x, zoomed.y - before.y)).toBeLessThan(1.5);
    await opened.page.mouse.down({ button: 'middle' });
    await opened.page.mouse.move(before.x + 50, before.y + 20, { steps: 2 });
    await opened.page.mouse.up({ button: 'middle' });
    expect((await studio.placeOf(WRIST)).x - zoomed.x).toBeCloseTo(50, 0);
  });
});

describe('the keyboard alone', () => {
  it('a joint is chosen in the list and moved by arrows: one pixel, with Shift ten', async () => {
    const before = await studio.points();
    const row = opened.page.getByRole('button', { name: /^Right wrist/ });
    await row.focus();
    await opened.page.keyboard.press('Enter');
    expect(await row.getAttribute('aria-pressed')).toBe('true');
    await opened.page.keyboard.press('ArrowLeft');
    await opened.page.keyboard.press('Shift+ArrowDown');
    const after = await studio.points();
    expect((after[WRIST * 3] ?? 0) - (before[WRIST * 3] ?? 0)).toBeCloseTo(-1, 2);
    expect((after[WRIST * 3 + 1] ?? 0) - (before[WRIST * 3 + 1] ?? 0)).toBeCloseTo(10, 2);
    expect(changedJoints(before, after)).toEqual([WRIST]);
  });

  it('deletes, restores, hides and resets', async () => {
    const before = await studio.points();
    const { x, y } = await studio.placeOf(WRIST);
    await opened.page.mouse.click(x, y);
    await opened.page.keyboard.press('Delete');
    expect((await studio.points())[WRIST * 3 + 2]).toBe(0);
    await opened.page.getByRole('button', { name: /^Right wrist, deleted|^Right wrist deleted/ }).click();
    expect(await studio.points()).toEqual(before);
    await opened.page.keyboard.press('h');
    expect((await studio.pose(5)).hidden).toEqual([WRIST]);
    await opened.page.keyboard.press('Alt+h');
    expect((await studio.pose(5)).hidden).toEqual([]);
    await studio.drag(ELBOW, -30, 0);
    await studio.run('pose.select-none');
    await opened.page.keyboard.press('Shift+R');
    expect((await studio.pose(0)).original).toBeNull();
    expect((await studio.pose(0)).keys).toEqual([]);
  });

  it('the confidence of a joint is one step, however far the slider goes', async () => {
    const { x, y } = await studio.placeOf(WRIST);
    await opened.page.mouse.click(x, y);
    const slider = opened.page.getByRole('slider', { name: 'Confidence' });
    const box = await slider.boundingBox();
    if (!box) throw new Error('no slider');
    await opened.page.mouse.move(box.x + box.width * 0.8, box.y + box.height / 2);
    await opened.page.mouse.down();
    for (const part of [0.6, 0.4, 0.25]) await opened.page.mouse.move(box.x + box.width * part, box.y + box.height / 2);
    await opened.page.mouse.up();
    const confidence = (await studio.points())[WRIST * 3 + 2] ?? 1;
    expect(confidence).toBeGreaterThan(0.1);
    expect(confidence).toBeLessThan(0.35);
    expect(await studio.undoLabel()).toBe('Set confidence');
    await studio.undo();
    expect(await studio.undoLabel()).toBeNull();
  });
});

describe('the menu of a joint', () => {
  it('opens by the right button on the joint under it, stays when the button is let go, and runs commands', async () => {
    const { x, y } = await studio.placeOf(ELBOW);
    await opened.page.mouse.click(x, y, { button: 'right' });
    const menu = opened.page.getByRole('menu', { name: 'Joints' });
    await menu.getByRole('menuitem', { name: 'Hide selected joints' }).click();
    expect((await studio.pose(0)).hidden).toEqual([ELBOW]);
    expect(await menu.count()).toBe(0);
  });
});

describe('other frames', () => {
  it('a pose is pasted to a range of frames by its dialog', async () => {
    const points = await studio.points();
    await opened.page.locator('canvas').first().focus();
    await opened.page.keyboard.press('Control+c');
    await opened.page.keyboard.press('Control+Shift+v');
    const dialog = opened.page.getByRole('dialog');
    await dialog.getByLabel('From frame').fill('4');
    await dialog.getByLabel('To frame').fill('6');
    await dialog.getByLabel('To frame').press('Enter');
    await dialog.getByRole('button', { name: 'Paste' }).click();
    for (const frame of [3, 4, 5]) expect((await studio.pose(frame)).keypoints).toEqual(points);
    for (const frame of [2, 6]) expect((await studio.pose(frame)).keypoints).not.toEqual(points);
    await studio.undo();
    expect(await studio.undoLabel()).toBeNull();
  });

  it('frames between two keys are filled for the group alone', async () => {
    await studio.drag(WRIST, -60, -60);
    const between = await studio.pose(3);
    await opened.page.evaluate(() => {
      window.studio.playback.seek(6);
    });
    await studio.drag(WRIST, 50, -60);
    await opened.page.evaluate(() => {
      window.studio.playback.seek(3);
    });
    await studio.run('pose.interpolate');
    const filled = await studio.pose(3);
    const changed = changedJoints(between.keypoints, filled.keypoints);
    expect(changed).toContain(WRIST);
    expect(changed).not.toContain(SHOULDER);
    expect(changed).not.toContain(SKELETONS['coco-wholebody133'].names.indexOf('left_wrist'));
    expect(filled.keys).toEqual([]);
  });
});

describe('the rest pose', () => {
  it('begins from nothing with a standing figure over the picture', async () => {
    await opened.page.getByRole('button', { name: 'Rest pose' }).click();
    await opened.page.getByRole('button', { name: 'Find the joints now' }).click();
    expect(await opened.page.evaluate(() => window.studio.asked)).toEqual([
      ['start', { project: '00000000-0000-4000-8000-000000000000', task: { kind: 'rest-pose' } }],
    ]);
    await opened.page.getByLabel('Pose editor').getByRole('button', { name: 'Place a standing figure' }).last().click();
    const character = (): Promise<CharacterRecord> =>
      opened.page.evaluate(() => window.studio.project.getState().document.get('character') as CharacterRecord);
    const figure = standingFigure('openpose18', { width: 512, height: 512 });
    expect((await character()).restPose).toEqual(figure);
    await studio.drag(BODY.right_wrist, -50, -80);
    const { restPose } = await character();
    expect(changedJoints(figure, restPose ?? [])).toEqual([BODY.right_elbow, BODY.right_wrist]);
  });
});

describe('files', () => {
  it('a pose comes in from a file, and a wrong file says what it needs', async () => {
    await studio.run('pose.import-frame');
    const dialog = opened.page.getByRole('dialog');
    const file = (name: string, text: string) => ({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
    await dialog.getByLabel('File').setInputFiles(file('x.json', '{"a":1}'));
    await expect.poll(() => dialog.getByRole('alert').textContent()).toMatch(/x\.json is neither/);
    const people = [{ pose_keypoints_2d: Array.from({ length: 54 }, (_, i) => (i % 3 === 2 ? 1 : 100 + i)) }];
    const json = JSON.stringify({ people, canvas_width: 480, canvas_height: 480 });
    await dialog.getByLabel('File').setInputFiles(file('pose.json', json));
    await expect.poll(() => studio.undoLabel()).toBe('Import pose');
    expect((await studio.points()).slice(0, 3)).toEqual([100, 101, 1]);
  });

  it('the poses go out through the main process', async () => {
    await opened.page.getByRole('button', { name: 'Export poses.json…' }).click();
    expect(await opened.page.evaluate(() => window.studio.asked.at(-1))).toEqual([
      'exportPoses',
      { project: '00000000-0000-4000-8000-000000000000', format: 'poses' },
    ]);
  });
});

describe('what is shown', () => {
  it('the preview is the drawing that the model gets, pixel by pixel', async () => {
    const points = await studio.points();
    // One string comes out of the page many times faster than as many numbers.
    const shown = await opened.page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('canvas[role=img]');
      const data = canvas?.getContext('2d')?.getImageData(0, 0, 256, 256).data ?? [];
      return btoa(Array.from(data, (byte) => String.fromCharCode(byte)).join(''));
    });
    const rgba = Buffer.from(shown, 'base64');
    const pose = { keypoints: Float32Array.from(points) };
    const size = { width: 256, height: 256 };
    const drawn = drawSkeleton([pose], 'coco-wholebody133', { width: 480, height: 480 }, size);
    expect(new Uint8Array(rgba.filter((_, i) => i % 4 !== 3))).toEqual(drawn);
  });

  it.each(['dark', 'light'])('has nothing that hinders assistive technology (%s)', async (theme) => {
    await open(`theme=${theme}`);
    const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    await opened.page.evaluate(axe);
    const violations = await opened.page.evaluate(async () => {
      const { axe: checker } = window as unknown as {
        axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      const found = await checker.run();
      return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
    });
    // The page of this test has no headings and landmarks of its own: the program around it has.
    expect(violations.filter((text) => !/^(region|landmark|page-has-heading)/.test(text))).toEqual([]);
  });

  it('a drag of 133 points in 1,000 frames costs well below a frame of the screen', async () => {
    await open('frames=1000');
    await opened.page.evaluate(() => {
      const times: number[] = [];
      let start = 0;
      window.addEventListener('pointermove', () => (start = performance.now()), true);
      window.addEventListener('pointermove', () => times.push(performance.now() - start));
      Object.assign(window, { times });
    });
    const { x, y } = await studio.placeOf(WRIST);
    await opened.page.mouse.move(x, y);
    await opened.page.mouse.down();
    for (let i = 0; i < 60; i++) await opened.page.mouse.move(x - 60 * Math.sin(i / 5), y - 60 + 60 * Math.cos(i / 5));
    await opened.page.mouse.up();
    const times = await opened.page.evaluate(() => (window as unknown as { times: number[] }).times);
    const sorted = times.toSorted((a, b) => a - b);
    expect(sorted.length).toBeGreaterThan(40);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(16);
  });
});
