import { MIN_CONFIDENCE, type Pose, type PoseSequence } from './pose-sequence.ts';
import { SKELETONS, type Skeleton } from './skeleton.ts';

/** How long a bone is seen to be over a sequence. */
export interface BoneLength {
  /** Keypoint indices of the sequence's skeleton. */
  readonly from: number;
  readonly to: number;
  /** Half of all sights are shorter, in pixels; 0 where the bone was never seen. */
  readonly median: number;
  /**
   * Length where it is least foreshortened, in pixels: 95 of 100 sights are shorter, so that a few wrong keypoints
   * do not decide.
   */
  readonly longest: number;
  /** Mean over all frames of the less sure end's confidence, 0 where an end is not trusted; in [0, 1]. */
  readonly confidence: number;
}

const LEAST_FORESHORTENED = 0.95;

interface Sights {
  readonly lengths: number[];
  confidence: number;
  chances: number;
}

/**
 * One entry a limb of the skeleton, in its order. The two sides of the body are pooled: what is hidden on one is
 * learnt from the other. Where depths are known the length is the true one, in space.
 */
export function boneLengths({ skeleton, frames }: PoseSequence): BoneLength[] {
  const { limbs } = SKELETONS[skeleton];
  const groups = new Map<string, Sights>();
  const keys = limbs.map((limb) => pooledName(SKELETONS[skeleton], limb));
  limbs.forEach(([from, to], limb) => {
    const key = keys[limb] ?? '';
    const sights = groups.get(key) ?? { lengths: [], confidence: 0, chances: 0 };
    groups.set(key, sights);
    for (const pose of frames) look(pose, from, to, sights);
  });
  const results = new Map([...groups].map(([key, sights]) => [key, summary(sights)]));
  return limbs.map(([from, to], limb) => ({ from, to, ...(results.get(keys[limb] ?? '') ?? summary()) }));
}

/** The same name for a limb and its mirror image. */
function pooledName({ mirrored }: Skeleton, limb: readonly [number, number]): string {
  const right = new Map(mirrored.map(([a, b]) => [b, a]));
  const ends = limb.map((k) => right.get(k) ?? k);
  return ends.join('-');
}

function look({ keypoints, depths }: Pose, from: number, to: number, sights: Sights): void {
  sights.chances++;
  const [x = 0, y = 0, confidence = 0] = keypoints.subarray(from * 3, from * 3 + 3);
  const [toX = 0, toY = 0, toConfidence = 0] = keypoints.subarray(to * 3, to * 3 + 3);
  const surer = Math.min(confidence, toConfidence);
  if (surer < MIN_CONFIDENCE) return;
  const depth = (depths?.[to] ?? NaN) - (depths?.[from] ?? NaN);
  sights.lengths.push(Math.hypot(toX - x, toY - y, Number.isNaN(depth) ? 0 : depth));
  sights.confidence += surer;
}

function summary({ lengths, confidence, chances }: Sights = { lengths: [], confidence: 0, chances: 0 }) {
  const sorted = lengths.toSorted((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    longest: quantile(sorted, LEAST_FORESHORTENED),
    confidence: chances === 0 ? 0 : confidence / chances,
  };
}

/** Value below which that part of the sorted numbers lies, interpolated; 0 of none. */
function quantile(sorted: readonly number[], part: number): number {
  const position = part * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] ?? 0;
  return low + ((sorted[below + 1] ?? low) - low) * (position - below);
}
