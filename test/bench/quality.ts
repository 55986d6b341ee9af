import { basename, resolve } from 'node:path';
import { readClip } from '../../native/media/clip-folder.ts';
import type { ViewQuality } from '../../native/training/contract.ts';
import { optimize } from '../../native/training/optimize.ts';
import { ALL_THREADS, type Bench } from './bench-options.ts';
import { plain } from './table.ts';

const HOLDOUT = [5, 11];

/** What the presets reach, and in which time, on the views they learn from and on two they never see. */
export const benchQuality: Bench = async ({ clips, presets, iterations, say }) => {
  const rows: (string | number)[][] = [];
  for (const folder of clips) {
    const clip = await readClip(folder);
    const name = `${basename(resolve(folder))}, ${clip.cameras.length} x ${clip.frames} of ${clip.width}x${clip.height}`;
    for (const preset of presets) {
      say(`${name}, ${preset}`);
      const { report } = await optimize(clip, {
        ...{ preset, holdout: HOLDOUT },
        ...(iterations === undefined ? {} : { iterations }),
      });
      const { training, holdout, gaussians, seconds } = report;
      const values = [training, holdout].flatMap((quality) => (quality ? measures(quality) : [NaN, NaN, NaN]));
      rows.push([name, preset, report.iterations, seconds, gaussians, ...values]);
    }
  }
  const decibels = (name: string): { name: string; digits: number } => ({ name, digits: 2 });
  const columns = ['training', 'held-out'].flatMap((views) => [
    decibels(`${views} PSNR`),
    { name: `${views} SSIM`, digits: 4 },
    decibels(`${views} foreground PSNR`),
  ]);
  const caption =
    `Views ${HOLDOUT.join(' and ')} held out, ${ALL_THREADS} threads, seed 0, one run each. ` +
    'PSNR in dB; foreground: over the pixels of the character alone.';
  return [{ caption, columns: [...plain('clip', 'preset', 'iterations', 'seconds', 'Gaussians'), ...columns], rows }];
};

const measures = ({ psnr, ssim, foregroundPsnr }: ViewQuality): number[] => [psnr, ssim, foregroundPsnr];
