import { BODY_LIMBS } from '../draw/palette.ts';
import { BODY } from '../skeleton.ts';
import { HUES } from './picture.ts';
import type { ColourOrder } from '../draw/palette.ts';
import type { Segment } from './segments.ts';

export type Place = readonly [x: number, y: number];

/** The limbs of one body, found by colour and by where they meet. */
export interface Body {
  /** Place of each of the 18 joints, where a limb ends there. */
  readonly places: readonly (Place | undefined)[];
  /** The stroke of each limb, where there is one. */
  readonly limbs: readonly (Segment | undefined)[];
  /** How much speaks for this reading: strokes by their mass, each as far as it meets what it hangs on. */
  readonly score: number;
}

/** Index of limb or joint i's hue in the picture. Swapping red and blue turns hue h into 240 degrees - h. */
export const hueIndex = (i: number, order: ColourOrder): number =>
  order === 'written' ? i : (((12 - i) % HUES) + HUES) % HUES;

/** Strokes that end this far from where they should meet, in pixels and as a share of the body's size, do not belong. */
const MEETING_SHARE = 0.03;
const LEAST_MEETING = 3;

/** Reads the body with the strongest limbs out of the strokes of each hue. */
export function assembleBody(strokes: readonly (readonly Segment[])[], order: ColourOrder): Body | undefined {
  const candidates = BODY_LIMBS.map((_, limb) => strokes[hueIndex(limb, order)] ?? []);
  const extent = extentOf(candidates.map(([first]) => first));
  const tolerance = LEAST_MEETING + MEETING_SHARE * extent;
  const necks = neckCandidates(candidates, tolerance);
  let best: Body | undefined;
  for (const neck of necks) {
    const body = growBody(neck, candidates, tolerance);
    if (body.score > (best?.score ?? 0)) best = body;
  }
  return best;
}

function extentOf(segments: readonly (Segment | undefined)[]): number {
  const points = segments.flatMap((segment) => (segment ? [segment.from, segment.to] : []));
  if (points.length === 0) return 0;
  const range = (values: number[]): number => Math.max(...values) - Math.min(...values);
  return Math.max(range(points.map(([x]) => x)), range(points.map(([, y]) => y)));
}

const distance = (a: Place, b: Place): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** Ends of strokes that may be limbs at the neck, those with most others around them first. */
function neckCandidates(candidates: readonly (readonly Segment[])[], tolerance: number): Place[] {
  const ends = BODY_LIMBS.flatMap(([from], limb) =>
    from === BODY.neck
      ? (candidates[limb] ?? []).flatMap(({ from: a, to: b }) => [
          { limb, at: a },
          { limb, at: b },
        ])
      : [],
  );
  const votes = ends.map(({ at }) => {
    const near = ends.filter((other) => distance(other.at, at) < tolerance);
    return { at, near, limbs: new Set(near.map(({ limb }) => limb)).size };
  });
  votes.sort((a, b) => b.limbs - a.limbs);
  return votes.slice(0, 8).map(({ near }) => middle(near.map(({ at }) => at)));
}

const middle = (places: readonly Place[]): Place => [
  places.reduce((sum, [x]) => sum + x, 0) / places.length,
  places.reduce((sum, [, y]) => sum + y, 0) / places.length,
];

/** Hangs limb after limb on the joints already placed, from the neck outwards. */
function growBody(neck: Place, candidates: readonly (readonly Segment[])[], tolerance: number): Body {
  const places = new Array<Place | undefined>(18).fill(undefined);
  const limbs = new Array<Segment | undefined>(BODY_LIMBS.length).fill(undefined);
  places[BODY.neck] = neck;
  let score = 0;
  BODY_LIMBS.forEach(([from, to], limb) => {
    const anchor = places[from];
    if (!anchor) return;
    const above = BODY_LIMBS.findIndex(([, end]) => end === from);
    let best = 0;
    let joint: Place = anchor;
    for (const segment of candidates[limb] ?? []) {
      const [near, far] = [segment.from, segment.to].sort((a, b) => distance(a, anchor) - distance(b, anchor));
      if (!near || !far) continue;
      const gap = Math.min(distance(near, anchor), gapAlong(near, anchor, limbs[above]));
      const worth = segment.mass * Math.exp(-((gap / tolerance) ** 2));
      if (worth <= best || gap > 2 * tolerance) continue;
      best = worth;
      joint = gap < distance(near, anchor) ? near : anchor;
      places[to] = far;
      limbs[limb] = segment;
    }
    if (joint !== anchor) {
      places[from] = joint;
      limbs[above] = shortened(limbs[above], anchor, joint);
    }
    score += best;
  });
  return { places: places.map((place, joint) => place && meetingPlace(joint, place, limbs)), limbs, score };
}

/**
 * How far a place is from the outer half of the limb before, which ends at `end`. Next hues are alike where lines are thin, so that
 * a stroke may run on into the limb behind it; what hangs on it then begins before its end.
 */
function gapAlong(place: Place, end: Place, limb: Segment | undefined): number {
  if (!limb) return Infinity;
  const start = distance(limb.from, end) > distance(limb.to, end) ? limb.from : limb.to;
  const [dx, dy] = [end[0] - start[0], end[1] - start[1]];
  const squared = dx * dx + dy * dy;
  const t = squared > 0 ? ((place[0] - start[0]) * dx + (place[1] - start[1]) * dy) / squared : 0;
  return t < 0.5 || t > 1 ? Infinity : distance(place, [start[0] + t * dx, start[1] + t * dy]);
}

/** The stroke with its end `from` taken back to `to`. */
function shortened(segment: Segment | undefined, from: Place, to: Place): Segment | undefined {
  if (!segment) return undefined;
  return distance(segment.from, from) < distance(segment.to, from) ? { ...segment, from: to } : { ...segment, to };
}

/**
 * Where the limbs at a joint end, on average. Short ones say it better: their ends are blunter, and an angle cut to whole
 * degrees moves them less.
 */
function meetingPlace(joint: number, place: Place, limbs: readonly (Segment | undefined)[]): Place {
  let [x, y, sum] = [0, 0, 0];
  BODY_LIMBS.forEach((limb, i) => {
    const segment = limbs[i];
    if (!segment || !limb.includes(joint)) return;
    const end = distance(segment.from, place) < distance(segment.to, place) ? segment.from : segment.to;
    const weight = 1 / Math.max(1, distance(segment.from, segment.to)) ** 2;
    x += end[0] * weight;
    y += end[1] * weight;
    sum += weight;
  });
  return sum > 0 ? [x / sum, y / sum] : place;
}
