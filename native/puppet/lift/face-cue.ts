import type { BoneLengths } from './proportions.ts';
import { within } from './statistics.ts';
import type { Tracks } from './tracks.ts';

/** What face points say about where a head looks. */
export interface FaceCue {
  /** Sine of the yaw: how far the face points to the picture's right, -1 to 1. */
  readonly sine: number;
  /** Cosine of the yaw where both ears are seen, 1 towards the camera and -1 away from it; otherwise NaN. */
  readonly cosine: number;
  /** How much the cue is worth, 0 to 1. */
  readonly trust: number;
}

/** The nose lies this far before the middle of the ears, in halves of the distance between the ears. */
export const NOSE_REACH = 1.5;
const NO_CUE: FaceCue = { sine: 0, cosine: NaN, trust: 0 };
/** A face of which one ear alone is seen is turned about this far. */
const ONE_EAR_SINE = 0.8;

/** The cue of frame `t`; `depth` is the person's, in world units. */
export function faceCue(tracks: Tracks, t: number, { ears }: BoneLengths, depth: number): FaceCue {
  const { nose, left_ear: left, right_ear: right, neck } = tracks;
  const x = (track: typeof nose): number => (track.rays[t]?.[0] ?? 0) * depth;
  const trust = (track: typeof nose): number => track.trust[t] ?? 0;
  const reach = (NOSE_REACH * ears) / 2;
  if (trust(nose) <= 0) return NO_CUE;
  if (trust(left) > 0.1 && trust(right) > 0.1) {
    const [forward, across] = [(x(nose) - (x(left) + x(right)) / 2) / NOSE_REACH, (x(left) - x(right)) / 2];
    const size = Math.hypot(forward, across);
    // A head seen from above or below shows neither, and says nothing.
    const clear = within((2 * size) / ears, 0, 1);
    if (clear < 0.1) return NO_CUE;
    return {
      sine: forward / size,
      cosine: across / size,
      trust: clear * Math.min(trust(nose), trust(left), trust(right)),
    };
  }
  const ear = trust(left) > 0.1 ? left : trust(right) > 0.1 ? right : undefined;
  if (ear) {
    const sine = Math.sign(x(nose) - x(ear)) * ONE_EAR_SINE;
    return { sine, cosine: NaN, trust: 0.7 * Math.min(trust(nose), trust(ear)) };
  }
  return { sine: within((x(nose) - x(neck)) / reach, -1, 1), cosine: NaN, trust: 0.3 * trust(nose) };
}
