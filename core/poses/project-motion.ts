import { viewMatrix, type Camera } from '../camera.ts';
import { ringCameras } from '../ring.ts';
import { jointAt, mapMotion, middleOfHips, motionInPlace, MOTION_JOINTS, resampleMotion } from './motion.ts';
import type { Motion, Vector } from './motion.ts';
import type { Pose, PoseSequence } from './pose-sequence.ts';
import type { ResampleOptions } from './resample.ts';
import { SKELETONS, type SkeletonId } from './skeleton.ts';

export interface ProjectMotionOptions extends ResampleOptions {
  /** `openpose18`, the default, is the body; `coco-wholebody133` has toes, heels and the tips of the middle fingers too. */
  readonly skeleton?: SkeletonId;
}

/** Which point of a motion a keypoint is where their names differ. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  left_big_toe: 'left_toe',
  right_big_toe: 'right_toe',
  left_middle_4: 'left_middle_finger',
  right_middle_4: 'right_middle_finger',
  left_hand_wrist: 'left_wrist',
  right_hand_wrist: 'right_wrist',
};

/** Nearer to a camera than this, in world units, nothing is seen. */
const NEAR = 1e-3;
/** Beyond, a keypoint is nowhere near the picture, and pose files do not take it. */
const FAR_OUTSIDE = 1e5;

/**
 * A motion as a camera sees it: pixels of the camera's picture, and depths in the same pixels (positive behind the middle
 * of the hips; scaled by the focal length over the hips' distance). Every point in front of the camera has confidence 1,
 * whether or not the body hides it: the motion knows where it is. `frames` and `fps` resample, see `resamplePoses`.
 */
export function projectMotion(
  motion: Motion,
  camera: Camera,
  { skeleton = 'openpose18', ...rate }: ProjectMotionOptions = {},
): PoseSequence {
  const { fps, frames } = resampleMotion(motion, rate);
  const points = SKELETONS[skeleton].names.map((name) => MOTION_JOINTS.indexOf(OTHER_NAMES[name] ?? name));
  const view = viewMatrix(camera);
  return {
    ...{ skeleton, width: camera.width, height: camera.height, fps },
    frames: frames.map((frame) => projectFrame(frame, points, camera, view)),
  };
}

function projectFrame(frame: Float64Array, points: readonly number[], camera: Camera, view: Float64Array): Pose {
  const keypoints = new Float32Array(points.length * 3);
  const depths = new Float32Array(points.length).fill(NaN);
  const hips = seenFrom(view, middleOfHips(frame))[2];
  points.forEach((point, k) => {
    if (point < 0) return;
    const [x, y, z] = seenFrom(view, jointAt(frame, point));
    if (!(z > NEAR)) return; // behind the camera, or unknown
    const [column, row] = [(camera.fx * x) / z + camera.cx, (camera.fy * y) / z + camera.cy];
    if (Math.max(Math.abs(column), Math.abs(row)) > FAR_OUTSIDE) return;
    keypoints.set([column, row, 1], k * 3);
    if (hips > NEAR) depths[k] = ((z - hips) * camera.fx) / hips;
  });
  return { keypoints, depths };
}

/** A world point in the camera's axes: x right, y down, z forward. */
function seenFrom(view: Float64Array, [x, y, z]: Vector): Vector {
  const row = (r: number): number =>
    (view[r * 4] ?? 0) * x + (view[r * 4 + 1] ?? 0) * y + (view[r * 4 + 2] ?? 0) * z + (view[r * 4 + 3] ?? 0);
  return [row(0), row(1), row(2)];
}

export interface FrameMotionOptions {
  /** The camera that must see everything; view 0 of the ring without it. */
  readonly camera?: Camera;
  /** Part of the picture that stays free on every side. */
  readonly margin?: number;
  /**
   * Whether the way over the ground is taken out. Without it this is decided by the motion: a step to the side stays, a
   * walk across the room, which would leave the picture or make the character tiny, happens on the spot.
   */
  readonly inPlace?: boolean;
}

/** Joints end where flesh goes on: skull and soles are drawn about this far beyond. */
const DEFAULT_MARGIN = 0.06;
/** A way over the ground that shrinks the character below this part of its size is taken out. */
const WORTH_KEEPING = 0.8;

/**
 * The motion in a size at which the camera sees all of it, on the same floor. It is never enlarged: a person of 1.7
 * standing still fits the ring as it is.
 */
export function frameMotion(motion: Motion, options: FrameMotionOptions = {}): Motion {
  const { camera = ringCameras(256)[0], margin = DEFAULT_MARGIN, inPlace } = options;
  if (!camera) throw new RangeError('The ring has no cameras.');
  const onTheSpot = motionInPlace(motion);
  const kept = fittingScale(motion, camera, margin);
  const spot = fittingScale(onTheSpot, camera, margin);
  const staysThere = inPlace ?? kept < WORTH_KEEPING * spot;
  const factor = staysThere ? spot : kept;
  return mapMotion(staysThere ? onTheSpot : motion, ([x, y, z]) => [x * factor, y * factor, z * factor]);
}

/**
 * Largest scale about the origin, up to 1, at which the camera sees all points: each edge of the picture is a plane, and
 * a point on its way from the origin crosses it at a scale that a linear equation gives.
 */
function fittingScale(motion: Motion, camera: Camera, margin: number): number {
  const view = viewMatrix(camera);
  const [originX, originY, originZ] = seenFrom(view, [0, 0, 0]);
  const right = (camera.width * (1 - margin) - camera.cx) / camera.fx;
  const left = (camera.width * margin - camera.cx) / camera.fx;
  const bottom = (camera.height * (1 - margin) - camera.cy) / camera.fy;
  const top = (camera.height * margin - camera.cy) / camera.fy;
  let scale = 1;
  const within = (fromOrigin: number, ofPoint: number): void => {
    // fromOrigin + scale * ofPoint <= 0, for an origin that is inside itself
    if (fromOrigin < 0 && ofPoint > 0) scale = Math.min(scale, -fromOrigin / ofPoint);
  };
  for (const frame of motion.frames) {
    for (let joint = 0; joint < MOTION_JOINTS.length; joint++) {
      const [seenX, seenY, seenZ] = seenFrom(view, jointAt(frame, joint));
      const [x, y, z] = [seenX - originX, seenY - originY, seenZ - originZ];
      if (Number.isNaN(x)) continue;
      within(originX - right * originZ, x - right * z);
      within(left * originZ - originX, left * z - x);
      within(originY - bottom * originZ, y - bottom * z);
      within(top * originZ - originY, top * z - y);
    }
  }
  return scale;
}
