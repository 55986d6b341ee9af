import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Command } from 'commander';
import { AppError } from '../../core/errors.ts';
import { writeSceneFile } from '../../native/scene-file.ts';
import { readClip } from '../../native/media/clip-folder.ts';
import { PRESETS, type OptimizeReport, type Preset } from '../../native/training/contract.ts';
import { optimize } from '../../native/training/optimize.ts';
import { trainingProgress } from '../../native/training/training-progress.ts';
import { ArgumentError } from './argument-error.ts';
import { checkViews, choice, viewList, wholeNumber } from './arguments.ts';
import { defineCommand, type Outcome, type Session } from './command.ts';
import { given } from './given.ts';
import { requireInput, requireOutputFile } from './paths.ts';
import { duration } from './progress-printer.ts';
import { qualityLine } from './quality-line.ts';

interface Options {
  readonly clip: string;
  readonly out: string;
  readonly preset: Preset;
  readonly holdout?: readonly number[];
  readonly seed: number;
  readonly iterations?: number;
  readonly threads?: number;
  readonly resume?: true;
}

export function optimizeCommand(command: Command): void {
  command
    .description('Turn a multi-view clip into a 4D scene.')
    .requiredOption('--clip <path>', 'clip folder, or published multi-view video (mp4)')
    .requiredOption('--out <file>', 'scene to write, ending in .4dgs')
    .option('--preset <name>', `effort: ${PRESETS.join(', ')}`, choice('--preset', PRESETS), 'standard')
    .option('--holdout <views>', 'views to measure by and not to learn from, like 5,11', viewList('--holdout'))
    .option('--seed <number>', 'same seed, same scene', wholeNumber('--seed', 0, 0xffffffff), 0)
    .option('--iterations <number>', "instead of the preset's", wholeNumber('--iterations', 1, 10_000_000))
    .option('--threads <number>', 'instead of all cores', wholeNumber('--threads', 1, 1024))
    .option('--resume', 'continue a run that was interrupted');
  defineCommand(command, run);
}

async function run(options: Options, session: Session): Promise<Outcome> {
  const { out, holdout } = options;
  if (!out.endsWith('.4dgs')) throw new ArgumentError(`--out takes a name ending in .4dgs, not "${out}".`);
  requireInput('--clip', options.clip);
  await requireOutputFile('--out', out, 'scene');
  const checkpoint = `${out}.checkpoint`;
  if (existsSync(checkpoint) !== (options.resume ?? false)) {
    session.warn(
      options.resume
        ? `There is no ${checkpoint} to go on from; starting at the beginning.`
        : `Starting at the beginning; --resume would go on from ${checkpoint}, which is replaced.`,
    );
  }

  const clip = await readClip(options.clip, { onProgress: session.onProgress, signal: session.signal });
  if (holdout) {
    checkViews('--holdout', holdout, clip.cameras.length, options.clip);
    if (holdout.length === clip.cameras.length) throw new ArgumentError('--holdout leaves no view to learn from.');
  }

  const { onEvent, end } = trainingProgress(session.onProgress, session.warn);
  try {
    const { preset, seed, iterations, threads, resume = false } = options;
    const { scene, report } = await optimize(clip, {
      ...{ preset, seed, checkpoint, resume, onEvent, signal: session.signal },
      ...given({ holdout, iterations, threads }),
    });
    await writeSceneFile(out, scene);
    await rm(checkpoint, { recursive: true, force: true });
    end('end');
    const { psnr, ssim, coverage } = report.training;
    return { text: describe(report, out), json: { ...report, psnr, ssim, coverage, out } };
  } catch (error) {
    end('failed');
    if (session.signal.aborted && existsSync(checkpoint)) {
      throw new AppError('cancelled', 'Stopped; the state is kept, and the same command with --resume goes on.', error);
    }
    throw error;
  }
}

function describe(report: OptimizeReport, out: string): string {
  const { iterations, gaussians, seconds, msPerIteration, training, holdout } = report;
  return [
    `${out}: ${gaussians} Gaussians after ${iterations} iterations in ${duration(seconds)}`,
    `${msPerIteration.toFixed(1)} ms an iteration`,
    qualityLine('training views', training),
    ...(holdout ? [qualityLine(`held-out views ${holdout.views.join(', ')}`, holdout)] : []),
  ].join('\n');
}
