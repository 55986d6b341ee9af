import {
  type MotionRecord,
  poseId,
  type PoseRecord,
  type ProjectDocument,
  recordOf,
} from '../../core/document/document.ts';
import { withFittedMotion } from '../../core/pose-edit/fit-motion.ts';
import { handMotion } from '../../core/pose-edit/hand-motion.ts';
import type { ImportedPoses } from '../../preload/contract/project.ts';
import type { Edit } from '../document/project-store.ts';

/** Puts a motion and its poses in the place of those that were there, over the character where that can be. */
export const withMotion =
  (motion: MotionRecord, poses: readonly PoseRecord[]): Edit =>
  (document) =>
    withFittedMotion(document, motion, poses);

const newPose = (frame: number, keypoints: readonly number[], depths: PoseRecord['depths']): PoseRecord => ({
  ...{ id: poseId(frame), type: 'pose', frame, keypoints, depths, original: null, keys: [], hidden: [] },
});

/** The motion that comes with the studio under this name. */
export function builtInMotion({ name, skeleton, width, height, fps, frames }: ImportedPoses): Edit {
  const motion: MotionRecord = {
    ...{ id: 'motion', type: 'motion', name, source: 'built-in', video: null, skeleton, width, height, fps },
    ...{ frames: frames.length, loop: null },
  };
  return withMotion(
    motion,
    frames.map(({ keypoints, depths }, frame) => newPose(frame, keypoints, depths)),
  );
}

/** A motion to be drawn by hand in the place of the one that was there. */
export const drawnByHand: Edit = (document: ProjectDocument) => {
  const { motion, poses } = handMotion(recordOf(document, 'character'));
  return withMotion(motion, poses)(document);
};
