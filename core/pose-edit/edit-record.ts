import type { LimbGroup, PoseRecord } from '../document/document.ts';
import type { SkeletonId } from '../poses/skeleton.ts';
import { groupOf, groupsOfJoints, jointsOf } from './joint-groups.ts';
import { changedJoints, completePoints, pointCount, type Points } from './points.ts';

export interface EditOptions {
  /** Whether the groups whose joints changed get a key: yes for what the artist does, no for what is worked out between keys. */
  readonly keys?: boolean;
}

/**
 * The record with other keypoints, as an edit of the artist: what it was detected as is kept for `resetPose`, the groups
 * get keys, and depths of joints that moved are no longer known. The same record where nothing changed.
 */
export function editPose(
  record: PoseRecord,
  skeleton: SkeletonId,
  points: Points,
  { keys = true }: EditOptions = {},
): PoseRecord {
  const before = completePoints(record.keypoints, skeleton);
  const changed = changedJoints(before, points);
  if (changed.length === 0) return record;
  return {
    ...record,
    keypoints: points,
    depths: depthsWithout(record.depths, changed),
    original: record.original ?? before,
    keys: keys ? withKeys(record.keys, groupsOfJoints(skeleton, changed)) : record.keys,
  };
}

function depthsWithout(depths: PoseRecord['depths'], joints: readonly number[]): PoseRecord['depths'] {
  if (!depths) return null;
  const left = [...depths];
  for (const joint of joints) if (joint < left.length) left[joint] = null;
  return left.every((depth) => depth === null) ? null : left;
}

const withKeys = (keys: readonly LimbGroup[], more: readonly LimbGroup[]): readonly LimbGroup[] =>
  more.every((group) => keys.includes(group)) ? keys : [...new Set([...keys, ...more])];

/** The record with keys for the groups, which holds what is there as it is. */
export function addKeys(record: PoseRecord, groups: readonly LimbGroup[]): PoseRecord {
  const keys = withKeys(record.keys, groups);
  return keys === record.keys ? record : { ...record, keys };
}

export function removeKeys(record: PoseRecord, groups: readonly LimbGroup[]): PoseRecord {
  const keys = record.keys.filter((key) => !groups.includes(key));
  return keys.length === record.keys.length ? record : { ...record, keys };
}

/**
 * The joints as they were detected or imported; groups that are again as they were lose their keys. Depths stay unknown.
 */
export function resetPose(record: PoseRecord, skeleton: SkeletonId, joints: Iterable<number>): PoseRecord {
  const { original } = record;
  if (!original) return record;
  const points = [...completePoints(record.keypoints, skeleton)];
  for (const joint of joints) {
    for (const i of [joint * 3, joint * 3 + 1, joint * 3 + 2]) points[i] = original[i] ?? 0;
  }
  const different = new Set(changedJoints(original, points).map((joint) => groupOf(skeleton, joint)));
  return {
    ...record,
    keypoints: points,
    original: different.size === 0 ? null : original,
    keys: record.keys.filter((group) => different.has(group)),
  };
}

/** A record for a frame, all its points unknown. */
export const emptyPose = (id: string, frame: number, skeleton: SkeletonId): PoseRecord => ({
  id,
  type: 'pose',
  frame,
  keypoints: new Array<number>(pointCount(skeleton) * 3).fill(0),
  depths: null,
  original: null,
  keys: [],
  hidden: [],
});

/** The record with joints shown or not shown in the editor. */
export function hideJoints(record: PoseRecord, joints: Iterable<number>, isHidden: boolean): PoseRecord {
  const hidden = new Set(record.hidden);
  for (const joint of joints) {
    if (isHidden) hidden.add(joint);
    else hidden.delete(joint);
  }
  const same = hidden.size === record.hidden.length && record.hidden.every((joint) => hidden.has(joint));
  return same ? record : { ...record, hidden: [...hidden].sort((a, b) => a - b) };
}

/** `points` with the joints of some groups taken from `from`. */
export function withGroups(points: Points, from: Points, skeleton: SkeletonId, groups: readonly LimbGroup[]): Points {
  return withJoints(
    points,
    from,
    groups.flatMap((group) => jointsOf(skeleton, group)),
  );
}

/** `points` with some joints taken from `from`. */
export function withJoints(points: Points, from: Points, joints: Iterable<number>): Points {
  const result = [...points];
  for (const joint of joints) {
    for (const i of [joint * 3, joint * 3 + 1, joint * 3 + 2]) result[i] = from[i] ?? 0;
  }
  return result;
}
