import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scene } from '../../core/deformation/deformation.ts';
import { readScene, writeScene } from '../../core/formats/scene.ts';
import { psnr } from '../../core/metrics/psnr.ts';
import { rgbPicture } from '../../core/metrics/picture.ts';
import { turntableCamera } from '../../core/ring.ts';
import { SceneRenderer } from '../../native/render.ts';
import { seededRandom } from '../helpers/random.ts';
import type { BenchPage, ContenderName, Score } from '../splat-bench-page/page.ts';
import type { TestPage } from '../viewport-page/page.ts';
import { buildPage, serveFolder } from '../viewport-page/serve-page.ts';
import { softwareBrowser } from '../viewport-page/software-browser.ts';
import type { Bench } from './bench-options.ts';
import { median } from './statistics.ts';
import { milliseconds, plain, tableText, type Table } from './table.ts';

declare const benchPage: BenchPage;
declare const testPage: TestPage;

const SIDE = 480;
const COUNTS = [30_000, 300_000] as const;
const NAMES: Readonly<Record<ContenderName, string>> = {
  ours: 'own: data textures, one draw call (WebGL 2)',
  spark: 'Spark 2.2, packed splats (WebGL 2)',
  'three-webgl': 'three GaussianSplat, WebGL 2 fallback',
  'three-webgpu': 'three GaussianSplat, WebGPU',
};
/** Spark compiles WebAssembly and starts workers from memory; only the studio's own viewport must do without. */
const LOOSE = "default-src 'self' blob: data: 'unsafe-eval' 'wasm-unsafe-eval' 'unsafe-inline'";

/** A fitted scene with more Gaussians of its kind: each stands for several smaller ones about its place. */
function denser(scene: Scene, count: number): Scene {
  const { gaussians, deformation } = scene;
  if (deformation.kind !== 'nodes') throw new Error('the fixture is moved by nodes');
  const random = seededRandom(3);
  const source = Int32Array.from({ length: count }, (_, i) => i % gaussians.count);
  const rows = <T extends Float32Array | Int32Array>(values: T, width: number, out: T): T => {
    source.forEach((from, i) => {
      out.set(values.subarray(from * width, (from + 1) * width), i * width);
    });
    return out;
  };
  const floats = (values: Float32Array, width: number): Float32Array =>
    rows(values, width, new Float32Array(count * width));
  const shrink = Math.log(Math.sqrt(count / gaussians.count));
  const logScales = floats(gaussians.logScales, 3);
  const means = floats(gaussians.means, 3).map((x, k) => x + (random() - 0.5) * Math.exp(logScales[k] ?? 0));
  return {
    ...scene,
    gaussians: {
      ...{ count, shDegree: 0, means, logScales: logScales.map((s) => s - shrink) },
      ...{ quats: floats(gaussians.quats, 4), opacityLogits: floats(gaussians.opacityLogits, 1) },
      sh: floats(gaussians.sh, 3),
    },
    deformation: {
      ...deformation,
      neighbours: rows(deformation.neighbours, 4, new Int32Array(count * 4)),
      weights: floats(deformation.weights, 4),
    },
  };
}

/** Ways to draw Gaussians that change with every frame, in a browser without a graphics card. */
export const benchViewport: Bench = async ({ quick, say }) => {
  const frames = quick ? 5 : 11;
  const folder = await mkdtemp(join(tmpdir(), 'charactershot-bench-'));
  const fitted = await readFile(join(import.meta.dirname, '../fixtures/viewport/jumping-jacks.4dgs'));
  const scenes = COUNTS.map((count) => denser(readScene(fitted, 'fixture'), count));
  const files = new Map(scenes.map((scene) => [`/${scene.gaussians.count}.4dgs`, writeScene(scene)]));
  const rows: (string | number)[][] = [];
  const scrubs: (string | number)[][] = [];
  try {
    await buildPage(join(import.meta.dirname, '../splat-bench-page'), join(folder, 'bench'));
    await buildPage(join(import.meta.dirname, '../viewport-page'), join(folder, 'viewport'));
    for (const scene of scenes) {
      const { count } = scene.gaussians;
      const time = (frames + 1) / (scene.frames - 1);
      const native = await new SceneRenderer(scene).render(turntableCamera(0.4, SIDE, SIDE), time);
      for (const name of Object.keys(NAMES) as ContenderName[]) {
        say(`${count} Gaussians, ${NAMES[name]}`);
        const score = await contest(join(folder, 'bench'), files, name, `/${count}.4dgs`, frames);
        const result = typeof score === 'string' ? [score, '-', '-'] : scoreRow(score, native);
        rows.push([NAMES[name], count, ...result]);
      }
      say(`${count} Gaussians, scrubbing in the viewport`);
      const waits = await scrub(join(folder, 'viewport'), files, `/${count}.4dgs`, frames * 2);
      scrubs.push([count, median(waits), Math.max(...waits)]);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const drawing: Table = {
    caption:
      `A changed frame, from new Gaussians in memory to the sorted picture of ${SIDE}x${SIDE} on a software ` +
      `graphics card: median and worst of ${frames - 1}, and the picture against the rasteriser's.`,
    columns: [...plain('drawn by', 'Gaussians'), ...milliseconds('median', 'worst'), { name: 'PSNR dB', digits: 1 }],
    rows,
  };
  const scrubbing: Table = {
    caption: `Scrubbing in the viewport, ${SIDE}x${SIDE}: from setting the frame until the card has drawn it, deformation in the worker included.`,
    columns: [...plain('Gaussians'), ...milliseconds('median', 'worst')],
    rows: scrubs,
  };
  return [drawing, scrubbing];
};

function scoreRow({ times, picture }: Score, native: Uint8Array): number[] {
  const rgb = Uint8Array.from(picture.filter((_, k) => k % 4 !== 3));
  const likeness = psnr(rgbPicture(rgb, SIDE, SIDE), rgbPicture(native, SIDE, SIDE));
  return [median(times), Math.max(...times), likeness];
}

/** The score, or why there is none. */
async function contest(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
  name: ContenderName,
  url: string,
  frames: number,
): Promise<Score | string> {
  const served = await serveFolder(folder, (path) => Promise.resolve(files.get(path)), LOOSE);
  const browser = await softwareBrowser({ webGpu: name === 'three-webgpu', cardComposites: true });
  try {
    const page = await browser.newPage({ viewport: { width: SIDE, height: SIDE } });
    page.setDefaultTimeout(120_000);
    await page.goto(served.url);
    const run = page.evaluate(([who, address, side, n]) => benchPage.compete(who, address, side, n), [
      name,
      url,
      SIDE,
      frames,
    ] as const);
    const limit = new Promise<string>((resolve) => {
      setTimeout(resolve, 180_000, 'no answer in 3 min').unref();
    });
    return await Promise.race([run, limit]);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return (message.replace('page.evaluate: ', '').split('\n')[0] ?? 'failed').slice(0, 40);
  } finally {
    await browser.close();
    await served.close();
  }
}

async function scrub(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
  url: string,
  count: number,
): Promise<number[]> {
  const served = await serveFolder(folder, (path) => Promise.resolve(files.get(path)));
  const browser = await softwareBrowser({ cardComposites: true });
  try {
    const page = await browser.newPage({ viewport: { width: SIDE, height: SIDE } });
    await page.goto(served.url);
    return await page.evaluate(
      async ([address, n]) => {
        await testPage.open(address);
        const waits: number[] = [];
        for (let k = 1; k <= n; k++) waits.push(await testPage.seek((k * 7) % 25));
        return waits;
      },
      [url, count] as const,
    );
  } finally {
    await browser.close();
    await served.close();
  }
}

if (import.meta.filename === process.argv[1]) {
  const quick = process.argv.includes('--quick');
  const tables = await benchViewport({ quick, clips: [], presets: [], seeds: [], say: console.error });
  for (const table of tables) console.log(`${tableText(table)}\n`);
}
