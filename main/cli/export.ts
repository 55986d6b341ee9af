import type { Command } from 'commander';
import { writePlySequence } from '../../native/export/ply-sequence.ts';
import { readSceneFile } from '../../native/scene-file.ts';
import { ArgumentError } from './argument-error.ts';
import { choice, frameRange, type FrameRange } from './arguments.ts';
import { defineCommand, type Outcome, type Session } from './command.ts';
import { requireInput, requireOutputFolder } from './paths.ts';

const FORMATS = ['ply'] as const;
const SH = ['dc', 'full'] as const;
const AXES = ['y-down', 'z-up'] as const;

interface Options {
  readonly scene: string;
  readonly out: string;
  readonly format: (typeof FORMATS)[number];
  readonly sh: (typeof SH)[number];
  readonly axes: (typeof AXES)[number];
  readonly frames?: FrameRange;
}

export function exportCommand(command: Command): void {
  command
    .description('Write a scene for other tools: one PLY file a frame.')
    .requiredOption('--scene <file>', 'scene (.4dgs)')
    .requiredOption('--format <name>', FORMATS.join(', '), choice('--format', FORMATS))
    .requiredOption('--out <folder>', 'folder for frame_00001.ply and so on; empty, new, or an earlier export')
    .option('--sh <kind>', 'one colour (dc) or all view-dependent ones (full)', choice('--sh', SH), 'dc')
    .option('--axes <kind>', 'vertical axis: y-down suits most tools, or z-up', choice('--axes', AXES), 'y-down')
    .option('--frames <range>', 'frames counted from 1, like 3-8; all without it', frameRange('--frames'));
  defineCommand(command, run);
}

async function run(options: Options, { signal, onProgress }: Session): Promise<Outcome> {
  const { out, format, sh, axes } = options;
  requireInput('--scene', options.scene);
  await requireOutputFolder('--out', out, 'ply-sequence');
  const scene = await readSceneFile(options.scene);
  const { first, last } = options.frames ?? { first: 1, last: scene.frames };
  if (last > scene.frames) {
    throw new ArgumentError(`--frames asks for frame ${last}, but ${options.scene} has frames 1 to ${scene.frames}.`);
  }
  await writePlySequence(scene, out, { sh, axes, first, last, signal, onProgress });
  const files = last - first + 1;
  const gaussians = scene.gaussians.count;
  return {
    text: `${out}: ${files} PLY files of ${gaussians} Gaussians`,
    json: { out, format, sh, axes, files, first, last, gaussians, fps: scene.fps },
  };
}
