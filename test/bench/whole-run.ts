import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resizeCamera } from '../../core/camera.ts';
import type { Clip } from '../../core/clip.ts';
import { readClip, writeClip } from '../../native/media/clip-folder.ts';
import { ALL_THREADS, sizeName, type Bench } from './bench-options.ts';
import { runClip, type ClipRun } from './clip-run.ts';
import { milliseconds, plain } from './table.ts';

const SAMPLE = join(import.meta.dirname, '../../assets/sample');
/** The paper's picture size: with the sample's 21 views and 25 frames, its amount of data. */
const FULL_SIDE = 480;
const STAGES = ['survey', 'coarse', 'connect', 'final'] as const;

/** Time and memory of the draft preset on the bundled clip, and on one of the paper's size. */
export const benchWholeRun: Bench = async ({ quick, iterations = quick ? 400 : 2000, say }) => {
  say(`sample clip, ${iterations} iterations`);
  const sample = await runClip(SAMPLE, iterations);
  const folder = await mkdtemp(join(tmpdir(), 'charactershot-bench-'));
  try {
    say(`sample clip at ${sizeName(FULL_SIDE)}, ${iterations / 2} iterations`);
    const path = join(folder, 'clip');
    await writeClip(path, enlarged(await readClip(SAMPLE), FULL_SIDE));
    const full = await runClip(path, iterations / 2);
    const columns = [
      ...plain('clip', 'iterations', 'Gaussians'),
      ...milliseconds(...STAGES, 'mean'),
      ...plain('peak memory MB'),
    ];
    const caption =
      `Preset draft shortened in proportion, ${ALL_THREADS} threads, from clip folder to report, each run in a process ` +
      'of its own. Stages: median milliseconds an iteration over stretches of a quarter of a second; mean: over the ' +
      `whole run. The second clip is the sample enlarged to ${sizeName(FULL_SIDE)}.`;
    return [{ caption, columns, rows: [rowOf(sample), rowOf(full)] }];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

function rowOf(run: ClipRun): (string | number)[] {
  const name = `${run.views} x ${run.frames} of ${sizeName(run.width)}`;
  const stages = STAGES.map((stage) => run.stages[stage] ?? NaN);
  return [name, run.iterations, run.gaussians, ...stages, run.msPerIteration, run.peakMegabytes];
}

/** Every picture enlarged by linear interpolation. */
function enlarged(clip: Clip, side: number): Clip {
  const { width, height } = clip;
  const from = Array.from({ length: side }, (_, i) => Math.max(0, ((i + 0.5) * width) / side - 0.5));
  const enlarge = (rgb: Uint8Array): Uint8Array => {
    const out = new Uint8Array(side * side * 3);
    const at = (x: number, y: number, c: number): number =>
      rgb[(Math.min(y, height - 1) * width + Math.min(x, width - 1)) * 3 + c] ?? 0;
    from.forEach((fromY, y) => {
      const [y0, v] = [Math.floor(fromY), fromY % 1];
      from.forEach((fromX, x) => {
        const [x0, u] = [Math.floor(fromX), fromX % 1];
        for (let c = 0; c < 3; c++) {
          const above = at(x0, y0, c) * (1 - u) + at(x0 + 1, y0, c) * u;
          const below = at(x0, y0 + 1, c) * (1 - u) + at(x0 + 1, y0 + 1, c) * u;
          out[(y * side + x) * 3 + c] = Math.round(above * (1 - v) + below * v);
        }
      });
    });
    return out;
  };
  const cameras = clip.cameras.map((camera) => resizeCamera(camera, side, side));
  return { ...clip, width: side, height: side, cameras, images: clip.images.map((view) => view.map(enlarge)) };
}
