import { MIN_CONFIDENCE, type Pose, type PoseSequence } from './pose-sequence.ts';

export interface SmoothOptions {
  /** Width of the smoothing: the standard deviation of its weights, in seconds. 0 leaves all as it is. */
  readonly seconds?: number;
}

/** A detector's trembling lasts two or three frames of a video; a step or a wave of the hand takes half a second. */
const DEFAULT_SECONDS = 0.07;
/** The weights beyond are below a hundredth. */
const REACH = 3;
/** Keeps the fit solvable where there are fewer samples than unknowns; far below what is seen in a picture. */
const RIDGE = 1e-6;

/**
 * Takes the trembling out of a sequence. Each trusted keypoint moves onto a parabola fitted to its neighbours in time,
 * near ones weighing more, sure ones weighing more. The whole sequence is known, so that both sides are looked at: unlike
 * filters made for live video, this one neither lags behind nor, having a curvature, cuts the turning points of a
 * movement. Confidences stay; keypoints below `MIN_CONFIDENCE` are neither used nor moved.
 */
export function smoothPoses(sequence: PoseSequence, { seconds = DEFAULT_SECONDS }: SmoothOptions = {}): PoseSequence {
  const sigma = seconds * sequence.fps;
  if (!(sigma > 0)) return sequence;
  const frames = sequence.frames.map(({ keypoints, depths }) => ({
    keypoints: keypoints.slice(),
    ...(depths && { depths: depths.slice() }),
  }));
  const count = (frames[0]?.keypoints.length ?? 0) / 3;
  for (let k = 0; k < count; k++) {
    const weights = Float64Array.from(sequence.frames, (pose) => trust(pose, k));
    for (const axis of [0, 1]) {
      const values = Float64Array.from(sequence.frames, (pose) => pose.keypoints[k * 3 + axis] ?? 0);
      smoothSeries(values, weights, sigma).forEach((value, frame) =>
        frames[frame]?.keypoints.set([value], k * 3 + axis),
      );
    }
    const depths = Float64Array.from(sequence.frames, (pose) => pose.depths?.[k] ?? NaN);
    const depthWeights = weights.map((weight, frame) => (Number.isNaN(depths[frame]) ? 0 : weight));
    smoothSeries(depths, depthWeights, sigma).forEach((value, frame) => frames[frame]?.depths?.set([value], k));
  }
  return { ...sequence, frames };
}

function trust({ keypoints }: Pose, k: number): number {
  const confidence = keypoints[k * 3 + 2] ?? 0;
  return confidence >= MIN_CONFIDENCE ? confidence : 0;
}

/** The series on its local parabolas; values of weight 0 stay. `sigma` is in samples. */
function smoothSeries(values: Float64Array, weights: Float64Array, sigma: number): Float64Array {
  const reach = Math.ceil(REACH * sigma);
  return values.map((value, at) => {
    if (!weights[at]) return value;
    // Sums of w t^0..t^4 and of w y t^0..t^2, with y relative to the value and t in sigmas: large offsets cost digits.
    const s = [0, 0, 0, 0, 0];
    const r = [0, 0, 0];
    const end = Math.min(values.length - 1, at + reach);
    for (let i = Math.max(0, at - reach); i <= end; i++) {
      const weight = weights[i] ?? 0;
      if (weight === 0) continue;
      const t = (i - at) / sigma;
      let term = weight * Math.exp(-0.5 * t * t);
      const offset = (values[i] ?? 0) - value;
      for (let power = 0; power < 5; power++, term *= t) {
        s[power] = (s[power] ?? 0) + term;
        if (power < 3) r[power] = (r[power] ?? 0) + term * offset;
      }
    }
    return value + parabolaAtZero(s, r);
  });
}

/** The constant of the parabola a + b t + c t^2 that the sums of a weighted least-squares fit describe. */
function parabolaAtZero(sums: readonly number[], right: readonly number[]): number {
  const [s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0] = sums;
  const [r0 = 0, r1 = 0, r2 = 0] = right;
  const ridge = RIDGE * s0;
  const [b, c] = [s2 + ridge, s4 + ridge];
  const minor0 = b * c - s3 * s3;
  const minor1 = s1 * c - s3 * s2;
  const minor2 = s1 * s3 - b * s2;
  const determinant = s0 * minor0 - s1 * minor1 + s2 * minor2;
  return (r0 * minor0 - r1 * minor1 + r2 * minor2) / determinant;
}
