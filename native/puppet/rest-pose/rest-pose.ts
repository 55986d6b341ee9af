import { AppError } from '../../../core/errors.ts';
import type { Pose } from '../../../core/poses/pose-sequence.ts';
import type { RgbaPicture } from '../../media/png.ts';
import { completePose } from './complete-pose.ts';
import { poseFromOutline } from './from-outline.ts';
import { plausibility } from './plausibility.ts';
import { silhouetteOf } from './silhouette.ts';

/** A pose that fits the outline less than this is not believed where the outline's own guess fits better. */
const BELIEVED = 0.72;

export interface RestPose {
  /** All body joints are known. */
  readonly pose: Pose;
  readonly from: 'detector' | 'outline';
}

/**
 * The pose in which the picture shows the character: the first found one that fits the cut-out, else a guess from its outline.
 * @param cutOut The character on transparency.
 * @param found Poses that detectors found in the picture, in its pixels, the most trusted first.
 */
export async function chooseRestPose(cutOut: RgbaPicture, found: readonly Pose[]): Promise<RestPose> {
  const silhouette = await silhouetteOf(cutOut);
  const judged = found
    .flatMap((pose) => completePose(pose) ?? [])
    .map((pose) => ({ pose, fit: plausibility(pose, silhouette) }));
  const best = judged.find(({ fit }) => fit >= BELIEVED) ?? judged.sort((a, b) => b.fit - a.fit)[0];
  if (best && best.fit >= BELIEVED) return { pose: best.pose, from: 'detector' };
  const guess = poseFromOutline(silhouette);
  const outline = guess && completePose(guess);
  const better = outline && plausibility(outline, silhouette) > (best?.fit ?? 0);
  if (outline && (better || !best)) return { pose: outline, from: 'outline' };
  if (best) return { pose: best.pose, from: 'detector' };
  throw new AppError(
    'bad-input',
    'The character is too small to see its joints; use a larger picture, or give them with --rest-pose.',
  );
}
