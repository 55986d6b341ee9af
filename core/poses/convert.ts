import { MIN_CONFIDENCE, type Pose, type PoseSequence } from './pose-sequence.ts';
import { SKELETONS, type SkeletonId } from './skeleton.ts';

/** Where a keypoint comes from: an index of the source, the mean of two shoulders, or nowhere. */
type Origin = number | 'neck' | undefined;

function originsOf(from: SkeletonId, to: SkeletonId): Origin[] {
  const source = SKELETONS[from].names;
  return SKELETONS[to].names.map((name) => {
    const index = source.indexOf(name);
    if (index >= 0) return index;
    return name === 'neck' ? 'neck' : undefined;
  });
}

/**
 * The same poses in another skeleton. A keypoint that the source lacks is unknown (confidence 0), one that the target
 * lacks is dropped. The neck is the middle of the shoulders and as sure as the less sure one, as the method defines
 * it: known only where both shoulders are above `MIN_CONFIDENCE`. Depths are carried along.
 */
export function convertPoses(sequence: PoseSequence, to: SkeletonId): PoseSequence {
  if (sequence.skeleton === to) return sequence;
  const origins = originsOf(sequence.skeleton, to);
  const names = SKELETONS[sequence.skeleton].names;
  const shoulders = [names.indexOf('right_shoulder'), names.indexOf('left_shoulder')] as const;
  return { ...sequence, skeleton: to, frames: sequence.frames.map((pose) => convertPose(pose, origins, shoulders)) };
}

/** The body alone, as `openpose18`. */
export const toBody18 = (sequence: PoseSequence): PoseSequence => convertPoses(sequence, 'openpose18');

function convertPose(
  { keypoints, depths }: Pose,
  origins: readonly Origin[],
  [right, left]: readonly [number, number],
): Pose {
  const converted = new Float32Array(origins.length * 3);
  const convertedDepths = depths && new Float32Array(origins.length).fill(NaN);
  origins.forEach((origin, k) => {
    if (origin === 'neck') {
      converted.set(neckOf(row(keypoints, right), row(keypoints, left)), k * 3);
      if (convertedDepths) convertedDepths[k] = ((depths[right] ?? NaN) + (depths[left] ?? NaN)) / 2;
    } else if (origin !== undefined) {
      converted.set(row(keypoints, origin), k * 3);
      if (convertedDepths) convertedDepths[k] = depths[origin] ?? NaN;
    }
  });
  return convertedDepths ? { keypoints: converted, depths: convertedDepths } : { keypoints: converted };
}

const row = (keypoints: Float32Array, k: number): Float32Array => keypoints.subarray(k * 3, k * 3 + 3);

function neckOf(right: Float32Array, left: Float32Array): [number, number, number] {
  const [rightX = 0, rightY = 0, rightConfidence = 0] = right;
  const [leftX = 0, leftY = 0, leftConfidence = 0] = left;
  const confidence = Math.min(rightConfidence, leftConfidence);
  return confidence > MIN_CONFIDENCE ? [(rightX + leftX) / 2, (rightY + leftY) / 2, confidence] : [0, 0, 0];
}
