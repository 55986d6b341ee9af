import type { Command } from 'commander';
import {
  GENERATORS,
  PROVIDERS,
  type GeneratorName,
  type NetworkRequest,
  type ProviderName,
} from '../../native/generate/contract.ts';
import { CLIP_LIMITS } from '../../native/pipeline/make-clip.ts';
import { ArgumentError } from './argument-error.ts';
import { choice, decimalNumber, wholeNumber } from './arguments.ts';
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
  readonly model?: string;
  readonly prompt?: string;
  readonly steps?: number;
  readonly provider?: ProviderName;
  /** In GB. */
  readonly memoryLimit?: number;
}

const { minSize, maxSize, maxFrames } = CLIP_LIMITS;
const DEFAULT_SIZE = 256;
/** Every training step once. */
const MAX_STEPS = 1000;
/** Any machine has less. */
const MAX_GIGABYTES = 100_000;

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
    )
    .option('--model <folder>', 'published checkpoint, for --generator charactershot')
    .option('--prompt <text>', "with --model: what the clip shows, instead of the authors' own words")
    .option('--steps <number>', 'with --model: denoising steps, 50 without it', wholeNumber('--steps', 1, MAX_STEPS))
    .option(
      '--provider <name>',
      `with --model: where the networks run (${PROVIDERS.join(', ')}); the first that can without it`,
      choice('--provider', PROVIDERS),
    )
    .option(
      '--memory-limit <GB>',
      'with --model: the networks take no more, however slow; what is free without it',
      decimalNumber('--memory-limit', 0.1, MAX_GIGABYTES),
    );
}

/** Throws unless the files that were named are there. */
export function requireCharacter(options: CharacterOptions): void {
  const { image, views, mask, restPose, generator, model, prompt, steps, provider, memoryLimit } = options;
  requireInput('--image', image);
  for (const [flag, path] of [
    ['--views', views],
    ['--mask', mask],
    ['--rest-pose', restPose],
    ['--model', model],
  ] as const) {
    if (path !== undefined) requireInput(flag, path);
  }
  if (generator === 'charactershot' && model === undefined) {
    throw new ArgumentError('--generator charactershot takes --model, the folder of the published checkpoint.');
  }
  const network = Object.entries({ model, prompt, steps, provider, 'memory-limit': memoryLimit });
  const stray = network.find(([, value]) => value !== undefined);
  if (generator !== 'charactershot' && stray) {
    throw new ArgumentError(`--${stray[0]} belongs to --generator charactershot.`);
  }
}

/** The options without those of other parts of a command. */
export const characterOf = (options: CharacterOptions, seed?: number) => {
  const { image, views, mask, restPose, generator, size, frames, model, prompt, steps, provider } = options;
  const memoryLimit = options.memoryLimit === undefined ? undefined : options.memoryLimit * 1e9;
  const network: NetworkRequest | undefined =
    model === undefined ? undefined : { model, ...given({ prompt, steps, provider, memoryLimit, seed }) };
  return { ...{ image, generator, size }, ...given({ views, mask, restPose, frames, network }) };
};
