import { basename, resolve } from 'node:path';
import type { Clip } from '../../core/clip.ts';
import { gaussiansAt } from '../../core/deformation/deform.ts';
import type { Scene } from '../../core/deformation/deformation.ts';
import { frameTime } from '../../core/frame-time.ts';
import type { NeighbourPlan } from '../../native/addon/index.ts';
import { evaluateScene } from '../../native/evaluation/evaluate-scene.ts';
import { readClip } from '../../native/media/clip-folder.ts';
import { optimize } from '../../native/training/optimize.ts';
import { PRESET_SETTINGS, type PresetSettings } from '../../native/training/presets.ts';
import type { Bench } from './bench-options.ts';
import { countOutliers } from './outliers.ts';
import { mean } from './statistics.ts';
import { plain } from './table.ts';

const HOLDOUT = [5, 11];
const SEEDS = [0, 1];
const ITERATIONS = 3000;

const { draft, paper } = PRESET_SETTINGS;
/** As published, on draft's schedule: what the draft says about nodes would not do for the network. */
const HEXPLANE: PresetSettings = {
  ...draft,
  deformation: 'hexplane',
  windowIterations: 330,
  rates: { ...draft.rates, grid: paper.rates.grid, network: paper.rates.network },
  weights: paper.weights,
};

const CONSTRAINTS: Readonly<Record<string, NeighbourPlan>> = {
  off: { ...paper.neighbour, weight: 0 },
  on: paper.neighbour,
  'without gate': { ...paper.neighbour, gated: false },
};

/** What the neighbour constraint buys: with, without, and without its gate, each with two seeds. */
export const benchAblation: Bench = async ({ clips: [folder = ''], quick, iterations = ITERATIONS, say }) => {
  const clip = await readClip(folder);
  const rows: (string | number)[][] = [];
  for (const settings of [draft, HEXPLANE]) {
    for (const [constraint, neighbour] of Object.entries(CONSTRAINTS)) {
      for (const seed of quick ? SEEDS.slice(0, 1) : SEEDS) {
        say(`${settings.deformation}, constraint ${constraint}, seed ${seed}`);
        const { scene, report } = await optimize(clip, {
          ...{ preset: 'draft', settings: { ...settings, neighbour } },
          ...{ holdout: HOLDOUT, seed, iterations },
        });
        const measured = await measure(scene, clip);
        rows.push([settings.deformation, constraint, seed, report.training.psnr, ...measured, report.msPerIteration]);
      }
    }
  }
  const caption =
    `Clip ${basename(resolve(folder))}, draft settings with ${iterations} iterations, weight of the constraint ` +
    `${paper.neighbour.weight}, every ${paper.neighbour.interval} iterations. All but the training PSNR on the held-out views ${HOLDOUT.join(' and ')}. ` +
    'Flicker: 8-bit levels a frame (core/metrics/flicker.ts). Outliers: Gaussians of opacity above 0.1 whose distance to ' +
    'the centre of their 20 nearest is more than 5 times the median of that distance, mean over the frames.';
  const columns = [
    ...plain('moved by', 'constraint', 'seed'),
    { name: 'training PSNR', digits: 2 },
    ...[
      { name: 'PSNR', digits: 2 },
      { name: 'SSIM', digits: 4 },
      { name: 'flicker', digits: 3 },
    ],
    ...[
      { name: 'outliers', digits: 1 },
      { name: 'ms / iteration', digits: 2 },
    ],
  ];
  return [{ caption, columns, rows }];
};

/** PSNR, SSIM, flicker and outliers. */
async function measure(scene: Scene, clip: Clip): Promise<number[]> {
  const { psnr, ssim, flicker } = (await evaluateScene(scene, clip, { views: HOLDOUT })).mean;
  const times = Array.from({ length: clip.frames }, (_, frame) => frameTime(frame, clip.frames));
  return [psnr, ssim, flicker ?? NaN, mean(times.map((time) => countOutliers(gaussiansAt(scene, time))))];
}
