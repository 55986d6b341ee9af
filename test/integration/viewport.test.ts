import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { viewMatrix, type Camera } from '../../core/camera.ts';
import type { Scene } from '../../core/deformation/deformation.ts';
import type { ClipCamera } from '../../core/document/document.ts';
import { readScene, writeScene } from '../../core/formats/scene.ts';
import { psnr } from '../../core/metrics/psnr.ts';
import { rgbPicture } from '../../core/metrics/picture.ts';
import { ringCameras } from '../../core/ring.ts';
import { START_ORBIT, orbitCamera, turn, zoom } from '../../core/viewer/orbit.ts';
import { SceneRenderer } from '../../native/render.ts';
import { seededRandom } from '../helpers/random.ts';
import type { TestPage } from '../viewport-page/page.ts';
import { buildPage, serveFolder, type ServedPage } from '../viewport-page/serve-page.ts';
import { softwareBrowser } from '../viewport-page/software-browser.ts';
import { makeTemporaryFolder } from '../viewport-page/temporary.ts';

declare const testPage: TestPage;

const SIZE = 256;
const FIXTURE = join(import.meta.dirname, '../fixtures/viewport/jumping-jacks.4dgs');

let scene: Scene;
let browser: Browser;
let served: ServedPage;
let page: Page;
let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
/** Whatever the page complained of: errors, and what its Content-Security-Policy forbade. */
const complaints: string[] = [];

/** The same scene with strong view-dependent colours. */
function withHarmonics({ gaussians, ...rest }: Scene): Scene {
  const random = seededRandom(5);
  const sh = Float32Array.from({ length: gaussians.count * 48 }, (_, k) =>
    k % 48 < 3 ? (gaussians.sh[Math.floor(k / 48) * 3 + (k % 48)] ?? 0) : (random() - 0.5) * 0.4,
  );
  return { ...rest, gaussians: { ...gaussians, shDegree: 3, sh } };
}

const clipCamera = ({ fx, fy, cx, cy, cameraToWorld }: Camera): ClipCamera => ({
  ...{ fx, fy, cx, cy },
  cameraToWorld: Array.from(cameraToWorld),
});

beforeAll(async () => {
  const bytes = await readFile(FIXTURE);
  scene = readScene(bytes, 'fixture');
  const magenta = sharp({ create: { width: 8, height: 8, channels: 3, background: '#f0f' } });
  const picture = await magenta.png().toBuffer();
  const files: Readonly<Record<string, Uint8Array>> = {
    '/plain.4dgs': bytes,
    '/harmonics.4dgs': writeScene(withHarmonics(scene)),
    '/broken.4dgs': bytes.subarray(0, 5000),
  };
  folder = await makeTemporaryFolder();
  await buildPage(join(import.meta.dirname, '../viewport-page'), folder.path);
  served = await serveFolder(folder.path, (path) =>
    Promise.resolve(path.startsWith('/pictures/') ? picture : files[path]),
  );
  browser = await softwareBrowser();
  page = await browser.newPage({ viewport: { width: SIZE, height: SIZE } });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(served.url);
}, 120_000);

afterAll(async () => {
  await browser.close();
  await served.close();
  await folder.remove();
});

afterEach(() => {
  expect(complaints.splice(0)).toEqual([]);
});

/** The page from the start, with a scene. */
async function show(url: string): Promise<void> {
  await page.reload();
  await page.evaluate((address) => testPage.open(address), url);
}

async function screenshot(width = SIZE, height = SIZE, transparent = false): Promise<Uint8Array> {
  // One string comes out of the page many times faster than as many numbers.
  const bytes = await page.evaluate(
    async ([w, h, isTransparent]) => {
      const blob = await testPage.handle()?.screenshot(w, h, isTransparent);
      const all = new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer(0));
      return btoa(Array.from(all, (byte) => String.fromCharCode(byte)).join(''));
    },
    [width, height, transparent] as const,
  );
  return new Uint8Array(Buffer.from(bytes, 'base64'));
}

const rgb = async (png: Uint8Array): Promise<Uint8Array> => sharp(png).removeAlpha().raw().toBuffer();

/** The canvas as it stands on the screen once it rests. */
async function screen(): Promise<Uint8Array> {
  await page.evaluate(() => testPage.sharp());
  return rgb(await page.screenshot());
}

/** A pixel of the upper left corner, beside the line that divides. */
const corner = async (): Promise<number[]> => Array.from((await screen()).subarray(12, 15));

const likeness = (a: Uint8Array, b: Uint8Array): number => psnr(rgbPicture(a, SIZE, SIZE), rgbPicture(b, SIZE, SIZE));

const seek = (frame: number): Promise<number> => page.evaluate((to) => testPage.seek(to), frame);

/** Changes settings of the viewport and waits for the picture that follows. */
const set = (settings: Parameters<TestPage['set']>[0]): Promise<void> =>
  page.evaluate(async (changed) => {
    const picture = testPage.nextPicture();
    testPage.set(changed);
    await picture;
  }, settings);

describe('the picture', () => {
  it.each(['/plain.4dgs', '/harmonics.4dgs'])('of %s is the rasteriser’s', async (url) => {
    await show(url);
    const native = new SceneRenderer(url === '/plain.4dgs' ? scene : withHarmonics(scene));
    const above = turn(zoom(START_ORBIT, 0.8), 0.7, 0.6);
    const cases: readonly (readonly [frame: number, camera: Camera, view: number | null])[] = [
      ...ringCameras(SIZE).flatMap((camera, view) => (view % 7 === 0 ? [[3 + view, camera, view] as const] : [])),
      [12.5, orbitCamera(above, SIZE, SIZE), null],
    ];
    await page.evaluate(
      ([cameras, size]) => {
        testPage.setCameras(cameras, size, size);
      },
      [ringCameras(SIZE).map(clipCamera), SIZE] as const,
    );
    await page.evaluate((orbit) => {
      testPage.set({ orbit });
    }, above);
    for (const [frame, camera, view] of cases) {
      await set({ lookThrough: view });
      await seek(frame);
      const expected = await native.render(camera, frame / (scene.frames - 1));
      const name = `frame ${frame}, view ${view ?? 'from above'}`;
      expect(likeness(await rgb(await screenshot()), expected), `${name}, picture`).toBeGreaterThan(38);
      expect(likeness(await screen(), expected), `${name}, screen`).toBeGreaterThan(38);
    }
  });

  it('has a transparent background on demand, and other ways to show the cloud', async () => {
    await show('/plain.4dgs');
    const { data, info } = await sharp(await screenshot(320, 200, true))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).toEqual([320, 200, 4]);
    expect(data[3]).toBe(0);
    expect(data[(100 * 320 + 160) * 4 + 3]).toBeGreaterThan(240);
    const gaussians = await screen();
    await set({ mode: 'points' });
    const points = await screen();
    await set({ mode: 'depth' });
    const depth = await screen();
    expect(likeness(gaussians, points)).toBeLessThan(35);
    const middle = ((SIZE / 2) * SIZE + SIZE / 2) * 3;
    expect(depth[middle]).toBe(depth[middle + 2]);
    expect(likeness(gaussians, depth)).toBeLessThan(25);
  });

  it('makes moving thumbnails', async () => {
    await show('/plain.4dgs');
    const files = await page.evaluate(async () =>
      ((await testPage.handle()?.thumbnailFrames(4, 96)) ?? []).map((file) => Array.from(file)),
    );
    const pictures = await Promise.all(files.map((file) => sharp(Uint8Array.from(file)).raw().toBuffer()));
    const sizes = await Promise.all(files.map((file) => sharp(Uint8Array.from(file)).metadata()));
    expect(sizes.map(({ format, width, height }) => [format, width, height])).toEqual(
      Array.from({ length: 4 }, () => ['webp', 96, 96]),
    );
    expect(pictures[0]?.equals(pictures[2] ?? new Uint8Array())).toBe(false);
  });
});

describe('time', () => {
  it('the newest of many frames asked for at once is shown, the others are not waited for', async () => {
    await show('/plain.4dgs');
    const shown = await page.evaluate(async () => {
      const from = testPage.presented.length;
      for (let frame = 1; frame < 20; frame++) testPage.playback.seek(frame);
      await testPage.seek(20);
      return testPage.presented.slice(from).map(({ frame }) => frame);
    });
    expect(shown.at(-1)).toBe(20);
    expect(shown.length).toBeLessThan(6);
  });

  it('plays between the frames', async () => {
    await show('/plain.4dgs');
    const shown = await page.evaluate(async () => {
      const from = testPage.presented.length;
      testPage.playback.play();
      await new Promise((resolve) => setTimeout(resolve, 1500));
      testPage.playback.pause();
      return testPage.presented.slice(from).map(({ frame }) => frame);
    });
    expect(shown.length).toBeGreaterThan(3);
    expect(shown.some((frame) => !Number.isInteger(frame))).toBe(true);
  });

  it('newer scenes of a running fit take each other’s place', async () => {
    await show('/plain.4dgs');
    const before = await screen();
    await page.evaluate(async () => {
      const bytes = new Uint8Array(await (await fetch('/plain.4dgs')).arrayBuffer());
      for (let k = 0; k < 5; k++) {
        const from = testPage.opened();
        testPage.set({ scene: bytes.slice(), liveLabel: `Live, iteration ${k * 100}` });
        while (testPage.opened() === from) {
          await testPage.nextPicture();
        }
      }
    });
    expect(await page.getByText('Live, iteration 400').count()).toBe(1);
    await page.evaluate(() => {
      testPage.set({ liveLabel: null });
    });
    await page.getByText('Live').waitFor({ state: 'detached' });
    expect(likeness(await screen(), before)).toBeGreaterThan(60);
    const thumbnails = await page.evaluate(async () => (await testPage.handle()?.thumbnailFrames(2, 32))?.length);
    expect(thumbnails).toBe(2);
  });

  it('a file that cannot be read is named, and the scene before stays', async () => {
    await show('/plain.4dgs');
    const before = await screen();
    await page.evaluate(async () => {
      const bytes = new Uint8Array(await (await fetch('/broken.4dgs')).arrayBuffer());
      testPage.set({ scene: bytes, sceneName: 'broken.4dgs' });
    });
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('.');
    await seek(9);
    await seek(0);
    await page.evaluate(() => testPage.open('/plain.4dgs'));
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(likeness(await screen(), before)).toBeGreaterThan(60);
  });
});

describe('the camera', () => {
  it('follows mouse and keys, and says where it came to rest', async () => {
    await show('/plain.4dgs');
    const views = [await screen()];
    const after = async (act: () => Promise<void>): Promise<void> => {
      const picture = page.evaluate(() => testPage.nextPicture());
      await act();
      await picture;
      await page.waitForTimeout(400);
      const now = await screen();
      for (const earlier of views) expect(likeness(now, earlier)).toBeLessThan(45);
      views.push(now);
    };
    await after(async () => {
      await page.mouse.move(100, 100);
      await page.mouse.down();
      await page.mouse.move(160, 90, { steps: 3 });
      await page.mouse.up();
    });
    await after(() => page.mouse.wheel(0, 300));
    await after(async () => {
      await page.keyboard.down('Shift');
      await page.mouse.down();
      await page.mouse.move(200, 130, { steps: 3 });
      await page.mouse.up();
      await page.keyboard.up('Shift');
    });
    await page.getByRole('img').focus();
    await after(() => page.keyboard.press('ArrowLeft'));
    await after(() => page.keyboard.press('+'));
    await after(() => page.keyboard.press('f'));
    const orbits = await page.evaluate(() => testPage.orbits);
    expect(orbits.length).toBeGreaterThanOrEqual(6);
  });

  it('a click on a camera of the clip looks through it, a slider compares with its picture', async () => {
    await show('/plain.4dgs');
    const cameras = ringCameras(SIZE);
    const orbit = zoom(turn(START_ORBIT, 0.3, 0.5), 2.2);
    await page.evaluate(
      ([all, size]) => {
        testPage.setCameras(all, size, size);
      },
      [cameras.map(clipCamera), SIZE] as const,
    );
    await set({ orbit });
    await set({ showCameras: true, compare: 1 });
    const target = cameras[0];
    if (!target) throw new Error('no camera');
    const m = target.cameraToWorld;
    const centre = [3, 7, 11].map((k) => (m[k] ?? 0) - 0.3 * (m[k - 1] ?? 0));
    const eye = orbitCamera(orbit, SIZE, SIZE);
    const view = viewMatrix(eye);
    const [x = 0, y = 0, z = 1] = [0, 4, 8].map(
      (row) => centre.reduce((sum, value, k) => sum + value * (view[row + k] ?? 0), 0) + (view[row + 3] ?? 0),
    );
    await page.mouse.click((eye.fx * x) / z + eye.cx, (eye.fy * y) / z + eye.cy);
    await expect.poll(() => page.evaluate(() => testPage.settings().lookThrough)).toBe(0);
    await seek(3);
    await page.locator('img[alt^="The clip"]').waitFor();
    await expect.poll(corner).toEqual([255, 0, 255]);
    await page.getByRole('slider').fill('0');
    await expect.poll(corner).toEqual([255, 255, 255]);
    await page.getByRole('img', { name: 'The character' }).focus();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.evaluate(() => testPage.settings().lookThrough)).toBeNull();
  });

  it('goes round by itself on a turntable', async () => {
    await show('/plain.4dgs');
    const before = await screen();
    await set({ turntable: true });
    await page.waitForTimeout(600);
    await set({ turntable: false }).catch(() => undefined);
    expect(likeness(await screen(), before)).toBeLessThan(40);
  });
});

describe('a graphics card', () => {
  it('that is reset gives the view back', async () => {
    await show('/plain.4dgs');
    const before = await screen();
    await page.evaluate(() => {
      const lose = document.querySelector('canvas')?.getContext('webgl2')?.getExtension('WEBGL_lose_context');
      lose?.loseContext();
      setTimeout(() => lose?.restoreContext(), 500);
    });
    await page.getByRole('alert').waitFor();
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await seek(4);
    await seek(0);
    expect(likeness(await screen(), before)).toBeGreaterThan(60);
  });

  it('that cannot draw is said so', async () => {
    const plain = await softwareBrowser({ webGl: false });
    try {
      const bare = await plain.newPage();
      await bare.goto(served.url);
      expect(await bare.getByRole('alert').textContent()).toContain('WebGL');
    } finally {
      await plain.close();
    }
  });
});
