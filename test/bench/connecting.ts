import { basename, resolve } from 'node:path';
import { evaluateScene } from '../../native/evaluation/evaluate-scene.ts';
import { readClip } from '../../native/media/clip-folder.ts';
import { optimize } from '../../native/training/optimize.ts';
import { PRESET_SETTINGS, type ConnectSettings, type PresetSettings } from '../../native/training/presets.ts';
import type { Bench } from './bench-options.ts';
import { plain } from './table.ts';

const HOLDOUT = [5, 11];
/** Of the final stage: enough to see what the connection left to it, too few to hide it. */
const FINAL_ITERATIONS = 1000;

const { draft } = PRESET_SETTINGS;

const registered = (changes: Partial<ConnectSettings['registration']>): PresetSettings => ({
  ...draft,
  connect: { ...draft.connect, registration: { ...draft.connect.registration, ...changes } },
});

/** What each part of the connection is worth: all of it, and without one part at a time. */
const VARIANTS: Readonly<Record<string, PresetSettings>> = {
  'as it is': draft,
  // The starts stay: the motion goes on, or the frame that is most alike. Then only pictures move the nodes.
  'without registration': registered({ steps: 0 }),
  'nearest points only': registered({ sigmaStart: 0.04, balance: 0 }),
  'without balance': registered({ balance: 0 }),
  'without colour': registered({ colorSigma: 10 }),
  'without following the pictures': { ...draft, connect: { ...draft.connect, iterations: 0 } },
  '200 nodes': { ...draft, nodes: 200 },
};

/** How well frames are connected, by variants of the draft with a short final stage, on held-out views. */
export const benchConnecting: Bench = async ({ clips, seeds, quick, say }) => {
  const rows: (string | number)[][] = [];
  for (const folder of clips) {
    const clip = await readClip(folder);
    for (const [variant, settings] of Object.entries(VARIANTS)) {
      for (const seed of quick ? seeds.slice(0, 1) : seeds) {
        say(`${basename(resolve(folder))}, ${variant}, seed ${seed}`);
        const { scene } = await optimize(clip, {
          ...{ preset: 'draft', settings: { ...settings, finalIterations: FINAL_ITERATIONS } },
          ...{ holdout: HOLDOUT, seed },
        });
        const { foregroundPsnr, silhouetteIou, uncovered } = (await evaluateScene(scene, clip, { views: HOLDOUT }))
          .mean;
        rows.push([
          ...[basename(resolve(folder)), variant, seed, foregroundPsnr ?? NaN, silhouetteIou.mean, silhouetteIou.worst],
          ...[100 * uncovered.worst, uncovered.picturesOver5Percent],
        ]);
      }
    }
  }
  const caption =
    `Draft settings with ${FINAL_ITERATIONS} iterations in the final stage, views ${HOLDOUT.join(' and ')} held out and measured. ` +
    'Foreground PSNR in dB.';
  const columns = [
    ...plain('clip', 'connected', 'seed'),
    { name: 'foreground PSNR', digits: 2 },
    { name: 'IoU mean', digits: 3 },
    { name: 'IoU worst', digits: 3 },
    { name: 'uncovered worst %', digits: 1 },
    ...plain('pictures over 5 %'),
  ];
  return [{ caption, columns, rows }];
};
