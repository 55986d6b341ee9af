import {
  type DocumentRecord,
  type MotionRecord,
  poseId,
  type PoseRecord,
  type ProjectDocument,
  recordOf,
} from '../../core/document/document.ts';
import { standingFigure } from '../../core/pose-edit/standing-figure.ts';
import type { ImportedPoses } from '../../preload/contract/project.ts';
import type { Edit } from '../document/project-store.ts';

/** Puts a motion and its poses in the place of those that were there. */
export const withMotion =
  (motion: MotionRecord, poses: readonly PoseRecord[]): Edit =>
  (document) => {
    const kept = [...document.values()].filter(({ type }) => type !== 'pose' && type !== 'motion');
    return new Map([...kept, motion, ...poses].map((record): [string, DocumentRecord] => [record.id, record]));
  };

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

/** Length and pace of the clips that the published networks make. */
const HAND_FRAMES = 25;
const HAND_FPS = 12.5;
const HAND_SIDE = 512;

/** A motion to be drawn by hand: the character as it rests, or a figure that stands, in every frame. */
export const handMotion: Edit = (document: ProjectDocument) => {
  const character = recordOf(document, 'character');
  const { width, height } = character ?? { width: HAND_SIDE, height: HAND_SIDE };
  const rest = character?.restPose?.some((value, k) => k % 3 === 2 && value > 0) ? character.restPose : null;
  const keypoints = rest ?? standingFigure('openpose18', { width, height });
  const motion: MotionRecord = {
    ...{ id: 'motion', type: 'motion', name: 'Drawn by hand', source: 'hand', video: null, skeleton: 'openpose18' },
    ...{ width, height, fps: HAND_FPS, frames: HAND_FRAMES, loop: null },
  };
  const poses = Array.from({ length: HAND_FRAMES }, (_, frame) => newPose(frame, keypoints, null));
  return withMotion(motion, poses)(document);
};
