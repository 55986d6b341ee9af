import { distance, type Vector } from '../../../core/vector.ts';
import { NOSE_REACH } from './face-cue.ts';
import { SIDES, type LiftJoint } from './lift-joints.ts';
import { reachOf } from './on-ray.ts';
import { BONE_NAMES, USUAL, type BoneLengths, type BoneName } from './proportions.ts';
import { neckLifts, sightsOf } from './sights.ts';
import { bellSmoothed, highestNear, median, quantile, within } from './statistics.ts';
import type { Tracks } from './tracks.ts';

/** How large a person is, and how far away over time. */
export interface PersonSize {
  /** Depth of the middle of the hips a frame, in world units. */
  readonly depths: readonly number[];
  /** In world units. */
  readonly lengths: BoneLengths;
  /** How much longer the spine looks a frame because the arms are raised, as a factor. */
  readonly neckLifts: readonly number[];
}

/** 95 of 100 sights of a bone are shorter: a few wrong keypoints do not decide. */
const LEAST_FORESHORTENED = 0.9;
const TRUSTED = 0.3;
/** Bones that say how far away a person is: together they never foreshorten all at once. */
const SCALE_BONES: readonly BoneName[] = ['spine', 'shoulders', 'hips', 'upper_arm', 'forearm', 'thigh', 'shin'];
/** A change of size below this is noise or perspective, in parts of the size. */
const LEAST_CHANGE = 0.08;
/** Half of this time is looked at on either side for a sight at full length, in seconds. */
const SCALE_SECONDS = 1;
/** A bone is taken for hidden where it was never seen at more than this part of its usual length. */
const HIDDEN = 0.3;
const SHOWN = 0.5;

/**
 * Depth over time and bone lengths. A person that comes nearer grows in all bones, one that bends foreshortens some; so
 * the size in a frame is that of its least foreshortened bone. `rootDepth` is the hips' depth in the first frame.
 */
export function personSize(tracks: Tracks, rootDepth: number, fps: number, given?: Partial<BoneLengths>): PersonSize {
  const growth = growthOf(tracks, fps);
  const first = growth[0] ?? 1;
  const depths = growth.map((size) => (rootDepth * first) / size);
  const lifts = neckLifts(tracks);
  return { depths, neckLifts: lifts, lengths: { ...lengthsOf(tracks, depths, lifts), ...given } };
}

const frameCount = (tracks: Tracks): number => tracks.neck.rays.length;

/** Size in the picture a frame, 1 at its largest. */
function growthOf(tracks: Tracks, fps: number): number[] {
  const frames = Array.from({ length: frameCount(tracks) }, (_, t) => t);
  let growth = frames.map(() => 1);
  const sights = SCALE_BONES.map((bone) =>
    frames.map((t) =>
      sightsOf(tracks, bone, t).reduce(
        (most, { length, trust }) => (trust >= TRUSTED ? Math.max(most, length) : most),
        0,
      ),
    ),
  );
  // The lengths depend on the growth and the growth on the lengths: two rounds settle it.
  for (let round = 0; round < 2; round++) {
    const longest = sights.map((series) => {
      const seen = series.flatMap((value, t) => (value > 0 ? [value / (growth[t] ?? 1)] : []));
      return quantile(seen, LEAST_FORESHORTENED);
    });
    const raw = frames.map((t) => {
      const parts = sights.map((series, b) => ((longest[b] ?? 0) > 0 ? (series[t] ?? 0) / (longest[b] ?? 1) : 0));
      // The second longest: one keypoint that is wrong lengthens one bone.
      return parts.toSorted((a, b) => b - a)[1] ?? 0;
    });
    growth = steadyGrowth(raw, fps);
  }
  return growth;
}

function steadyGrowth(raw: readonly number[], fps: number): number[] {
  const usual =
    median(
      raw.filter((value) => value > 0),
      1,
    ) || 1;
  const sane = raw.map((value) => within(value, usual / 4, usual * 4));
  const reach = Math.max(1, Math.round((SCALE_SECONDS / 2) * fps));
  const smooth = bellSmoothed(highestNear(sane, reach), reach);
  const highest = Math.max(...smooth);
  if (Math.min(...smooth) > highest * (1 - LEAST_CHANGE)) return raw.map(() => 1);
  return smooth.map((value) => value / highest);
}

/** Longest sights in world units, and what usual proportions say where a bone was never seen at its length. */
function lengthsOf(tracks: Tracks, depths: readonly number[], lifts: readonly number[]): BoneLengths {
  const longest = Object.fromEntries(
    BONE_NAMES.map((bone) => {
      const seen = depths.flatMap((depth, t) =>
        sightsOf(tracks, bone, t).flatMap(({ length, trust }) => (trust >= TRUSTED ? [length * depth] : [])),
      );
      return [bone, quantile(seen, LEAST_FORESHORTENED)];
    }),
  ) as Record<BoneName, number>;
  widenTurned(longest, tracks, depths);
  const spine = spineOf(longest, depths);
  const lengths = Object.fromEntries(
    BONE_NAMES.map((bone) => [bone, plausible(longest[bone], USUAL[bone] * spine)]),
  ) as Record<BoneName, number>;
  return {
    ...lengths,
    // Raised arms lift the shoulders, and with them the neck: their lift is taken out.
    spine: Math.max(usualSpine(tracks, depths, lifts), 0.85 * longest.spine, 0.8 * spine),
    forearm: Math.max(lengths.forearm, 0.7 * lengths.upper_arm),
    upper_arm: Math.max(lengths.upper_arm, 0.75 * lengths.forearm),
    shin: Math.max(lengths.shin, 0.75 * lengths.thigh),
    thigh: Math.max(lengths.thigh, 0.75 * lengths.shin),
  };
}

/** A face that is turned further says too little about how wide the shoulders are. */
const LEAST_COSINE = 0.35;

/** Shoulders and hips of a person who never faces the camera look narrow: the turn of the face says by how much. */
function widenTurned(longest: Record<BoneName, number>, tracks: Tracks, depths: readonly number[]): void {
  const { nose, left_ear: left, right_ear: right } = tracks;
  const faces = depths.flatMap((depth, t) => {
    if (Math.min(nose.trust[t] ?? 0, left.trust[t] ?? 0, right.trust[t] ?? 0) < TRUSTED) return [];
    const x = ({ rays }: typeof nose): number => (rays[t]?.[0] ?? 0) * depth;
    const size = Math.hypot((x(nose) - (x(left) + x(right)) / 2) / NOSE_REACH, (x(left) - x(right)) / 2);
    return [{ t, ears: 2 * size, cosine: Math.abs(x(left) - x(right)) / 2 / Math.max(size, 1e-9) }];
  });
  if (faces.length === 0) return;
  longest.ears = Math.max(longest.ears, median(faces.map(({ ears }) => ears)));
  for (const bone of ['shoulders', 'hips'] as const) {
    const widths = faces.flatMap(({ t, cosine }) =>
      sightsOf(tracks, bone, t).flatMap(({ length, trust }) =>
        trust >= TRUSTED && cosine > LEAST_COSINE ? [(length * (depths[t] ?? 1)) / cosine] : [],
      ),
    );
    const widened = Math.min(median(widths), MOST_WIDENED * longest[bone]);
    if (widened > longest[bone]) longest[bone] = longest[bone] * (widened / longest[bone]) ** FACE_WEIGHT;
  }
}

const MOST_WIDENED = 1.6;
/** Heads turn further than chests, now and then. */
const FACE_WEIGHT = 0.65;

const usualSpine = (tracks: Tracks, depths: readonly number[], lifts: readonly number[]): number =>
  quantile(
    depths.flatMap((depth, t) =>
      sightsOf(tracks, 'spine', t).flatMap(({ length, trust }) =>
        trust >= TRUSTED ? [(length * depth) / (lifts[t] ?? 1)] : [],
      ),
    ),
    0.75,
  );

const CHAINS: readonly (readonly [
  BoneName,
  'shoulder' | 'elbow' | 'hip' | 'knee',
  'elbow' | 'wrist' | 'knee' | 'ankle',
])[] = [
  ['upper_arm', 'shoulder', 'elbow'],
  ['forearm', 'elbow', 'wrist'],
  ['thigh', 'hip', 'knee'],
  ['shin', 'knee', 'ankle'],
];
/** Perspective lengthens what is near by no more than this. */
const MOST_REFINED = 1.2;

/**
 * Lengths corrected for perspective, once it is known roughly how deep the joints lie: a bone is as long as the
 * farthest that its far end's rays pass by its near end.
 */
export function refinedLengths(
  tracks: Tracks,
  { depths, lengths }: PersonSize,
  points: Readonly<Record<LiftJoint, readonly Vector[]>>,
): BoneLengths {
  const refined: Record<BoneName, number> = { ...lengths };
  for (const [bone, from, to] of CHAINS) {
    const pairs = SIDES.flatMap((side) =>
      depths.flatMap((depth, t) => {
        const [start, end] = [tracks[`${side}_${from}`], tracks[`${side}_${to}`]];
        if (Math.min(start.trust[t] ?? 0, end.trust[t] ?? 0) < TRUSTED) return [];
        const ray = end.rays[t] ?? NOWHERE;
        const origin = points[`${side}_${from}`][t] ?? NOWHERE;
        const flat = depth * distance(ray, start.rays[t] ?? NOWHERE);
        return [{ flat, true: distance(origin, reachOf(origin, ray, 0).nearest) }];
      }),
    );
    const flat = quantile(
      pairs.map((pair) => pair.flat),
      LEAST_FORESHORTENED,
    );
    const truth = quantile(
      pairs.map((pair) => pair.true),
      LEAST_FORESHORTENED,
    );
    if (flat > 0) refined[bone] *= within(truth / flat, 1 / MOST_REFINED, MOST_REFINED);
  }
  const across = depths.flatMap((depth, t) =>
    sightsOf(tracks, 'shoulders', t).flatMap(({ length, trust }) =>
      trust >= TRUSTED ? [{ flat: length * depth, true: length * (points.neck[t]?.[2] ?? depth) }] : [],
    ),
  );
  const flat = quantile(
    across.map((sight) => sight.flat),
    LEAST_FORESHORTENED,
  );
  const truth = quantile(
    across.map((sight) => sight.true),
    LEAST_FORESHORTENED,
  );
  if (flat > 0) refined.shoulders *= within(truth / flat, 1 / MOST_REFINED, MOST_REFINED);
  return refined;
}

const NOWHERE: Vector = [0, 0, 1];

/** Length of the spine that the bones agree on. */
function spineOf(longest: Readonly<Record<BoneName, number>>, depths: readonly number[]): number {
  const votes = SCALE_BONES.flatMap((bone) => (longest[bone] > 0 ? [longest[bone] / USUAL[bone]] : []));
  const agreed = quantile(votes, 0.6);
  if (agreed > 0) return agreed;
  return longest.ears > 0 ? longest.ears / USUAL.ears : 0.15 * (depths[0] ?? 1);
}

/** Drawn figures have short legs or long arms: a length that was seen counts, unless it is far too short to be one. */
function plausible(seen: number, usual: number): number {
  const shown = within((seen / usual - HIDDEN) / (SHOWN - HIDDEN), 0, 1);
  return seen * shown + Math.max(seen, 0.9 * usual) * (1 - shown);
}
