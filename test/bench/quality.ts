import { basename, resolve } from 'node:path';
import type { Clip } from '../../core/clip.ts';
import type { Quality } from '../../native/evaluation/evaluate.ts';
import { evaluateScene } from '../../native/evaluation/evaluate-scene.ts';
import { readClip } from '../../native/media/clip-folder.ts';
import type { OptimizeOptions } from '../../native/training/contract.ts';
import { optimize } from '../../native/training/optimize.ts';
import { ALL_THREADS, HOLDOUT, type Bench } from './bench-options.ts';
import { mean, mediansOf } from './statistics.ts';
import { type Column, plain } from './table.ts';

interface Measure extends Column {
  /** Which of two values is the worse one. */
  readonly worst: (...values: readonly number[]) => number;
}

const measure = (worst: Measure['worst'], name: string, digits?: number): Measure => ({
  ...{ name, worst },
  ...(digits === undefined ? {} : { digits }),
});
const low = (name: string, digits: number): Measure => measure(Math.min, name, digits);
const high = (name: string, digits?: number): Measure => measure(Math.max, name, digits);

const MEASURES = {
  seconds: high('seconds'),
  gaussians: high('Gaussians'),
  foregroundPsnr: low('foreground PSNR', 2),
  psnr: low('PSNR', 2),
  ssim: low('SSIM', 4),
  iouMean: low('IoU mean', 3),
  iouP5: low('IoU p5', 3),
  iouWorst: low('IoU worst', 3),
  uncoveredWorst: high('uncovered worst %', 1),
  over: high('pictures over 5 %'),
  outliers: high('outliers %', 1),
  detail: low('detail', 2),
} as const satisfies Readonly<Record<string, Measure>>;
type Key = keyof typeof MEASURES;
type Values = Readonly<Record<Key, number>>;
const KEYS = Object.keys(MEASURES) as Key[];

/** Where the picture of the worst IoU is named. */
const PICTURE = KEYS.indexOf('iouWorst') + 1;

/** What the presets reach on two views that they never see, and in which time; parts of the character may be missing there. */
export const benchQuality: Bench = async ({ clips, presets, seeds, iterations, say }) => {
  const rows: (string | number)[][] = [];
  const found = presets.map((preset) => ({ preset, values: [] as Values[] }));
  for (const folder of clips) {
    const clip = await readClip(folder);
    const name = basename(resolve(folder));
    for (const { preset, values } of found) {
      const runs: Run[] = [];
      for (const seed of seeds) {
        say(`${name}, ${preset}, seed ${seed}`);
        const run = await fit(clip, { preset, seed, ...(iterations === undefined ? {} : { iterations }) });
        say(KEYS.map((key) => `${MEASURES[key].name} ${round(run.values[key], MEASURES[key])}`).join(', '));
        runs.push(run);
      }
      const medians = mediansOf(
        KEYS,
        runs.map((run) => run.values),
      );
      values.push(medians);
      rows.push(row(name, preset, medians, runs.find((run) => run.values.iouWorst === medians.iouWorst)?.worstPicture));
    }
  }
  for (const { preset, values } of found) {
    const over = (combine: (key: Key, all: number[]) => number): Values =>
      Object.fromEntries(
        KEYS.map((key) => {
          const all = values.map((one) => one[key]);
          return [key, combine(key, all)];
        }),
      ) as Record<Key, number>;
    rows.push(
      row(
        'mean of all',
        preset,
        over((_, all) => mean(all)),
      ),
      row(
        'worst of all',
        preset,
        over((key, all) => MEASURES[key].worst(...all)),
      ),
    );
  }
  const columns = [...plain('clip', 'preset'), ...KEYS.map((key) => MEASURES[key])];
  columns.splice(2 + PICTURE, 0, { name: 'in' });
  const runs = seeds.length === 1 ? `seed ${seeds[0]}, one run each` : `medians of the seeds ${seeds.join(', ')}`;
  const caption =
    `Views ${HOLDOUT.join(' and ')} held out and measured, ${ALL_THREADS} threads, ${runs}. PSNR in dB; foreground: over the pixels of the ` +
    'character alone. IoU: of the silhouettes; p5: the value that a twentieth of the pictures do not exceed. Uncovered: share of the ' +
    "character's pixels where the scene shows nothing. Outliers: share whose colour is off by more than 64 of 255. Detail: mean " +
    'gradient inside the silhouettes, of the scene over the clip. Frames are counted from 0.';
  return [{ caption, columns, rows }];
};

interface Run {
  readonly values: Values;
  /** The one with the worst IoU. */
  readonly worstPicture: string;
}

async function fit(clip: Clip, options: Pick<OptimizeOptions, 'preset' | 'seed' | 'iterations'>): Promise<Run> {
  const { scene, report } = await optimize(clip, { ...options, holdout: HOLDOUT });
  const quality = (await evaluateScene(scene, clip, { views: HOLDOUT })).mean;
  const { worstView, worstFrame } = quality.silhouetteIou;
  return { values: valuesOf(report, quality), worstPicture: `view ${worstView}, frame ${worstFrame}` };
}

function valuesOf({ seconds, gaussians }: Pick<Values, 'seconds' | 'gaussians'>, quality: Quality): Values {
  const { psnr, ssim, foregroundPsnr, silhouetteIou, uncovered, colourOutliers, detailRatio } = quality;
  return {
    ...{ seconds, gaussians, psnr, ssim, foregroundPsnr: foregroundPsnr ?? NaN },
    ...{ iouMean: silhouetteIou.mean, iouP5: silhouetteIou.p5, iouWorst: silhouetteIou.worst },
    ...{ uncoveredWorst: 100 * uncovered.worst, over: uncovered.picturesOver5Percent },
    ...{ outliers: 100 * (colourOutliers ?? NaN), detail: detailRatio ?? NaN },
  };
}

function row(name: string, preset: string, values: Values, picture = ''): (string | number)[] {
  const cells: (string | number)[] = KEYS.map((key) => values[key]);
  return [name, preset, ...cells.slice(0, PICTURE), picture, ...cells.slice(PICTURE)];
}

const round = (value: number, { digits = 0 }: Column): string => value.toFixed(digits);
