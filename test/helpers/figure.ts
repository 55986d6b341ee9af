import { viewMatrix, type Camera } from '../../core/camera.ts';
import type { Pose, PoseSequence } from '../../core/poses/pose-sequence.ts';
import { OPENPOSE18, type BodyJoint } from '../../core/poses/skeleton.ts';
import { aboutAxis, multiply, rotate, type Quaternion } from '../../core/quaternion.ts';
import { add, scale, type Vector } from '../../core/vector.ts';

/** What a figure does with its joints, in radians; everything at 0 stands upright with hanging arms, facing -y. */
export interface FigurePosture {
  /** Counter-clockwise seen from above. */
  readonly turn?: number;
  /** Of the spine, forwards. */
  readonly lean?: number;
  /** How far each upper arm is raised forwards and to its side, and how far its elbow is bent. */
  readonly arms?: Readonly<Record<'left' | 'right', readonly [forwards: number, sideways: number, bend: number]>>;
  /** How far each thigh is raised forwards, and how far its knee is bent. */
  readonly legs?: Readonly<Record<'left' | 'right', readonly [forwards: number, bend: number]>>;
}

export const FIGURE_LENGTHS = {
  ...{ spine: 0.5, shoulders: 0.36, hips: 0.2, upper_arm: 0.3, forearm: 0.26, hand: 0.17 },
  ...{ thigh: 0.42, shin: 0.42, foot: 0.2, heel: 0.08, head: 0.2, ears: 0.15 },
} as const;

export type Figure = Readonly<Record<BodyJoint, Vector>>;

const DOWN: Vector = [0, 0, -1];
const UP: Vector = [0, 0, 1];
const LEFT: Vector = [1, 0, 0];
const FORWARD: Vector = [0, -1, 0];

/** A figure with the middle of its hips at `hips`. */
export function figure(posture: FigurePosture = {}, hips: Vector = [0, 0, 0.9]): Figure {
  const { turn = 0, lean = 0, arms, legs } = posture;
  const { spine, shoulders, hips: width, upper_arm: upper, forearm, thigh, shin, head, ears } = FIGURE_LENGTHS;
  const body = aboutAxis(UP, turn);
  const chest = multiply(body, aboutAxis(LEFT, lean));
  const on = (q: Quaternion, from: Vector, direction: Vector, distance: number): Vector =>
    add(from, scale(rotate(q, direction), distance));
  const neck = on(chest, hips, UP, spine);
  const centre = on(chest, neck, UP, head);
  const inHead = (left: number, up: number, forward: number): Vector =>
    add(centre, rotate(chest, add(add(scale(LEFT, left), scale(UP, up)), scale(FORWARD, forward))));
  const arm = (side: 'left' | 'right'): [Vector, Vector, Vector] => {
    const sign = side === 'left' ? 1 : -1;
    const [forwards, sideways, bend] = arms?.[side] ?? [0, 0, 0];
    const start = on(chest, neck, LEFT, (sign * shoulders) / 2);
    const raised = multiply(chest, multiply(aboutAxis(FORWARD, -sign * sideways), aboutAxis(LEFT, -forwards)));
    const elbow = on(raised, start, DOWN, upper);
    return [start, elbow, on(multiply(raised, aboutAxis(LEFT, -bend)), elbow, DOWN, forearm)];
  };
  const leg = (side: 'left' | 'right'): [Vector, Vector, Vector] => {
    const [forwards, bend] = legs?.[side] ?? [0, 0];
    const start = on(body, hips, LEFT, ((side === 'left' ? 1 : -1) * width) / 2);
    const raised = multiply(body, aboutAxis(LEFT, -forwards));
    const knee = on(raised, start, DOWN, thigh);
    return [start, knee, on(multiply(raised, aboutAxis(LEFT, bend)), knee, DOWN, shin)];
  };
  const [[rs, re, rw], [ls, le, lw], [rh, rk, ra], [lh, lk, la]] = [
    arm('right'),
    arm('left'),
    leg('right'),
    leg('left'),
  ];
  return {
    ...{
      neck,
      nose: inHead(0, -0.01, 0.11),
      right_eye: inHead(-0.03, 0.03, 0.085),
      left_eye: inHead(0.03, 0.03, 0.085),
    },
    ...{ right_ear: inHead(-ears / 2, 0, 0), left_ear: inHead(ears / 2, 0, 0) },
    ...{ right_shoulder: rs, right_elbow: re, right_wrist: rw, left_shoulder: ls, left_elbow: le, left_wrist: lw },
    ...{ right_hip: rh, right_knee: rk, right_ankle: ra, left_hip: lh, left_knee: lk, left_ankle: la },
  };
}

/** What a camera sees of figures, all joints sure. */
export function photographed(figures: readonly Figure[], camera: Camera, fps = 12): PoseSequence {
  const view = viewMatrix(camera);
  const frames = figures.map((joints): Pose => {
    const keypoints = new Float32Array(OPENPOSE18.names.length * 3);
    OPENPOSE18.names.forEach((name, k) => {
      const [x, y, z] = joints[name as BodyJoint];
      const row = (r: number): number =>
        (view[r * 4] ?? 0) * x + (view[r * 4 + 1] ?? 0) * y + (view[r * 4 + 2] ?? 0) * z + (view[r * 4 + 3] ?? 0);
      keypoints.set([camera.cx + (camera.fx * row(0)) / row(2), camera.cy + (camera.fy * row(1)) / row(2), 1], k * 3);
    });
    return { keypoints };
  });
  return { skeleton: 'openpose18', width: camera.width, height: camera.height, fps, frames };
}
