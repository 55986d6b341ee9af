import {
  type CharacterRecord,
  type MotionRecord,
  poseAt,
  poseId,
  type PoseRecord,
  type ProjectDocument,
  recordOf,
} from '../../core/document/document.ts';
import { editPose, type EditOptions, emptyPose } from '../../core/pose-edit/edit-record.ts';
import { mapFrame } from '../../core/pose-edit/frame-map.ts';
import { completePoints, pointCount, type Points } from '../../core/pose-edit/points.ts';
import type { SkeletonId } from '../../core/poses/skeleton.ts';
import type { PoseTarget } from './pose-session.ts';

/** A pose that can be edited, and the frame that it lies in. */
export interface ShownPose {
  readonly target: PoseTarget;
  readonly skeleton: SkeletonId;
  /** Size of the frame that the points are pixels of. */
  readonly width: number;
  readonly height: number;
  readonly points: Points;
  readonly hidden: ReadonlySet<number>;
  /** Which frame of the motion; 0 for the rest pose. */
  readonly frame: number;
  /** Of a motion. */
  readonly record: PoseRecord | null;
}

/** Undefined where there is neither a motion nor, for the rest pose, a picture. */
export function shownPose(
  document: ProjectDocument,
  target: PoseTarget,
  frame: number,
  hiddenInRest: ReadonlySet<number>,
): ShownPose | undefined {
  if (target === 'rest') {
    const character = recordOf(document, 'character');
    return character && restPose(character, hiddenInRest);
  }
  const motion = recordOf(document, 'motion');
  return motion && motionPose(document, motion, frame);
}

function restPose({ restPose, width, height }: CharacterRecord, hidden: ReadonlySet<number>): ShownPose {
  const points = completePoints(restPose ?? [], 'openpose18');
  return { target: 'rest', skeleton: 'openpose18', width, height, points, hidden, frame: 0, record: null };
}

function motionPose(document: ProjectDocument, motion: MotionRecord, at: number): ShownPose {
  const { skeleton, width, height } = motion;
  const frame = frameAt(motion, at);
  const record = recordAt(document, motion, frame);
  const points = completePoints(record.keypoints, skeleton);
  return { target: 'motion', skeleton, width, height, points, hidden: new Set(record.hidden), frame, record };
}

const frameAt = ({ frames }: MotionRecord, at: number): number => Math.min(Math.max(Math.round(at), 0), frames - 1);

/** The frame of the motion that the playhead is at, which may count the frames of a clip. */
export const motionFrame = (motion: MotionRecord | undefined, playhead: Playhead): number =>
  motion ? frameAt(motion, mapFrame(playhead.frame, playhead.frames, motion.frames)) : 0;

interface Playhead {
  readonly frame: number;
  readonly frames: number;
}

/** The record of a frame; a new one, all its points unknown, where the document has none. */
export function recordAt(document: ProjectDocument, { skeleton }: MotionRecord, frame: number): PoseRecord {
  const record = poseAt(document, frame);
  if (!record) return emptyPose(poseId(frame), frame, skeleton);
  return record.keypoints.length === pointCount(skeleton) * 3
    ? record
    : { ...record, keypoints: completePoints(record.keypoints, skeleton) };
}

/** The document with other points in the pose. The same document where they are not other ones. */
export function withPoints(
  document: ProjectDocument,
  shown: ShownPose,
  points: Points,
  options?: EditOptions,
): ProjectDocument {
  if (points === shown.points) return document;
  if (shown.record) {
    const record = editPose(shown.record, shown.skeleton, points, options);
    return record === shown.record ? document : new Map(document).set(record.id, record);
  }
  const character = recordOf(document, 'character');
  return character ? new Map(document).set('character', { ...character, restPose: points }) : document;
}

/** The document with other records of some frames. */
export function withRecords(document: ProjectDocument, records: readonly PoseRecord[]): ProjectDocument {
  if (records.length === 0) return document;
  const changed = new Map(document);
  for (const record of records) changed.set(record.id, record);
  return changed;
}
