import { describe, expect, it } from 'vitest';
import { ringCameras, turntableCamera } from '../ring.ts';
import { MOTION_JOINTS, type Motion, type Vector } from './motion.ts';
import type { PoseSequence } from './pose-sequence.ts';
import { frameMotion, projectMotion } from './project-motion.ts';
import { SKELETONS } from './skeleton.ts';

const SIZE = 256;

/** A person of sticks facing -y, moved by `shift` a frame. */
function person(shifts: readonly Vector[] = [[0, 0, 0]]): Motion {
  const places: Readonly<Record<string, Vector>> = {
    ...{ nose: [0, -0.1, 1.55], neck: [0, 0, 1.4], left_shoulder: [0.2, 0, 1.4], right_shoulder: [-0.2, 0, 1.4] },
    ...{ left_hip: [0.1, 0, 0.9], right_hip: [-0.1, 0, 0.9], left_wrist: [0.4, -0.3, 1], right_wrist: [-0.4, 0.3, 1] },
    ...{ left_ankle: [0.1, 0, 0.08], right_ankle: [-0.1, 0, 0.08], left_toe: [0.1, -0.2, 0] },
  };
  const points = (shift: Vector): Float64Array =>
    Float64Array.from(
      MOTION_JOINTS.flatMap((name) => places[name]?.map((v, c) => v + shift[c as 0 | 1 | 2]) ?? [NaN, NaN, NaN]),
    );
  return { fps: 30, frames: shifts.map(points) };
}

const camera = (view: number) => ringCameras(SIZE)[view] ?? turntableCamera(0, SIZE, SIZE);

function seen(sequence: PoseSequence, name: string, frame = 0) {
  const k = SKELETONS[sequence.skeleton].names.indexOf(name);
  const [x = 0, y = 0, confidence = 0] = sequence.frames[frame]?.keypoints.subarray(k * 3, k * 3 + 3) ?? [];
  return { x, y, confidence, depth: sequence.frames[frame]?.depths?.[k] ?? NaN };
}

describe('projectMotion', () => {
  it('puts the left of a person who faces the camera on the right of the picture', () => {
    const front = projectMotion(person(), camera(0));
    expect(front).toMatchObject({ skeleton: 'openpose18', width: SIZE, height: SIZE, fps: 30 });
    expect(seen(front, 'left_wrist').x).toBeGreaterThan(seen(front, 'right_wrist').x);
    expect(seen(front, 'nose').y).toBeLessThan(seen(front, 'left_ankle').y);
    const back = projectMotion(person(), turntableCamera(Math.PI, SIZE, SIZE));
    expect(seen(back, 'left_wrist').x).toBeLessThan(seen(back, 'right_wrist').x);
  });

  it('agrees with the pinhole', () => {
    // The ring's view 0 looks along +y from (0, -3.5, 0.7); a pixel of the plane y = 0 is 3.5 / focal wide.
    const { fx } = camera(0);
    const neck = seen(projectMotion(person(), camera(0)), 'neck');
    expect(neck.x).toBeCloseTo(128, 3);
    expect(neck.y).toBeCloseTo(128 - (0.7 * fx) / 3.5, 3);
  });

  it('measures depth in pixels, from the hips away from the camera', () => {
    const { fx } = camera(0);
    const front = projectMotion(person(), camera(0));
    expect(seen(front, 'left_wrist').depth).toBeCloseTo((-0.3 * fx) / 3.5, 3);
    expect(seen(front, 'right_wrist').depth).toBeCloseTo((0.3 * fx) / 3.5, 3);
    const side = projectMotion(person(), turntableCamera(Math.PI / 2, SIZE, SIZE)); // from the left
    expect(seen(side, 'left_shoulder').depth).toBeLessThan(0);
  });

  it('knows nothing of what a motion does not know, or what is behind the camera', () => {
    expect(seen(projectMotion(person(), camera(0)), 'left_eye').confidence).toBe(0);
    expect(seen(projectMotion(person([[0, -4, 0]]), camera(0)), 'neck').confidence).toBe(0);
    expect(seen(projectMotion(person([[9, -3.498, 0]]), camera(0)), 'neck').confidence).toBe(0); // beside the lens
  });

  it('has feet in the whole body', () => {
    const whole = projectMotion(person(), camera(0), { skeleton: 'coco-wholebody133' });
    expect(seen(whole, 'left_big_toe').confidence).toBe(1);
    expect(seen(whole, 'left_hand_wrist').x).toBe(seen(whole, 'left_wrist').x);
    expect(seen(whole, 'right_big_toe').confidence).toBe(0);
  });

  it('resamples', () => {
    const shifts = Array.from({ length: 31 }, (): Vector => [0, 0, 0]);
    expect(projectMotion(person(shifts), camera(0), { fps: 12 }).frames).toHaveLength(13);
    expect(projectMotion(person(shifts), camera(0), { frames: 5, fps: 12 })).toMatchObject({ fps: 12 });
  });
});

describe('frameMotion', () => {
  const box = (motion: Motion) => {
    const frames = projectMotion(motion, camera(0)).frames.flatMap(({ keypoints }) =>
      Array.from({ length: 18 }, (_, k) => [...keypoints.subarray(k * 3, k * 3 + 3)]).filter(([, , c]) => c),
    );
    const of = (axis: 0 | 1) => frames.map((p) => p[axis] ?? NaN);
    return { left: Math.min(...of(0)), right: Math.max(...of(0)), top: Math.min(...of(1)), bottom: Math.max(...of(1)) };
  };

  it('leaves alone what fits', () => {
    expect(frameMotion(person())).toEqual(person());
  });

  it('makes room for a jump, feet on the same floor', () => {
    const framed = frameMotion(
      person([
        [0, 0, 0],
        [0, 0, 0.9],
      ]),
    );
    expect(box(framed).top).toBeCloseTo(SIZE * 0.06, 1);
    expect(framed.frames[0]?.[MOTION_JOINTS.indexOf('left_toe') * 3 + 2]).toBe(0);
  });

  it('lets a walk across the room happen on the spot', () => {
    const walk = person(Array.from({ length: 60 }, (_, f): Vector => [0, 3 - f * 0.1, 0]));
    const framed = frameMotion(walk);
    expect(framed.frames[59]?.[2 + 3]).toBeCloseTo(1.4);
    expect(Math.abs((framed.frames[0]?.[1] ?? 9) - (framed.frames[59]?.[1] ?? 0))).toBeLessThan(1e-6);
  });

  it('keeps a small step, and any way that it is told to', () => {
    const step = person(Array.from({ length: 30 }, (_, f): Vector => [f * 0.01, 0, 0]));
    expect(frameMotion(step)).toEqual(step);
    const far = person(Array.from({ length: 60 }, (_, f): Vector => [f * 0.1 - 3, 0, 0]));
    const { left, right } = box(frameMotion(far, { inPlace: false }));
    expect(left).toBeGreaterThanOrEqual(SIZE * 0.06 - 0.01);
    expect(right).toBeLessThanOrEqual(SIZE * 0.94 + 0.01);
    expect(right - left).toBeGreaterThan(SIZE * 0.8);
  });
});
