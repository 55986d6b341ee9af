import { type CharacterRecord, type MotionRecord, poseId, type PoseRecord } from '../document/document.ts';
import { emptyPose } from './edit-record.ts';
import { completePoints } from './points.ts';
import { standingFigure } from './standing-figure.ts';

const FRAMES = 25;
const FPS = 12.5;
const SIDE = 512;

/**
 * A motion to be made by hand: the character's rest pose, or a standing figure, in each of as many frames as a clip has.
 * Its frame is the character's picture where there is one.
 */
export function handMotion(character: CharacterRecord | undefined): {
  readonly motion: MotionRecord;
  readonly poses: readonly PoseRecord[];
} {
  const skeleton = 'openpose18';
  const { width, height, restPose } = character ?? { width: SIDE, height: SIDE, restPose: null };
  const isPosed = restPose?.some((value, i) => i % 3 === 2 && value > 0);
  const points = restPose && isPosed ? completePoints(restPose, skeleton) : standingFigure(skeleton, { width, height });
  return {
    motion: {
      ...{ id: 'motion', type: 'motion', name: 'By hand', source: 'hand', video: null, skeleton },
      ...{ width, height, fps: FPS, frames: FRAMES, loop: null },
    },
    poses: Array.from({ length: FRAMES }, (_, frame) => ({
      ...emptyPose(poseId(frame), frame, skeleton),
      keypoints: points,
    })),
  };
}
