import {
  poseId,
  poseRecords,
  recordOf,
  type MotionRecord,
  type PoseRecord,
  type ProjectDocument,
} from '../../core/document/document.ts';
import type { Pose, PoseSequence } from '../../core/poses/pose-sequence.ts';
import { resamplePoses } from '../../core/poses/resample.ts';
import { SKELETONS } from '../../core/poses/skeleton.ts';
import { LIMITS } from '../../preload/contract/ids.ts';

const MAX_FPS = 240;
const MIN_FPS = 0.1;
/** Keypoints farther out than this have lost their meaning; the document does not take them. */
const MAX_COORDINATE = 1e6;

/** The poses of a document; undefined where it has none. A frame without keypoints shows nobody. */
export function sequenceOf(document: ProjectDocument): PoseSequence | undefined {
  const motion = recordOf(document, 'motion');
  if (!motion) return undefined;
  const { skeleton, width, height, fps } = motion;
  const count = SKELETONS[skeleton].names.length;
  const frames = poseRecords(document).map(({ keypoints, depths }): Pose => {
    const values = new Float32Array(count * 3);
    values.set(keypoints.slice(0, count * 3));
    if (depths?.length !== count) return { keypoints: values };
    return { keypoints: values, depths: Float32Array.from(depths, (depth) => depth ?? NaN) };
  });
  return { skeleton, width, height, fps, frames };
}

/** A sequence that a document takes: of no more frames than it may have, over the same time. */
export function fittingSequence(sequence: PoseSequence): PoseSequence {
  const { frames } = sequence;
  const fitting = frames.length > LIMITS.frames ? resamplePoses(sequence, { frames: LIMITS.frames }) : sequence;
  return { ...fitting, fps: Math.min(MAX_FPS, Math.max(MIN_FPS, fitting.fps)) };
}

/** A motion and its poses as records; the sequence has to fit, see `fittingSequence`. */
export function recordsOfSequence(
  sequence: PoseSequence,
  about: Pick<MotionRecord, 'name' | 'source' | 'video'>,
): readonly [MotionRecord, ...PoseRecord[]] {
  const { skeleton, width, height, fps, frames } = sequence;
  const motion: MotionRecord = {
    ...{ id: 'motion', type: 'motion', skeleton, width, height, fps, frames: frames.length, loop: null },
    ...about,
  };
  return [motion, ...frames.map((pose, frame) => recordOfPose(pose, frame))];
}

function recordOfPose(pose: Pose, frame: number): PoseRecord {
  const id = poseId(frame);
  return { id, type: 'pose', frame, ...plainPose(pose), original: null, keys: [], hidden: [] };
}

/** Keypoints and depths as plain numbers: hundredths of a pixel, unknown ones as zeros and null. */
export function plainPose({ keypoints, depths }: Pose): Pick<PoseRecord, 'keypoints' | 'depths'> {
  const values: number[] = [];
  for (let k = 0; k < keypoints.length; k += 3) {
    const [x = 0, y = 0, confidence = 0] = keypoints.subarray(k, k + 3);
    const known = confidence > 0 && Math.abs(x) <= MAX_COORDINATE && Math.abs(y) <= MAX_COORDINATE;
    if (known) values.push(rounded(x), rounded(y), Math.round(confidence * 1000) / 1000);
    else values.push(0, 0, 0);
  }
  return { keypoints: values, depths: depths ? Array.from(depths, knownDepth) : null };
}

const rounded = (value: number): number => Math.round(value * 100) / 100;

const knownDepth = (depth: number): number | null => (Math.abs(depth) <= MAX_COORDINATE ? rounded(depth) : null);
