import { distance, placeAt, type Place, type Points } from './points.ts';

export interface Box {
  readonly from: Place;
  readonly to: Place;
}

/**
 * The joint nearest to a place and not further than `reach`; undefined where there is none. Of joints at one place the one
 * in `preferred` wins, then the first: a wrist before the root of its hand.
 */
export function jointAt(
  points: Points,
  joints: readonly number[],
  at: Place,
  reach: number,
  preferred: ReadonlySet<number> = new Set(),
): number | undefined {
  let best: { joint: number; away: number } | undefined;
  for (const joint of joints) {
    const place = placeAt(points, joint);
    if (!place) continue;
    const away = distance(place, at) - (preferred.has(joint) ? 0.01 : 0);
    if (away <= reach && (!best || away < best.away)) best = { joint, away };
  }
  return best?.joint;
}

/** The joints inside a box, whichever corners it is given by. */
export function jointsInBox(points: Points, joints: readonly number[], { from, to }: Box): number[] {
  const [left, right] = [Math.min(from.x, to.x), Math.max(from.x, to.x)];
  const [top, bottom] = [Math.min(from.y, to.y), Math.max(from.y, to.y)];
  return joints.filter((joint) => {
    const place = placeAt(points, joint);
    return place && place.x >= left && place.x <= right && place.y >= top && place.y <= bottom;
  });
}
