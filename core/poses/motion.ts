import type { Vector } from '../vector.ts';
import { resampled, type ResampleOptions } from './resample.ts';
import { OPENPOSE18 } from './skeleton.ts';

/** Points of a motion: the body of `openpose18` in its order, then feet and hands as far as a rig has them. */
export const MOTION_JOINTS: readonly string[] = [
  ...OPENPOSE18.names,
  'left_toe',
  'right_toe',
  'left_heel',
  'right_heel',
  'left_middle_finger',
  'right_middle_finger',
];

/** Index of the first toe; what is before is the body. */
export const MOTION_BODY = OPENPOSE18.names.length;

/**
 * A person's movement in space. World coordinates: z up, metres, facing -y at the start, the left side at +x, the soles near
 * z = 0. Toe and middle finger are tips.
 */
export interface Motion {
  readonly fps: number;
  /** One [24, 3] array a frame, rows as `MOTION_JOINTS`; NaN where a point is unknown. */
  readonly frames: readonly Float64Array[];
}

export type { Vector };

/** Position of one joint; NaNs where it is unknown. */
export const jointAt = (frame: Float64Array, joint: number): Vector => [
  frame[joint * 3] ?? NaN,
  frame[joint * 3 + 1] ?? NaN,
  frame[joint * 3 + 2] ?? NaN,
];

/** Every known point of a motion through `change`. */
export const mapMotion = ({ fps, frames }: Motion, change: (point: Vector, frame: number) => Vector): Motion => ({
  fps,
  frames: frames.map((points, frame) => {
    const changed = new Float64Array(points.length);
    for (let joint = 0; joint < points.length / 3; joint++)
      changed.set(change(jointAt(points, joint), frame), joint * 3);
    return changed;
  }),
});

/**
 * The same motion in another number of frames, from the first to the last, which both stay. A point that is unknown in
 * one of two frames is unknown between them.
 */
export function resampleMotion(motion: Motion, options: ResampleOptions): Motion {
  const { frames, fps } = resampled(motion.frames.length, motion.fps, options);
  const last = motion.frames.length - 1;
  const at = (position: number): Float64Array => {
    const index = Math.min(Math.floor(position), last);
    const [before, after] = [motion.frames[index], motion.frames[Math.min(index + 1, last)]];
    if (!before || !after) throw new RangeError(`No frame at ${position}.`);
    const part = position - index;
    return part === 0 ? before.slice() : before.map((value, i) => value + ((after[i] ?? NaN) - value) * part);
  };
  return { fps, frames: Array.from({ length: frames }, (_, i) => at(frames === 1 ? 0 : (i * last) / (frames - 1))) };
}

/** Standard deviation of the path's smoothing, in seconds: a step's sway stays, a walk across the room goes. */
const PATH_SECONDS = 0.5;

/** The motion on the spot: the way that the hips travel over the ground is taken out, swaying and jumping stay. */
export function motionInPlace(motion: Motion): Motion {
  const hips = motion.frames.map(middleOfHips);
  const path = smoothPath(hips, PATH_SECONDS * motion.fps);
  return mapMotion(motion, ([x, y, z], frame) => {
    const [pathX = 0, pathY = 0] = path[frame] ?? [];
    return [x - pathX, y - pathY, z];
  });
}

const RIGHT_HIP = OPENPOSE18.names.indexOf('right_hip');
const LEFT_HIP = OPENPOSE18.names.indexOf('left_hip');

export function middleOfHips(frame: Float64Array): Vector {
  const [right, left] = [jointAt(frame, RIGHT_HIP), jointAt(frame, LEFT_HIP)];
  return [(right[0] + left[0]) / 2, (right[1] + left[1]) / 2, (right[2] + left[2]) / 2];
}

/** Local lines through x and y: means alone would bend the path inwards at its ends. */
function smoothPath(points: readonly Vector[], sigma: number): [number, number][] {
  const reach = Math.ceil(3 * sigma);
  return points.map((_, at) => {
    const sums = { w: 0, t: 0, tt: 0, x: 0, y: 0, tx: 0, ty: 0 };
    for (let i = Math.max(0, at - reach); i <= Math.min(points.length - 1, at + reach); i++) {
      const [x, y] = points[i] ?? [0, 0];
      const t = (i - at) / sigma;
      const w = Math.exp(-0.5 * t * t);
      sums.w += w;
      sums.t += w * t;
      sums.tt += w * t * t;
      sums.x += w * x;
      sums.y += w * y;
      sums.tx += w * t * x;
      sums.ty += w * t * y;
    }
    const determinant = sums.w * sums.tt - sums.t * sums.t;
    if (determinant < 1e-9) return [sums.x / sums.w, sums.y / sums.w];
    return [(sums.x * sums.tt - sums.t * sums.tx) / determinant, (sums.y * sums.tt - sums.t * sums.ty) / determinant];
  });
}
