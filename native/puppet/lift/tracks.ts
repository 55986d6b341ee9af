import { AppError } from '../../../core/errors.ts';
import { toBody18 } from '../../../core/poses/convert.ts';
import { fillGaps } from '../../../core/poses/fill-gaps.ts';
import { MIN_CONFIDENCE, type PoseSequence } from '../../../core/poses/pose-sequence.ts';
import { BODY, SKELETONS } from '../../../core/poses/skeleton.ts';
import { smoothPoses } from '../../../core/poses/smooth.ts';
import { add, length, mix, scale, subtract, type Vector } from '../../../core/vector.ts';
import {
  ENDS,
  FACE,
  forEachOf,
  LIFT_JOINTS,
  SIDES,
  TRUNK_AND_LIMBS,
  type EndJoint,
  type LiftJoint,
  type Side,
} from './lift-joints.ts';
import { USUAL } from './proportions.ts';
import type { View } from './view.ts';

/** One joint's sights over time. */
export interface Track {
  /** The points at depth 1 where the joint is seen. */
  readonly rays: Vector[];
  /** How much a sight is worth, in [0, 1]: its confidence, near 0 where it was filled in, 0 where it was invented. */
  readonly trust: number[];
  /** The source's own depths in pixels behind the hips, NaN where it has none. */
  readonly depths: number[];
}

export type Tracks = Readonly<Record<LiftJoint, Track>>;

/** A filled sight says where the joint may be, but must not outweigh anything that was seen. */
const FILLED_TRUST = 0.02;
/** Only trembling from frame to frame is taken out here; depths are smoothed by how sure they are. */
const SMOOTHING_SECONDS = 0.04;
/** Fewer trusted keypoints than this in every frame are no person. */
const LEAST_KEYPOINTS = 3;

const END_SOURCES: Readonly<Record<EndJoint, string>> = {
  right_toe: 'right_big_toe',
  left_toe: 'left_big_toe',
  right_heel: 'right_heel',
  left_heel: 'left_heel',
  right_middle_finger: 'right_middle_4',
  left_middle_finger: 'left_middle_4',
};

/**
 * The sequence as complete tracks: gaps filled, trembling smoothed, and joints of trunk and limbs that are never seen
 * placed where they hang on a standing person. Face and ends that are never seen have trust 0 everywhere.
 * Throws an `AppError` where there is nobody in any frame.
 */
export function tracksOf(sequence: PoseSequence, view: View): Tracks {
  const sane = { ...sequence, frames: sequence.frames.map((pose) => ({ ...pose, keypoints: finite(pose.keypoints) })) };
  const trusted = (keypoints: Float32Array): number =>
    toBody18Names(sequence).filter((k) => (keypoints[k * 3 + 2] ?? 0) >= MIN_CONFIDENCE).length;
  if (!sane.frames.some(({ keypoints }) => trusted(keypoints) >= LEAST_KEYPOINTS)) {
    throw new AppError(
      'bad-input',
      `The pose sequence shows nobody: no frame has ${LEAST_KEYPOINTS} body keypoints of confidence ${MIN_CONFIDENCE} or more; detect the poses again or mark them by hand.`,
    );
  }
  const filled = fillGaps(sane, { longest: 2 * sane.frames.length + 2 });
  const smooth = smoothPoses(filled, { seconds: SMOOTHING_SECONDS });
  const [seenBody, smoothBody] = [toBody18(sane), toBody18(smooth)];
  const tracks = forEachOf(LIFT_JOINTS, (joint): Track => {
    const end = (ENDS as readonly string[]).includes(joint) ? END_SOURCES[joint as EndJoint] : undefined;
    const k = end === undefined ? BODY[joint as keyof typeof BODY] : SKELETONS[sane.skeleton].names.indexOf(end);
    return end === undefined ? trackOf(seenBody, smoothBody, k, view) : trackOf(sane, smooth, k, view);
  });
  return complete(tracks);
}

/** Indices of the body's keypoints in the sequence's own skeleton. */
function toBody18Names({ skeleton }: PoseSequence): number[] {
  const { names } = SKELETONS[skeleton];
  return [...TRUNK_AND_LIMBS, ...FACE].map((joint) => names.indexOf(joint)).filter((k) => k >= 0);
}

/** Keypoints that are no numbers count as unseen. */
function finite(keypoints: Float32Array): Float32Array {
  const copy = keypoints.slice();
  for (let at = 0; at < copy.length; at += 3) {
    if (!copy.subarray(at, at + 3).every(Number.isFinite)) copy.fill(0, at, at + 3);
  }
  return copy;
}

function trackOf(seen: PoseSequence, smooth: PoseSequence, k: number, view: View): Track {
  const track: Track = { rays: [], trust: [], depths: [] };
  smooth.frames.forEach(({ keypoints, depths }, t) => {
    const [x = 0, y = 0, confidence = 0] = k < 0 ? [] : keypoints.subarray(k * 3, k * 3 + 3);
    const sight = seen.frames[t]?.keypoints[k * 3 + 2] ?? 0;
    const known = k >= 0 && confidence >= MIN_CONFIDENCE;
    track.rays.push(known ? view.ray(x, y) : [0, 0, 1]);
    track.trust.push(!known ? 0 : sight >= MIN_CONFIDENCE ? Math.min(1, sight) : FILLED_TRUST);
    const depth = depths?.[k] ?? NaN;
    track.depths.push(Number.isFinite(depth) ? depth : NaN);
  });
  return track;
}

export const isSeen = ({ trust }: Track): boolean => trust.some((value) => value > FILLED_TRUST);

/** Length of a spine at depth 1, from whatever was seen of the person. */
function spineAtDepthOne(tracks: Tracks): number {
  const pairs: readonly (readonly [LiftJoint, LiftJoint, number])[] = [
    ['neck', 'right_hip', 1],
    ['neck', 'left_hip', 1],
    ['right_shoulder', 'left_shoulder', USUAL.shoulders],
    ['neck', 'nose', USUAL.head],
    ['right_ear', 'left_ear', USUAL.ears],
    ['right_hip', 'right_knee', USUAL.thigh],
    ['left_hip', 'left_knee', USUAL.thigh],
    ['right_shoulder', 'right_elbow', USUAL.upper_arm],
    ['left_shoulder', 'left_elbow', USUAL.upper_arm],
  ];
  let longest = 0;
  for (const [from, to, usual] of pairs) {
    const [a, b] = [tracks[from], tracks[to]];
    a.rays.forEach((ray, t) => {
      const end = b.rays[t];
      if (!end || !a.trust[t] || !b.trust[t]) return;
      longest = Math.max(longest, length(subtract(end, ray)) / usual);
    });
  }
  return longest > 0 ? longest : 0.1;
}

/** Gives joints of trunk and limbs that are never seen a place that hangs on what is. */
function complete(tracks: Tracks): Tracks {
  const done: Record<LiftJoint, Track> = { ...tracks };
  const spine = spineAtDepthOne(tracks);
  const place = (joint: LiftJoint, at: (t: number) => Vector): void => {
    const track = done[joint];
    if (track.trust.some((value) => value > 0)) return;
    done[joint] = { ...track, rays: track.rays.map((_, t) => at(t)) };
  };
  const ray = (joint: LiftJoint, t: number): Vector => done[joint].rays[t] ?? [0, 0, 1];
  const moved =
    (joint: LiftJoint, x: number, y: number) =>
    (t: number): Vector =>
      add(ray(joint, t), [x * spine, y * spine, 0]);
  const seen = (joint: LiftJoint): boolean => done[joint].trust.some((value) => value > 0);
  const other = (side: Side): Side => (side === 'left' ? 'right' : 'left');
  const out = (side: Side): number => (side === 'left' ? 0.5 : -0.5);

  const shoulder = SIDES.map((side) => `${side}_shoulder` as const).find(seen);
  const hip = SIDES.map((side) => `${side}_hip` as const).find(seen);
  if (seen('left_shoulder') && seen('right_shoulder')) {
    place('neck', (t) => mix(ray('left_shoulder', t), ray('right_shoulder', t), 0.5));
  } else if (shoulder) place('neck', moved(shoulder, 0, 0));
  else if (seen('nose')) place('neck', moved('nose', 0, USUAL.head));
  else if (hip) place('neck', moved(hip, 0, -1));
  else place('neck', moved(LIFT_JOINTS.find(seen) ?? 'neck', 0, 0));
  for (const side of SIDES) {
    const opposite = `${other(side)}_shoulder` as const;
    if (seen(opposite)) place(`${side}_shoulder`, (t) => subtract(scale(ray('neck', t), 2), ray(opposite, t)));
    else place(`${side}_shoulder`, moved('neck', out(side) * USUAL.shoulders, 0));
  }
  for (const side of SIDES) {
    const opposite = `${other(side)}_hip` as const;
    if (seen(opposite)) place(`${side}_hip`, moved(opposite, 0, 0));
    else place(`${side}_hip`, moved('neck', out(side) * USUAL.hips, 1));
  }
  for (const side of SIDES) {
    place(`${side}_elbow`, moved(`${side}_shoulder`, 0, USUAL.upper_arm));
    place(`${side}_wrist`, moved(`${side}_elbow`, 0, USUAL.forearm));
    place(`${side}_knee`, moved(`${side}_hip`, 0, USUAL.thigh));
    place(`${side}_ankle`, moved(`${side}_knee`, 0, USUAL.shin));
  }
  return done;
}
