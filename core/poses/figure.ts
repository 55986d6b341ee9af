import { MIN_CONFIDENCE, type Pose } from './pose-sequence.ts';
import { SKELETONS, type SkeletonId } from './skeleton.ts';

/** A point of a figure: pixels right and down, and pixels behind the hips, NaN where nobody knows. */
export type Spot = readonly [x: number, y: number, depth: number];

/** Points that no skeleton marks: the middles that a body hangs on. */
export const MIDDLES = ['@hips', '@neck', '@head'] as const;
export type Middle = (typeof MIDDLES)[number];

/** The joints whose mean is each middle. */
export type MiddleParts = Readonly<Record<Middle, readonly string[]>>;

/** A pose by the names of its joints, trusted ones alone, and its middles, both of which do not depend on the skeleton. */
export type Figure = ReadonlyMap<string, Spot>;

export const HEAD_JOINTS = ['nose', 'right_eye', 'left_eye', 'right_ear', 'left_ear'] as const;

/** Farther out nothing was seen; such numbers would only spoil those they are added to. */
const MOST = 1e6;

/** The keypoint as a spot, whatever its confidence; undefined where it is unknown or no number. */
export function spotOf({ keypoints, depths }: Pose, k: number, least = 0): Spot | undefined {
  const [x = NaN, y = NaN, confidence = 0] = keypoints.subarray(k * 3, k * 3 + 3);
  const isKnown = confidence > 0 && confidence >= least && Math.abs(x) < MOST && Math.abs(y) < MOST;
  const depth = depths?.[k] ?? NaN;
  return isKnown ? [x, y, Math.abs(depth) < MOST ? depth : NaN] : undefined;
}

/** Names of the joints that some frame shows. */
export function seenJoints(skeleton: SkeletonId, frames: readonly Pose[]): Set<string> {
  const { names } = SKELETONS[skeleton];
  return new Set(names.filter((_, k) => frames.some((pose) => spotOf(pose, k, MIN_CONFIDENCE))));
}

/** What the middles are made of where these joints are seen; `head` are the joints that may stand for the head. */
export function middleParts(seen: ReadonlySet<string>, head: readonly string[]): MiddleParts {
  const pair = (joint: string, instead: readonly string[]): readonly string[] => {
    const both = [`right_${joint}`, `left_${joint}`].filter((name) => seen.has(name));
    const others = instead.filter((name) => seen.has(name));
    return both.length === 2 || others.length === 0 ? both : others;
  };
  return { '@hips': pair('hip', []), '@neck': pair('shoulder', ['neck']), '@head': head };
}

/** A pose as a figure. A middle is there where all that it is made of is. */
export function figureOf(pose: Pose, skeleton: SkeletonId, parts: MiddleParts): Figure {
  const figure = new Map<string, Spot>();
  SKELETONS[skeleton].names.forEach((name, k) => {
    const spot = spotOf(pose, k, MIN_CONFIDENCE);
    if (spot) figure.set(name, spot);
  });
  for (const middle of MIDDLES) {
    const spots = parts[middle].flatMap((name) => {
      const spot = figure.get(name);
      return spot ? [spot] : [];
    });
    if (spots.length === 0 || spots.length < parts[middle].length) continue;
    const mean = (c: 0 | 1 | 2): number => spots.reduce((sum, spot) => sum + spot[c], 0) / spots.length;
    figure.set(middle, [mean(0), mean(1), mean(2)]);
  }
  return figure;
}

export const flatDistance = (a: Spot, b: Spot): number => Math.hypot(a[0] - b[0], a[1] - b[1]);
