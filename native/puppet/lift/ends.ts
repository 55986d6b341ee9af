import { add, dot, normalize, scale, subtract, type Vector } from '../../../core/vector.ts';
import type { BodyFrame } from './frame-of-body.ts';
import { endAt, pointedOffset, reachOf } from './on-ray.ts';
import { steadySeries } from './steady-series.ts';
import type { Track } from './tracks.ts';
import { offsetSigma } from './uncertainty.ts';

const ACCELERATION = 14;

/**
 * Tips of feet or hands: on their rays, on the side that `usual` (the direction they have when nothing else is known)
 * points to; where they are not seen they have just that direction.
 */
export function liftTips(
  starts: readonly Vector[],
  track: Track,
  bone: number,
  usual: readonly Vector[],
  fps: number,
): Vector[] {
  const reaches = starts.map((start, t) => reachOf(start, track.rays[t] ?? [0, 0, 1], bone));
  const wanted = reaches.map(({ nearest, away }, t) => {
    const start = starts[t] ?? nearest;
    return dot(subtract(add(start, scale(usual[t] ?? away, bone)), nearest), away);
  });
  const offsets = steadySeries(
    reaches.map((reach, t) => pointedOffset(starts[t] ?? reach.nearest, reach, Math.sign(wanted[t] ?? 1), bone)),
    reaches.map(({ half }, t) => offsetSigma(half, bone, track.trust[t] ?? 0)),
    ACCELERATION / (fps * fps),
  );
  return starts.map((start, t) => {
    const reach = reaches[t];
    if (!reach || !track.trust[t]) return add(start, scale(usual[t] ?? [0, 0, 0], bone));
    return endAt(start, reach, offsets[t] ?? 0, bone);
  });
}

/** Where toes point when they are not seen: forwards and a little down. */
export const toesOf = ({ forward, up }: BodyFrame): Vector => normalize(add(forward, scale(up, -0.25)));

/** Where the heel lies when it is not seen: below the ankle and behind it. */
export const heelOf = ({ forward, up }: BodyFrame): Vector => normalize(add(scale(forward, -0.6), scale(up, -0.8)));
