import type { LimbGroup, PoseRecord } from '../document/document.ts';
import type { SkeletonId } from '../poses/skeleton.ts';
import { addKeys, editPose, removeKeys, withGroups } from './edit-record.ts';
import { completePoints } from './points.ts';

/** A key of one group at one frame. */
export interface Key {
  readonly frame: number;
  readonly group: LimbGroup;
}

/**
 * Keys taken along the timeline with what they hold: at their new frames the groups are as they were at the old ones. What
 * is already there is replaced; at the old frames the groups stay as they are, without a key unless `copy`. All keys move
 * by the same number of frames, fewer where one would leave the motion.
 * @param poses The records of all frames in order. @returns The records that changed.
 */
export function moveKeys(
  poses: readonly PoseRecord[],
  skeleton: SkeletonId,
  keys: readonly Key[],
  by: number,
  { copy = false }: { readonly copy?: boolean } = {},
): PoseRecord[] {
  const shift = allowedShift(poses.length, keys, by);
  if (shift === 0) return [];
  const changed = new Map<number, PoseRecord>();
  const recordAt = (frame: number): PoseRecord | undefined => changed.get(frame) ?? poses[frame];
  if (!copy) {
    for (const { frame, group } of keys) {
      const record = recordAt(frame);
      if (record) changed.set(frame, removeKeys(record, [group]));
    }
  }
  for (const { frame, group } of keys) {
    const [source, target] = [poses[frame], recordAt(frame + shift)];
    if (!source || !target) continue;
    const [from, to] = [source, target].map(({ keypoints }) => completePoints(keypoints, skeleton));
    if (!from || !to) continue;
    const moved = editPose(target, skeleton, withGroups(to, from, skeleton, [group]), { keys: false });
    changed.set(frame + shift, addKeys(moved, [group]));
  }
  return [...changed.values()].filter((record) => record !== poses[record.frame]);
}

/** As much of a shift as leaves all keys within the motion. */
export function allowedShift(frames: number, keys: readonly Key[], by: number): number {
  if (keys.length === 0) return 0;
  const at = keys.map(({ frame }) => frame);
  return Math.min(Math.max(by, -Math.min(...at)), frames - 1 - Math.max(...at));
}
