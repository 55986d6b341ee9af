import type { Command } from 'commander';
import { GENERATORS, type GeneratorName } from '../../native/generate/contract.ts';
import { CLIP_LIMITS } from '../../native/pipeline/make-clip.ts';
import { choice, wholeNumber } from './arguments.ts';
import { given } from './given.ts';
import { requireInput } from './paths.ts';

/** What `generate` and `run` ask about the character and its clip. */
export interface CharacterOptions {
  readonly image: string;
  readonly views?: string;
  readonly mask?: string;
  readonly restPose?: string;
  readonly generator: GeneratorName;
  readonly size: number;
  readonly frames?: number;
}

const { minSize, maxSize, maxFrames } = CLIP_LIMITS;
const DEFAULT_SIZE = 256;

export function characterOptions(command: Command): Command {
  return command
    .requiredOption('--image <file>', 'picture of the character, head to foot')
    .option('--views <folder>', 'the character at rest from the 21 cameras: view0.png to view20.png')
    .option('--mask <file>', 'your own cut-out: white (or opaque) where the character is')
    .option('--rest-pose <file>', "poses.json with the picture's joints, where they are not found rightly")
    .option(
      '--generator <name>',
      `what makes the clip: ${GENERATORS.join(', ')}`,
      choice('--generator', GENERATORS),
      'puppet',
    )
    .option('--size <pixels>', "side of the clip's pictures", wholeNumber('--size', minSize, maxSize), DEFAULT_SIZE)
    .option(
      '--frames <number>',
      'frames of the clip; as many as poses, at most 25, without it',
      wholeNumber('--frames', 1, maxFrames),
    );
}

/** Throws unless the files that were named are there. */
export function requireCharacter({ image, views, mask, restPose }: CharacterOptions): void {
  requireInput('--image', image);
  for (const [flag, path] of [
    ['--views', views],
    ['--mask', mask],
    ['--rest-pose', restPose],
  ] as const) {
    if (path !== undefined) requireInput(flag, path);
  }
}

/** The options without those of other parts of a command. */
export const characterOf = ({ image, views, mask, restPose, generator, size, frames }: CharacterOptions) => ({
  ...{ image, generator, size },
  ...given({ views, mask, restPose, frames }),
});
