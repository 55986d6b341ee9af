import type { Command } from 'commander';
import { join } from 'node:path';
import type { PoseSource } from '../../native/pipeline/pose-source.ts';
import { JOB_FILES, type JobReport, type JobRequest } from '../../native/pipeline/job.ts';
import { runJob } from '../../native/pipeline/run-job.ts';
import { PRESETS, type Preset } from '../../native/training/contract.ts';
import { ArgumentError } from './argument-error.ts';
import { choice, wholeNumber } from './arguments.ts';
import { characterOf, characterOptions, requireCharacter, type CharacterOptions } from './character-options.ts';
import { counted } from './counted.ts';
import { defineCommand, type Outcome, type Session } from './command.ts';
import { given } from './given.ts';
import { requireInput, requireOutputFolder } from './paths.ts';
import { poseArgument, POSES_HELP } from './pose-argument.ts';
import { duration } from './progress-printer.ts';
import { qualityLine } from './quality-line.ts';

interface Options extends CharacterOptions {
  readonly poses?: string;
  readonly video?: string;
  readonly out: string;
  readonly preset: Preset;
  readonly seed: number;
  readonly iterations?: number;
  readonly threads?: number;
  readonly resume?: true;
}

export function runCommand(command: Command): void {
  command.description(
    'The whole job: a picture and poses become a clip, a 4D scene, a PLY sequence and a turntable video.',
  );
  characterOptions(command)
    .option('--poses <source>', POSES_HELP)
    .option('--video <file>', 'video of the person that the character is to move like, or a pose video')
    .requiredOption('--out <folder>', 'folder for everything: empty, new, or an earlier run')
    .option('--preset <name>', `effort of the scene: ${PRESETS.join(', ')}`, choice('--preset', PRESETS), 'draft')
    .option('--seed <number>', 'same seed, same result', wholeNumber('--seed', 0, 0xffffffff), 0)
    .option('--iterations <number>', "instead of the preset's", wholeNumber('--iterations', 1, 10_000_000))
    .option('--threads <number>', 'instead of all cores', wholeNumber('--threads', 1, 1024))
    .option('--resume', 'go on with a run that was interrupted; what is done from the same input is kept');
  defineCommand(command, run);
}

async function run(options: Options, { signal, onProgress, warn }: Session): Promise<Outcome> {
  const { out, preset, seed, iterations, threads, resume = false } = options;
  requireCharacter(options);
  const poses = await poseSource(options);
  await requireOutputFolder('--out', out, 'run');

  const warnings: string[] = [];
  const onWarning = (message: string): void => {
    warnings.push(message);
    warn(message);
  };
  const request: JobRequest = { ...characterOf(options, seed), poses, preset, seed, ...given({ iterations }) };
  const kept: string[] = [];
  const report = await runJob(request, out, {
    ...{ resume, signal, onProgress, onWarning, onNotice: warn, ...given({ threads }) },
    onStage: (stage, state) => {
      if (state === 'kept') kept.push(stage);
      else if (state === 'begin' && kept.length > 0) warn(`Kept from the earlier run: ${kept.splice(0).join(', ')}.`);
    },
  });
  return { text: describe(report), json: { ...toJson(report, request), warnings } };
}

async function poseSource({ poses, video }: Options): Promise<PoseSource> {
  if ((poses === undefined) === (video === undefined)) {
    throw new ArgumentError('run takes either --poses or --video.');
  }
  if (poses !== undefined) return poseArgument(poses);
  requireInput('--video', video ?? '');
  return { type: 'video', path: video ?? '' };
}

const pathsIn = (folder: string) =>
  Object.fromEntries(Object.entries(JOB_FILES).map(([name, file]) => [name, join(folder, file)])) as {
    readonly [K in keyof typeof JOB_FILES]: string;
  };

function toJson({ folder, stages, facts }: JobReport, { generator, preset, seed }: JobRequest): object {
  const { views, frames, width, height, fps } = facts.generate;
  const { iterations, gaussians, training } = facts.optimise;
  return {
    ...{ out: folder, ...pathsIn(folder), generator, preset, seed, views, frames, width, height, fps },
    ...{ iterations, gaussians, psnr: training.psnr, ssim: training.ssim, training },
    ...{ seconds: stages.reduce((sum, { seconds }) => sum + seconds, 0), stages, facts },
  };
}

function describe({ folder, stages, facts }: JobReport): string {
  const paths = pathsIn(folder);
  const { poses, generate, optimise, ply, turntable } = facts;
  const times = stages.map(({ stage, seconds, kept }) => `${stage} ${kept ? 'kept' : duration(seconds)}`);
  const total = stages.reduce((sum, { seconds, kept }) => sum + (kept ? 0 : seconds), 0);
  return [
    `${paths.poses}: ${counted(poses.frames, 'pose')}`,
    `${paths.clip}: ${generate.views} views, ${counted(generate.frames, 'frame')} of ${generate.width}x${generate.height}`,
    `${paths.scene}: ${optimise.gaussians} Gaussians after ${optimise.iterations} iterations`,
    `${paths.ply}: ${counted(ply.files, 'PLY file')}`,
    `${paths.turntable}: ${turntable.frames} pictures of ${turntable.width}x${turntable.height}`,
    qualityLine('the scene against its clip', optimise.training),
    `done in ${duration(total)} (${times.join(', ')})`,
  ].join('\n');
}
