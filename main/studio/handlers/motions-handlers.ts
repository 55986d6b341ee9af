import { setImmediate as pause } from 'node:timers/promises';
import { toBody18 } from '../../../core/poses/convert.ts';
import type { PoseSequence } from '../../../core/poses/pose-sequence.ts';
import { builtInMotions, readBuiltInMotion } from '../../../native/poses/built-in-motions.ts';
import type { Handlers } from '../../../preload/contract/feature.ts';
import type { BuiltInMotion, ImportedPoses, project } from '../../../preload/contract/project.ts';
import { plainPose } from '../../engine/pose-records.ts';

const CREDIT = 'Animated by hand for CharacterShot Studio, MIT licence';
/** Poses of a preview, evenly spread over the motion. */
const PREVIEW_POSES = 8;

/** The motions that come with the studio. They are read once. */
export function motionsHandlers(): Pick<Handlers<typeof project>, 'motions' | 'motion'> {
  let known: Promise<readonly BuiltInMotion[]> | undefined;
  return {
    motions: () => {
      known ??= readAll().catch((error: unknown) => {
        known = undefined;
        throw error;
      });
      return known;
    },
    motion: async ({ name }) => importedPoses(name, await readBuiltInMotion(name)),
  };
}

async function readAll(): Promise<readonly BuiltInMotion[]> {
  const motions: BuiltInMotion[] = [];
  for (const name of builtInMotions()) {
    motions.push(describe(name, await readBuiltInMotion(name)));
    // Each takes some milliseconds, and windows want to be served in between.
    await pause();
  }
  return motions;
}

function describe(name: string, sequence: PoseSequence): BuiltInMotion {
  const { frames, width, height, fps } = toBody18(sequence);
  const count = Math.min(PREVIEW_POSES, frames.length);
  const preview = Array.from({ length: count }, (_, k) => frames[Math.floor((k * frames.length) / count)]).flatMap(
    (pose) => (pose ? [plainPose(pose).keypoints] : []),
  );
  return { name, seconds: frames.length / fps, loops: true, preview, width, height, credit: CREDIT };
}

const importedPoses = (name: string, { frames, ...about }: PoseSequence): ImportedPoses => ({
  ...{ name, ...about },
  frames: frames.map(plainPose),
});
