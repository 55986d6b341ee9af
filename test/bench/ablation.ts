import { basename, resolve } from 'node:path';
import type { Clip } from '../../core/clip.ts';
import { gaussiansAt } from '../../core/deformation/deform.ts';
import type { Scene } from '../../core/deformation/deformation.ts';
import { frameTime } from '../../core/frame-time.ts';
import { evaluateScene } from '../../native/evaluation/evaluate-scene.ts';
import { readClip } from '../../native/media/clip-folder.ts';
import { optimize } from '../../native/training/optimize.ts';
import { PRESET_SETTINGS, type PresetSettings } from '../../native/training/presets.ts';
import { HOLDOUT, type Bench } from './bench-options.ts';
import { countOutliers } from './outliers.ts';
import { perturbClip, SLIGHT } from './perturb-clip.ts';
import { mean } from './statistics.ts';
import { plain, type Column, type Table } from './table.ts';

const SEEDS = [0, 1];
/** Frames of each clip that take part, from its middle: enough to move, few enough for many runs. */
const FRAMES = 13;
const ITERATIONS = 3000;
/** Frames between two at which stray Gaussians are counted. */
const COUNTED_EVERY = 4;

const { draft, paper } = PRESET_SETTINGS;
/** As published, on draft's schedule: what the draft says about nodes would not do for the network. */
const HEXPLANE: PresetSettings = {
  ...draft,
  deformation: 'hexplane',
  windowIterations: 330,
  rates: { ...draft.rates, grid: paper.rates.grid, network: paper.rates.network },
  weights: paper.weights,
};

const WITHOUT = 'without constraint';
const STEADY = 'steadier nodes instead';
/** Weights of the nodes' own regularisers in that variant. */
const STEADIER = { rigidity: 3, acceleration: 0.3 };

/** What is compared, by what moves the Gaussians. The first of each kind is what the others are held against. */
const VARIANTS: Readonly<Record<PresetSettings['deformation'], Readonly<Record<string, PresetSettings>>>> = {
  nodes: { ...constraints(draft), [STEADY]: steadier(draft) },
  hexplane: constraints(HEXPLANE),
};

function constraints(settings: PresetSettings): Record<string, PresetSettings> {
  const neighbour = (changes: Partial<PresetSettings['neighbour']>): PresetSettings => ({
    ...settings,
    neighbour: { ...paper.neighbour, ...changes },
  });
  return { [WITHOUT]: neighbour({ weight: 0 }), 'without gate': neighbour({ gated: false }), full: neighbour({}) };
}

function steadier(settings: PresetSettings): PresetSettings {
  const weights = { ...settings.weights, ...STEADIER };
  return { ...settings, weights, neighbour: { ...settings.neighbour, weight: 0 } };
}

const MEASURES = {
  foregroundPsnr: { name: 'foreground PSNR', digits: 2 },
  ssim: { name: 'SSIM', digits: 4 },
  flicker: { name: 'flicker', digits: 2 },
  colourOutliers: { name: 'outliers %', digits: 2 },
  stray: { name: 'stray Gaussians', digits: 1 },
  uncovered: { name: 'uncovered %', digits: 2 },
  iou: { name: 'IoU', digits: 4 },
} as const satisfies Readonly<Record<string, Column>>;
type Key = keyof typeof MEASURES;
type Values = Readonly<Record<Key, number>>;
const KEYS = Object.keys(MEASURES) as Key[];

interface Run {
  readonly deformation: PresetSettings['deformation'];
  readonly variant: string;
  readonly clip: string;
  readonly seed: number;
  readonly values: Values;
}

/**
 * What the neighbour constraint buys where the views that a scene learns from disagree slightly: without it, without its gate, with
 * all of it. And what control nodes have
 * themselves to keep their neighbours together. The network, which takes longer, on the first clip and with the first seed alone.
 */
export const benchAblation: Bench = async (options) => {
  const { clips, quick, say, iterations = ITERATIONS, threads } = options;
  const runs: Run[] = [];
  for (const [place, folder] of clips.entries()) {
    const truth = middleOf(await readClip(folder));
    const clip = basename(resolve(folder));
    for (const seed of quick ? SEEDS.slice(0, 1) : SEEDS) {
      const disagreeing = await perturbClip(truth, seed);
      const kinds = place === 0 && seed === SEEDS[0] ? (['nodes', 'hexplane'] as const) : (['nodes'] as const);
      for (const deformation of kinds) {
        for (const [variant, settings] of Object.entries(VARIANTS[deformation])) {
          const { scene } = await optimize(disagreeing, {
            ...{ preset: 'draft', settings, holdout: HOLDOUT, seed, iterations },
            ...(threads === undefined ? {} : { threads }),
          });
          const values = await measure(scene, truth);
          runs.push({ deformation, variant, clip, seed, values });
          const found = KEYS.map((key) => `${MEASURES[key].name} ${values[key].toFixed(MEASURES[key].digits)}`);
          say(`${clip}, ${deformation}, ${variant}, seed ${seed}: ${found.join(', ')}`);
        }
      }
    }
  }
  return [tableOf(runs, iterations)];
};

function middleOf(clip: Clip): Clip {
  const frames = Math.min(FRAMES, clip.frames);
  const first = Math.floor((clip.frames - frames) / 2);
  return { ...clip, frames, images: clip.images.map((view) => view.slice(first, first + frames)) };
}

async function measure(scene: Scene, truth: Clip): Promise<Values> {
  const { foregroundPsnr, ssim, flicker, colourOutliers, uncovered, silhouetteIou } = (
    await evaluateScene(scene, truth, { views: HOLDOUT })
  ).mean;
  const counted = Array.from({ length: truth.frames }, (_, frame) => frame).filter((f) => f % COUNTED_EVERY === 0);
  const stray = counted.map((frame) => countOutliers(gaussiansAt(scene, frameTime(frame, truth.frames))));
  return {
    ...{ foregroundPsnr: foregroundPsnr ?? NaN, ssim, flicker: flicker ?? NaN, stray: mean(stray) },
    ...{ colourOutliers: 100 * (colourOutliers ?? NaN), uncovered: 100 * uncovered.mean, iou: silhouetteIou.mean },
  };
}

/** Means over clips and seeds, then over the seeds of each clip. */
function tableOf(runs: readonly Run[], iterations: number): Table {
  const clips = [...new Set(runs.map(({ clip }) => clip))];
  const groups = clips.length > 1 ? [clips, ...clips.map((clip) => [clip])] : [clips];
  const rows = groups.flatMap((group) =>
    Object.entries(VARIANTS).flatMap(([deformation, variants]) =>
      Object.keys(variants).flatMap((variant) => {
        const among = runs.filter((run) => group.includes(run.clip) && run.deformation === deformation);
        const these = among.filter((run) => run.variant === variant);
        // With the network there is one clip only: its mean is its row.
        if (these.length === 0 || (group.length > 1 && new Set(these.map(({ clip }) => clip)).size === 1)) return [];
        const without = (run: Run): Run | undefined =>
          among.find(({ variant, clip, seed }) => variant === WITHOUT && clip === run.clip && seed === run.seed);
        const better = these.filter(
          (run) => run.values.foregroundPsnr > (without(run)?.values.foregroundPsnr ?? NaN),
        ).length;
        const means = KEYS.map((key) => mean(these.map(({ values }) => values[key])));
        const name = group.length > 1 ? `mean of ${group.length}` : group.join();
        return [[name, deformation, variant, ...means, variant === WITHOUT ? '' : `${better} of ${these.length}`]];
      }),
    ),
  );
  const seeds = [...new Set(runs.map(({ seed }) => seed))];
  const { shift, scale, brightness, warp, jpegQuality } = SLIGHT;
  const caption =
    `The middle ${FRAMES} frames of each clip, draft settings with ${iterations} iterations in all. Seeds ${seeds.join(' and ')}; the network: ` +
    `seed ${SEEDS[0]}. Weight of the constraint ${paper.neighbour.weight}, every ${paper.neighbour.interval} iterations. "${STEADY}": without the constraint, ` +
    `weights of the nodes: rigidity ${STEADIER.rigidity} instead of ${draft.weights.rigidity}, acceleration ${STEADIER.acceleration} instead of ${draft.weights.acceleration}. ` +
    `Each training picture is changed by itself: shifted by up to ${shift} pixels, scaled by up to ${100 * scale} %, its brightness by up to ` +
    `${100 * brightness} %, warped by up to ${warp} pixels, then JPEG of quality ${jpegQuality}. All numbers are means over the clean views ` +
    `${HOLDOUT.join(' and ')}, which take no part. Foreground PSNR in dB, over the character's pixels. Flicker: 8-bit levels a frame ` +
    "(core/metrics/flicker.ts). Outliers: share of the character's pixels whose colour is off by more than 64 of 255. Stray " +
    'Gaussians: those of opacity above 0.1 whose distance to the centre of their 20 nearest is more than 5 times the median of ' +
    `that distance, mean over every ${COUNTED_EVERY}th frame. Uncovered: share of the character's pixels where the scene shows nothing. ` +
    `IoU: of the silhouettes. Better: runs with a higher foreground PSNR than the run "${WITHOUT}" of the same clip and seed.`;
  const columns = [...plain('clip', 'moved by', 'variant'), ...KEYS.map((key) => MEASURES[key]), ...plain('better')];
  return { caption, columns, rows };
}
