import { AppError } from '../../../core/errors.ts';
import type { Pose } from '../../../core/poses/pose-sequence.ts';
import { COCO_WHOLEBODY133 } from '../../../core/poses/skeleton.ts';
import type { RgbaPicture } from '../../media/png.ts';
import type { Detection } from '../../poses/detect/detector.ts';
import { completePose } from './complete-pose.ts';
import { poseFromOutline } from './from-outline.ts';
import { plausibility } from './plausibility.ts';
import { silhouetteOf } from './silhouette.ts';

/** What a detector found counts fully from this agreement on, and by half as much where its networks do not agree at all. */
const SURE = 0.5;
const UNSURE_SHARE = 0.5;
/** A guess from the outline counts less than a sure detector, and more than an unsure one. */
const OUTLINE_SHARE = 0.75;

export interface RestPose {
  /** All body joints are known. */
  readonly pose: Pose;
  readonly from: 'detector' | 'outline';
}

/**
 * The pose in which the picture shows the character: of those that detectors found and a guess from the outline, the one that
 * fits the cut-out best. Whatever a detector thinks of a figure without a face, the picture shows its front.
 * @param cutOut The character on transparency.
 * @param found What detectors found, in pixels of the picture.
 */
export async function chooseRestPose(
  cutOut: RgbaPicture,
  found: readonly Pick<Detection, 'pose' | 'agreement'>[],
): Promise<RestPose> {
  const silhouette = await silhouetteOf(cutOut);
  const guess = poseFromOutline(silhouette);
  const candidates = [
    ...found.map(({ pose, agreement }) => ({ pose, share: shareOf(agreement), from: 'detector' as const })),
    ...(guess ? [{ pose: guess, share: OUTLINE_SHARE, from: 'outline' as const }] : []),
  ].flatMap(({ pose, share, from }) => {
    const whole = completePose(pose);
    if (!whole) return [];
    const front = facingUs(whole);
    return [{ pose: front, from, fit: plausibility(front, silhouette) * share }];
  });
  const [best] = candidates.sort((a, b) => b.fit - a.fit);
  if (best) return best;
  throw new AppError(
    'bad-input',
    'The character is too small to see its joints; use a larger picture, or give them with --rest-pose.',
  );
}

const shareOf = (agreement: number): number =>
  UNSURE_SHARE + (1 - UNSURE_SHARE) * Math.min(1, Math.max(0, agreement) / SURE);

/** The pose with its right on the left of the picture. */
function facingUs(pose: Pose): Pose {
  const { names, mirrored } = COCO_WHOLEBODY133;
  const x = (name: string): number => pose.keypoints[names.indexOf(name) * 3] ?? 0;
  const turned = x('right_shoulder') + x('right_hip') > x('left_shoulder') + x('left_hip');
  if (!turned) return pose;
  const keypoints = pose.keypoints.slice();
  for (const [right, left] of mirrored) {
    keypoints.set(pose.keypoints.subarray(left * 3, left * 3 + 3), right * 3);
    keypoints.set(pose.keypoints.subarray(right * 3, right * 3 + 3), left * 3);
  }
  return { keypoints };
}
