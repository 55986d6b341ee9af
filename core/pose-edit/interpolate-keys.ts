import type { LimbGroup, PoseRecord } from '../document/document.ts';
import type { SkeletonId } from '../poses/skeleton.ts';
import { bodyTree } from './body-tree.ts';
import { editPose } from './edit-record.ts';
import { jointsOf } from './joint-groups.ts';
import { completePoints, confidenceAt, middleOf, placeAt, type Place, type Points, setPlace } from './points.ts';

export const EASINGS = ['linear', 'ease', 'ease-in', 'ease-out', 'hold'] as const;
/** How fast a joint goes from one key to the next: evenly, from and to rest, from rest, to rest, or all at once at the end. */
export type Easing = (typeof EASINGS)[number];

const CURVES: Readonly<Record<Easing, (part: number) => number>> = {
  linear: (part) => part,
  ease: (part) => part * part * (3 - 2 * part),
  'ease-in': (part) => part * part,
  'ease-out': (part) => part * (2 - part),
  hold: () => 0,
};

export interface KeySpan {
  readonly group: LimbGroup;
  /** Frames with a key of the group, none between them. */
  readonly from: number;
  readonly to: number;
}

/** The spans of a group between two keys that have frames between them. */
export function keySpans(poses: readonly PoseRecord[], group: LimbGroup): KeySpan[] {
  const keyed = poses.flatMap(({ keys }, frame) => (keys.includes(group) ? [frame] : []));
  return keyed.flatMap((from, i) => {
    const to = keyed[i + 1];
    return to !== undefined && to - from > 1 ? [{ group, from, to }] : [];
  });
}

/**
 * The frames between two keys, filled for the joints of the span's group alone. Each joint goes from its direction and
 * distance in one key to those in the other, as seen from the joint it hangs on, so that bones keep their lengths and a
 * limb stays on a body that moves meanwhile. Where that joint is unknown it goes straight.
 * @param poses The records of all frames in order. @returns The records that changed.
 */
export function interpolateSpan(
  poses: readonly PoseRecord[],
  skeleton: SkeletonId,
  { group, from, to }: KeySpan,
  easing: Easing,
): PoseRecord[] {
  const [start, end] = [poses[from], poses[to]];
  if (!start || !end) return [];
  const inGroup = new Set(jointsOf(skeleton, group));
  const joints = bodyTree(skeleton).outwards.filter((joint) => inGroup.has(joint));
  const [startPoints, endPoints] = [start, end].map(({ keypoints }) => completePoints(keypoints, skeleton));
  if (!startPoints || !endPoints) return [];
  const results: PoseRecord[] = [];
  for (let frame = from + 1; frame < to; frame++) {
    const pose = poses[frame];
    if (!pose) continue;
    const part = CURVES[easing]((frame - from) / (to - from));
    const points = [...completePoints(pose.keypoints, skeleton)];
    for (const joint of joints) setBetween(points, skeleton, joint, startPoints, endPoints, part);
    const edited = editPose(pose, skeleton, points, { keys: false });
    if (edited !== pose) results.push(edited);
  }
  return results;
}

/** All spans of the groups, or those that a frame lies in. @returns The records that changed. */
export function interpolateKeys(
  poses: readonly PoseRecord[],
  skeleton: SkeletonId,
  groups: readonly LimbGroup[],
  easing: Easing,
  around?: number,
): PoseRecord[] {
  let current = poses;
  const changed = new Map<number, PoseRecord>();
  // What others hang on comes first: a hand is laid out from where its arm then is.
  for (const group of outwardsFirst(groups)) {
    for (const span of keySpans(current, group)) {
      if (around !== undefined && (around < span.from || around > span.to)) continue;
      const records = interpolateSpan(current, skeleton, span, easing);
      if (records.length === 0) continue;
      const next = [...current];
      for (const record of records) {
        next[record.frame] = record;
        changed.set(record.frame, record);
      }
      current = next;
    }
  }
  return [...changed.values()];
}

const OUTWARDS: readonly LimbGroup[] = [
  'torso',
  'head',
  'face',
  'rightArm',
  'leftArm',
  'rightLeg',
  'leftLeg',
  'rightHand',
  'leftHand',
];

const outwardsFirst = (groups: readonly LimbGroup[]): readonly LimbGroup[] =>
  OUTWARDS.filter((group) => groups.includes(group));

/** Sets a joint's place and confidence between two keys. A joint that only one of them knows is as in the nearer one. */
function setBetween(
  points: number[],
  skeleton: SkeletonId,
  joint: number,
  start: Points,
  end: Points,
  part: number,
): void {
  const [a, b] = [placeAt(start, joint), placeAt(end, joint)];
  const [from, to] = [confidenceAt(start, joint), confidenceAt(end, joint)];
  if (!a || !b) {
    const nearer = part < 0.5 ? start : end;
    for (const i of [joint * 3, joint * 3 + 1, joint * 3 + 2]) points[i] = nearer[i] ?? 0;
    return;
  }
  const pivots = bodyTree(skeleton).pivots[joint] ?? [];
  // Both shoulders turn about their own middle, which is not yet set when the first is: they go straight.
  const on = pivots.includes(joint) ? [] : pivots;
  const [pivotA, pivotB, pivot] = [middleOf(start, on), middleOf(end, on), middleOf(points, on)];
  setPlace(points, joint, pivotA && pivotB && pivot ? around(pivot, [pivotA, a], [pivotB, b], part) : mix(a, b, part));
  points[joint * 3 + 2] = Math.round((from + (to - from) * part) * 1000) / 1000;
}

const mix = (a: Place, b: Place, part: number): Place => ({
  x: a.x + (b.x - a.x) * part,
  y: a.y + (b.y - a.y) * part,
});

type Bone = readonly [pivot: Place, end: Place];

/** The end of a bone at `pivot` that is turned and stretched part of the way from one bone to another, the shorter way round. */
function around(pivot: Place, [pivotA, a]: Bone, [pivotB, b]: Bone, part: number): Place {
  const [lengthA, lengthB] = [Math.hypot(a.x - pivotA.x, a.y - pivotA.y), Math.hypot(b.x - pivotB.x, b.y - pivotB.y)];
  const angleA = Math.atan2(a.y - pivotA.y, a.x - pivotA.x);
  const angleB = Math.atan2(b.y - pivotB.y, b.x - pivotB.x);
  const turn = Math.atan2(Math.sin(angleB - angleA), Math.cos(angleB - angleA));
  const [length, angle] = [lengthA + (lengthB - lengthA) * part, angleA + turn * part];
  return { x: pivot.x + length * Math.cos(angle), y: pivot.y + length * Math.sin(angle) };
}
