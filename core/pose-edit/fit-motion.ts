import {
  type CharacterRecord,
  type MotionRecord,
  type PoseRecord,
  poseRecords,
  type ProjectDocument,
  recordOf,
} from '../document/document.ts';
import { AppError } from '../errors.ts';
import { type CharacterAtRest, fitToCharacter } from '../poses/fit-to-character.ts';
import type { Pose } from '../poses/pose-sequence.ts';
import { completePoints, pointCount, type Points, tidyCoordinate, tidyPoints } from './points.ts';

type Keypoints = Pick<PoseRecord, 'keypoints' | 'depths'>;

/** Whether there are a motion and a character whose joints are known. */
export const canFit = (document: ProjectDocument): boolean =>
  recordOf(document, 'motion') !== undefined && atRest(recordOf(document, 'character')) !== undefined;

/** Whether the motion was fitted and can be had as it came. */
export const canUnfit = (document: ProjectDocument): boolean =>
  Boolean(recordOf(document, 'motion')?.ownFrame) && poseRecords(document).every(({ unfitted }) => unfitted);

/** Whether the artist changed a pose. */
export const isEdited = (document: ProjectDocument): boolean =>
  poseRecords(document).some(({ original, keys }) => original !== null || keys.length > 0);

/**
 * The document with its motion fitted to its character (see `fitToCharacter`), from the poses as they came, or, where
 * the artist edited them, as they are. The same document where one of the two is missing. Throws the `AppError` of the fit.
 */
export function fitMotion(document: ProjectDocument): ProjectDocument {
  const [motion, character] = [recordOf(document, 'motion'), atRest(recordOf(document, 'character'))];
  if (!motion || !character) return document;
  const poses = poseRecords(document);
  const fromOwn = canUnfit(document) && !isEdited(document) ? motion.ownFrame : undefined;
  const source = (pose: PoseRecord): Keypoints => (fromOwn ? (pose.unfitted ?? pose) : pose);
  const frame = fromOwn ?? motion;
  const own = motion.ownFrame ?? { width: motion.width, height: motion.height };
  const fitted = fittedPoints({ ...motion, width: frame.width, height: frame.height }, poses.map(source), character);
  const originals = poses.some(({ original }) => original)
    ? fittedPoints(
        motion,
        poses.map(({ keypoints, original }) => ({ keypoints: original ?? keypoints, depths: null })),
        character,
      )
    : [];
  const records = poses.map((pose, at): PoseRecord => ({
    ...pose,
    ...(fitted[at] ?? source(pose)),
    original: pose.original && (originals[at]?.keypoints ?? null),
    // What was retimed since has lost its own frame.
    unfitted: motion.ownFrame ? pose.unfitted : { keypoints: pose.keypoints, depths: pose.depths },
  }));
  const { width, height } = character;
  return withAll(document, { ...motion, width, height, ownFrame: own }, records);
}

/** The document with its motion as it came, where it stays. Edits of the fitted poses are lost. */
export function unfitMotion(document: ProjectDocument): ProjectDocument {
  const motion = recordOf(document, 'motion');
  if (!motion?.ownFrame || !canUnfit(document)) return document;
  const records = poseRecords(document).map(({ unfitted, ...pose }): PoseRecord => ({
    ...pose,
    ...(unfitted ?? pose),
    original: null,
    keys: [],
  }));
  return withAll(document, { ...motion, ...motion.ownFrame, ownFrame: null }, records);
}

/**
 * The document with its motion fitted where nobody has to be asked: not what the artist edited or drew, not what is to stay
 * in its own frame, and not what cannot be fitted.
 */
export function fittedIfWanted(document: ProjectDocument): ProjectDocument {
  const motion = recordOf(document, 'motion');
  if (!motion || motion.ownFrame === null || motion.source === 'hand' || isEdited(document)) return document;
  try {
    return fitMotion(document);
  } catch (error) {
    if (error instanceof AppError) return document;
    throw error;
  }
}

/** The document with another motion in the place of its own, fitted unless the one before was to stay in its own frame. */
export function withFittedMotion(
  document: ProjectDocument,
  motion: MotionRecord,
  poses: readonly PoseRecord[],
): ProjectDocument {
  const stays = recordOf(document, 'motion')?.ownFrame === null;
  const kept = [...document.values()].filter(({ type }) => type !== 'pose' && type !== 'motion');
  const bare: ProjectDocument = new Map(kept.map((record) => [record.id, record]));
  return fittedIfWanted(withAll(bare, stays ? { ...motion, ownFrame: null } : motion, poses));
}

function atRest(character: CharacterRecord | undefined): CharacterAtRest | undefined {
  const { restPose, width, height } = character ?? { restPose: null, width: 0, height: 0 };
  if (!restPose?.some((value, k) => k % 3 === 2 && value > 0)) return undefined;
  const keypoints = Float32Array.from(completePoints(restPose, 'openpose18'));
  return { skeleton: 'openpose18', width, height, pose: { keypoints } };
}

function fittedPoints(motion: MotionRecord, poses: readonly Keypoints[], character: CharacterAtRest): Keypoints[] {
  const { skeleton, width, height, fps } = motion;
  const frames = poses.map(({ keypoints, depths }) => poseOf(completePoints(keypoints, skeleton), depths));
  const fitted = fitToCharacter({ skeleton, width, height, fps, frames }, character);
  return fitted.poses.frames.map((pose) => ({
    keypoints: tidyPoints(pose.keypoints),
    depths: pose.depths?.length === pointCount(skeleton) ? tidyDepths(pose.depths) : null,
  }));
}

const poseOf = (keypoints: Points, depths: PoseRecord['depths']): Pose => ({
  keypoints: Float32Array.from(keypoints),
  ...(depths ? { depths: Float32Array.from(depths, (depth) => depth ?? NaN) } : {}),
});

const tidyDepths = (depths: Float32Array): (number | null)[] =>
  Array.from(depths, (depth) => (Number.isNaN(depth) ? null : tidyCoordinate(depth)));

function withAll(document: ProjectDocument, motion: MotionRecord, poses: readonly PoseRecord[]): ProjectDocument {
  const changed = new Map(document).set(motion.id, motion);
  for (const pose of poses) changed.set(pose.id, pose);
  return changed;
}
