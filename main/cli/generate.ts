import type { Command } from 'commander';
import { generatorNamed } from '../../native/generate/generators.ts';
import { makeClip, withDrawnSkeletons } from '../../native/pipeline/make-clip.ts';
import { readPosesForClip } from '../../native/pipeline/pose-source.ts';
import { characterOf, characterOptions, requireCharacter, type CharacterOptions } from './character-options.ts';
import { wholeNumber } from './arguments.ts';
import { counted } from './counted.ts';
import { defineCommand, type Outcome, type Session } from './command.ts';
import { requireOutputFolder } from './paths.ts';
import { poseArgument, POSES_HELP } from './pose-argument.ts';

interface Options extends CharacterOptions {
  readonly poses: string;
  readonly out: string;
  readonly seed?: number;
}

export function generateCommand(command: Command): void {
  command.description('Turn a picture of a character and poses into a multi-view clip of it in motion.');
  characterOptions(command)
    .requiredOption('--poses <source>', POSES_HELP)
    .requiredOption('--out <folder>', 'clip folder to write: empty, new, or an earlier clip')
    .option(
      '--seed <number>',
      'with --model: same seed, same clip; 42 without it',
      wholeNumber('--seed', 0, 0xffffffff),
    );
  defineCommand(command, run);
}

async function run(options: Options, { signal, onProgress, warn }: Session): Promise<Outcome> {
  const { out } = options;
  requireCharacter(options);
  const source = await poseArgument(options.poses);
  await requireOutputFolder('--out', out, 'clip');
  const during = { signal, onProgress, onWarning: warn, onNotice: warn };
  const character = characterOf(options, options.seed);
  await generatorNamed(character.generator).check(character);
  const clip = await makeClip(
    await withDrawnSkeletons(character, source),
    await readPosesForClip(source, during),
    out,
    during,
  );
  const { views, frames, width, height, fps } = clip;
  return {
    text: `${out}: ${views} views, ${counted(frames, 'frame')} of ${width}x${height} at ${Number(fps.toFixed(2))} a second`,
    json: { out, generator: character.generator, ...clip },
  };
}
