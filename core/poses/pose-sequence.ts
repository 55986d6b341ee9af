import type { SkeletonId } from './skeleton.ts';

/** One person's keypoints at one moment. */
export interface Pose {
  /**
   * [K, 3], one row (x, y, confidence) a keypoint of the sequence's skeleton. x and y are pixels of the sequence's frame
   * (x right, y down, the centre of the first pixel at 0.5) and may lie outside it; confidence is in [0, 1], and at 0 the
   * keypoint is unknown and its x and y mean nothing.
   */
  readonly keypoints: Float32Array;
  /**
   * [K], where a source knows them (a motion file, a detector with depth): how far behind the middle of the hips a keypoint
   * lies, seen from the camera, in the same pixels; NaN where unknown. Never needed: depth is otherwise worked out.
   */
  readonly depths?: Float32Array;
}

/** Poses of one person over time. */
export interface PoseSequence {
  readonly skeleton: SkeletonId;
  /** Size of the frame that the keypoints are pixels of. */
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly frames: readonly Pose[];
}

/** Keypoints below this confidence are not drawn and not trusted (the method's own limit). */
export const MIN_CONFIDENCE = 0.3;
