// One optimisation in a process of its own, so that its peak of memory is its own: node clip-run.ts CLIP ITERATIONS
// prints a ClipRun as JSON.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readClip } from '../../native/media/clip-folder.ts';
import type { Stage } from '../../native/training/contract.ts';
import { optimize } from '../../native/training/optimize.ts';
import { median } from './statistics.ts';

export interface ClipRun {
  readonly frames: number;
  readonly views: number;
  readonly width: number;
  readonly iterations: number;
  readonly gaussians: number;
  /** Median milliseconds of an iteration of each stage, over stretches of about a quarter of a second. */
  readonly stages: Readonly<Partial<Record<Stage, number>>>;
  /** Mean over the whole run, density control and all. */
  readonly msPerIteration: number;
  readonly peakMegabytes: number;
}

/** Runs the draft preset on a clip folder in a child process. */
export async function runClip(folder: string, iterations: number): Promise<ClipRun> {
  const { stdout } = await promisify(execFile)(process.execPath, [import.meta.filename, folder, String(iterations)]);
  return JSON.parse(stdout) as ClipRun;
}

async function optimizeClip(folder: string, iterations: number): Promise<ClipRun> {
  const clip = await readClip(folder);
  const stretches = new Map<Stage, number[]>();
  // A stage's first stretch would start somewhere in the stage before.
  let last: { readonly iteration: number; readonly time: number } | undefined;
  const { report } = await optimize(clip, {
    preset: 'draft',
    iterations,
    onEvent: (event) => {
      if (event.type === 'begin') last = undefined;
      if (event.type !== 'progress') return;
      const now = { iteration: event.iteration, time: performance.now() };
      if (last && now.iteration > last.iteration) {
        const perIteration = (now.time - last.time) / (now.iteration - last.iteration);
        stretches.set(event.stage, [...(stretches.get(event.stage) ?? []), perIteration]);
      }
      last = now;
    },
  });
  return {
    ...{ frames: clip.frames, views: clip.cameras.length, width: clip.width },
    ...{ iterations: report.iterations, gaussians: report.gaussians, msPerIteration: report.msPerIteration },
    stages: Object.fromEntries([...stretches].map(([stage, times]) => [stage, median(times)])),
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  };
}

if (import.meta.main) {
  const [folder = '', iterations = ''] = process.argv.slice(2);
  console.log(JSON.stringify(await optimizeClip(folder, Number(iterations))));
}
