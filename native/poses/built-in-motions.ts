import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../core/errors.ts';
import { readPoses } from '../../core/formats/poses.ts';
import type { PoseSequence } from '../../core/poses/pose-sequence.ts';
import { readInput } from '../files/read.ts';

const FOLDER = new URL('../../assets/motions/', import.meta.url);
const ENDING = '.json';

/** Names of the motions that come with the studio, in the order of the alphabet. Throws an `AppError` if they are missing. */
export function builtInMotions(): string[] {
  const path = fileURLToPath(FOLDER);
  try {
    const files = readdirSync(path).filter((file) => file.endsWith(ENDING));
    return files.map((file) => file.slice(0, -ENDING.length)).sort();
  } catch (cause) {
    throw new AppError(
      'not-found',
      `The built-in motions in ${path} cannot be listed; install the studio again.`,
      cause,
    );
  }
}

/**
 * A built-in motion: a loop of 25 frames, `coco-wholebody133` with depths, 480x480 pixels as view 0 of the ring sees a person
 * of 1.65 on the spot. Throws an `AppError` that lists the names if there is none called `name`.
 */
export async function readBuiltInMotion(name: string): Promise<PoseSequence> {
  const names = builtInMotions();
  // Looked up, never joined to a path unseen: a name may come from a command line or another window.
  if (!names.includes(name)) {
    throw new AppError('not-found', `There is no built-in motion "${name}"; choose one of ${names.join(', ')}.`);
  }
  const path = fileURLToPath(new URL(name + ENDING, FOLDER));
  return readPoses(await readInput(path), path);
}
