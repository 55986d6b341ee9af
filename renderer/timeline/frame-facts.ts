import {
  type LimbGroup,
  type ProjectDocument,
  type PoseRecord,
  poseRecords,
  recordOf,
} from '../../core/document/document.ts';
import { MISSING_SHARE } from '../../core/metrics/silhouette.ts';
import { OPENPOSE18, WHOLEBODY, type SkeletonId } from '../../core/poses/skeleton.ts';
import { groupsOf } from '../../core/pose-edit/joint-groups.ts';

/** What the timeline shows of each frame. */
export interface FrameFacts {
  readonly frames: number;
  readonly fps: number;
  readonly poses: readonly PoseRecord[];
  /** Groups that have a lane. */
  readonly groups: readonly LimbGroup[];
  /** Mean confidence of the body's joints, 0..1, a frame; a joint that is unknown counts as 0. */
  readonly confidences: readonly number[];
  /** PSNR of the scene at each frame of the motion, dB; null where there is no scene. */
  readonly psnr: readonly number[] | null;
  /** Whether part of the character is missing in some view at each frame; null where that is not known. */
  readonly missing: readonly boolean[] | null;
  readonly loop: readonly [first: number, last: number] | null;
}

// A drag changes one record many times a second; the others are the same objects and keep what was found for them.
const confidenceOf = new WeakMap<PoseRecord, number>();

/** Over the body's joints: a motion without a face or fingers is no worse for it. */
function meanConfidence(pose: PoseRecord, skeleton: SkeletonId): number {
  const known = confidenceOf.get(pose);
  if (known !== undefined) return known;
  const joints = skeleton === 'openpose18' ? OPENPOSE18.names.length : WHOLEBODY.feet;
  let sum = 0;
  for (let joint = 0; joint < joints; joint++) sum += pose.keypoints[joint * 3 + 2] ?? 0;
  confidenceOf.set(pose, sum / joints);
  return sum / joints;
}

/** Of the motion; where there is none, of the clip or the scene, which have frames too. Undefined where nothing has. */
export function frameFacts(document: ProjectDocument): FrameFacts | undefined {
  const [motion, clip, scene] = [recordOf(document, 'motion'), recordOf(document, 'clip'), recordOf(document, 'scene')];
  const length = motion ?? clip ?? scene;
  if (!length) return undefined;
  const poses = poseRecords(document);
  return {
    frames: length.frames,
    fps: length.fps,
    poses,
    groups: motion ? groupsOf(motion.skeleton) : [],
    confidences: motion ? poses.map((pose) => meanConfidence(pose, motion.skeleton)) : [],
    psnr: scene && scene.framePsnr.length > 0 ? spread(scene.framePsnr, length.frames) : null,
    missing: scene?.frameUncovered?.length ? spread(scene.frameUncovered, length.frames).map(isMissing) : null,
    loop: motion?.loop ?? null,
  };
}

const isMissing = (uncovered: number): boolean => uncovered > MISSING_SHARE;

/** The values at as many frames as are wanted, each from the nearest one in time. */
export function spread(values: readonly number[], frames: number): number[] {
  const last = values.length - 1;
  return Array.from({ length: frames }, (_, frame) => {
    const part = frames > 1 ? frame / (frames - 1) : 0;
    return values[Math.round(part * last)] ?? 0;
  });
}

/** Frames, first and last, that follow one another and are all marked. */
export type Run = readonly [first: number, last: number];

export function missingRuns(missing: readonly boolean[]): Run[] {
  const runs: Run[] = [];
  missing.forEach((isMarked, frame) => {
    if (!isMarked) return;
    const run = runs.at(-1);
    if (run?.[1] === frame - 1) runs[runs.length - 1] = [run[0], frame];
    else runs.push([frame, frame]);
  });
  return runs;
}

/** "Part of the character is missing in frames 8 to 10"; frames are counted from 1 on the screen. */
export const missingText = ([first, last]: Run): string =>
  `Part of the character is missing in ${first === last ? `frame ${first + 1}` : `frames ${first + 1} to ${last + 1}`}`;

/** The frame that the scene shows worst; undefined where there is no scene. */
export function worstFrame({ psnr }: Pick<FrameFacts, 'psnr'>): number | undefined {
  if (!psnr || psnr.length === 0) return undefined;
  return psnr.reduce((worst, value, frame) => (value < (psnr[worst] ?? Infinity) ? frame : worst), 0);
}
