import { describe, expect, it } from 'vitest';
import { jointAt, MOTION_JOINTS, type Motion } from '../../../core/poses/motion.ts';
import type { PoseSequence } from '../../../core/poses/pose-sequence.ts';
import { BODY, type BodyJoint } from '../../../core/poses/skeleton.ts';
import { turntableCamera } from '../../../core/ring.ts';
import { distance, mix, subtract, type Vector } from '../../../core/vector.ts';
import { figure, FIGURE_LENGTHS, photographed, type Figure, type FigurePosture } from '../../../test/helpers/figure.ts';
import { seededRandom } from '../../../test/helpers/random.ts';
import { liftPoses } from './lift-poses.ts';

const camera = turntableCamera(0, 512, 512);
const over = (frames: number, posture: (part: number) => FigurePosture): Figure[] =>
  Array.from({ length: frames }, (_, t) => figure(posture(t / (frames - 1))));
const point = (motion: Motion, t: number, joint: string): Vector =>
  jointAt(motion.frames[t] ?? new Float64Array(), MOTION_JOINTS.indexOf(joint));
const lift = (figures: readonly Figure[], known = true) =>
  liftPoses(photographed(figures, camera), { camera, ...(known && { lengths: FIGURE_LENGTHS }) });

const LIMBS: readonly BodyJoint[] = (['left', 'right'] as const).flatMap((side) => [
  ...([`${side}_shoulder`, `${side}_elbow`, `${side}_wrist`] as const),
  ...([`${side}_hip`, `${side}_knee`, `${side}_ankle`] as const),
]);

/** Largest distance of a limb joint from the truth over all frames, hips on hips. */
function worstError(motion: Motion, figures: readonly Figure[]): number {
  return Math.max(
    ...figures.flatMap((truth, t) => {
      const shift = subtract(
        mix(truth.left_hip, truth.right_hip, 0.5),
        mix(point(motion, t, 'left_hip'), point(motion, t, 'right_hip'), 0.5),
      );
      return LIMBS.map((joint) => distance(subtract(truth[joint], shift), point(motion, t, joint)));
    }),
  );
}

describe('liftPoses with known lengths', () => {
  const swing = (part: number, size: number): number => size * Math.sin(part * 2 * Math.PI);
  const motions: Readonly<Record<string, (part: number) => FigurePosture>> = {
    'arms raised forwards': (part) => ({ arms: { left: [part * 1.6, 0, 0.3], right: [part * 1.6, 0, 0.3] } }),
    'arms raised sideways': (part) => ({ arms: { left: [0, part * 2.6, 0], right: [0, part * 2.6, 0] } }),
    'a back turned, arms bent': (part) => ({
      turn: Math.PI,
      arms: { left: [0.2, 0, part * 1.8], right: [0.2, 0, part * 1.8] },
    }),
    'a squat': (part) => ({
      legs: { left: [1.2 * part, 2.2 * part], right: [1.2 * part, 2.2 * part] },
    }),
    'a walk in profile': (part) => ({
      turn: Math.PI / 2,
      arms: { left: [-swing(part, 0.5), 0, 0.4], right: [swing(part, 0.5), 0, 0.4] },
      legs: { left: [swing(part, 0.5), 0.3], right: [-swing(part, 0.5), 0.3] },
    }),
    'a full turn': (part) => ({ turn: part * 2 * Math.PI, arms: { left: [0.3, 0.3, 0.4], right: [0.3, 0.3, 0.4] } }),
  };

  it.each(Object.entries(motions))('follows %s', (_, posture) => {
    const figures = over(36, posture);
    expect(worstError(lift(figures), figures)).toBeLessThan(0.15);
  });

  it('knows where the person looks over the full circle', () => {
    const turns = 36;
    const { facing } = lift(over(turns, (part) => ({ turn: part * 2 * Math.PI })));
    facing.forEach((angle, t) => {
      const truth = (t / (turns - 1)) * 2 * Math.PI;
      expect(Math.abs(Math.sin((angle - truth) / 2))).toBeLessThan(0.15);
    });
  });
});

describe('liftPoses', () => {
  const waving = over(24, (part) => ({
    arms: { left: [0.3, 1 + Math.sin(part * 9), 0.5], right: [1.2 * part, 0, 0.4] },
    legs: { left: [0.8 * part, 1.2 * part], right: [0, 0.1] },
  }));

  it('estimates lengths in world units and keeps them in every frame', () => {
    const motion = lift(waving, false);
    expect(motion.lengths.upper_arm).toBeCloseTo(FIGURE_LENGTHS.upper_arm, 1);
    expect(motion.lengths.thigh).toBeCloseTo(FIGURE_LENGTHS.thigh, 1);
    motion.frames.forEach((_, t) => {
      for (const side of ['left', 'right']) {
        const bone = (from: string, to: string): number =>
          distance(point(motion, t, `${side}_${from}`), point(motion, t, `${side}_${to}`));
        expect(bone('shoulder', 'elbow')).toBeCloseTo(motion.lengths.upper_arm, 6);
        expect(bone('elbow', 'wrist')).toBeCloseTo(motion.lengths.forearm, 6);
        expect(bone('hip', 'knee')).toBeCloseTo(motion.lengths.thigh, 6);
        expect(bone('knee', 'ankle')).toBeCloseTo(motion.lengths.shin, 6);
      }
    });
  });

  it('stands the hips where it is told', () => {
    const motion = liftPoses(photographed(waving, camera), { camera, rootDepth: 0.5 });
    expect(mix(point(motion, 0, 'left_hip'), point(motion, 0, 'right_hip'), 0.5)[1]).toBeCloseTo(0.5, 6);
  });

  it('gives the same numbers twice', () => {
    expect(lift(waving, false)).toEqual(lift(waving, false));
  });

  it('takes a person that comes nearer for one', () => {
    const figures = Array.from({ length: 36 }, (_, t) => figure({}, [0, 0.5 - t / 36, 0.9]));
    const motion = liftPoses(photographed(figures, camera), { camera, rootDepth: 0.5 });
    expect(point(motion, 35, 'left_hip')[1] - point(motion, 0, 'left_hip')[1]).toBeLessThan(-0.6);
    expect(point(motion, 35, 'neck')[2] - point(motion, 35, 'left_hip')[2]).toBeGreaterThan(0.45);
  });

  it('does not tremble where the picture does', () => {
    const sequence = photographed(
      over(40, () => ({ arms: { left: [0.1, 0.2, 0.1], right: [0.1, 0.2, 0.1] } })),
      camera,
      25,
    );
    const random = seededRandom(7);
    for (const { keypoints } of sequence.frames) {
      keypoints.forEach((value, i) => {
        if (i % 3 < 2) keypoints[i] = value + (random() - 0.5) * 2;
      });
    }
    const motion = liftPoses(sequence, { camera });
    for (let t = 2; t < 40; t++) {
      const path = [t - 2, t - 1, t].map((frame) => point(motion, frame, 'left_wrist'));
      const [a, b, c] = path as [Vector, Vector, Vector];
      expect(distance(mix(a, c, 0.5), b)).toBeLessThan(0.02);
    }
  });
});

describe('liftPoses of poor input', () => {
  const standing = photographed(
    over(8, () => ({})),
    camera,
  );
  const changed = (change: (keypoints: Float32Array, t: number) => void): PoseSequence => ({
    ...standing,
    frames: standing.frames.map(({ keypoints }, t) => {
      const copy = keypoints.slice();
      change(copy, t);
      return { keypoints: copy };
    }),
  });
  const forget = (keypoints: Float32Array, joint: BodyJoint): void => {
    keypoints.fill(0, BODY[joint] * 3, BODY[joint] * 3 + 3);
  };
  const cases: Readonly<Record<string, PoseSequence>> = {
    'one frame': { ...standing, frames: standing.frames.slice(0, 1) },
    'two frames': { ...standing, frames: standing.frames.slice(0, 2) },
    'all points on a line': changed((k) => {
      for (let i = 0; i < k.length; i += 3) k[i] = 256;
    }),
    'all points in one place': changed((k) => {
      for (let i = 0; i < k.length; i += 3) k.set([256, 256], i);
    }),
    'no legs': changed((k) => {
      for (const joint of ['left_knee', 'right_knee', 'left_ankle', 'right_ankle'] as const) forget(k, joint);
    }),
    'a head and shoulders': changed((k) => {
      k.fill(0, BODY.right_hip * 3, BODY.left_ankle * 3 + 3);
      for (const joint of ['left_elbow', 'right_elbow', 'left_wrist', 'right_wrist'] as const) forget(k, joint);
    }),
    'no face': changed((k) => {
      for (const joint of ['nose', 'left_eye', 'right_eye', 'left_ear', 'right_ear'] as const) forget(k, joint);
    }),
    'frames without anybody': changed((k, t) => {
      if (t > 1 && t < 6) k.fill(0);
    }),
    'low confidence': changed((k) => {
      for (let i = 2; i < k.length; i += 3) k[i] = 0.31;
    }),
    'keypoints that are no numbers': changed((k, t) => {
      if (t % 2) k.set([NaN, Infinity, NaN], BODY.left_wrist * 3);
    }),
    'points far outside the frame': changed((k) => {
      k.set([1e6, -1e6, 1], BODY.left_wrist * 3);
    }),
  };

  it.each(Object.entries(cases))('places every joint: %s', (_, sequence) => {
    const { frames, facing, lengths } = liftPoses(sequence, { camera });
    expect(frames).toHaveLength(sequence.frames.length);
    for (const frame of frames) expect(frame.every(Number.isFinite)).toBe(true);
    expect(facing.every(Number.isFinite)).toBe(true);
    expect(Object.values(lengths).every((length) => Number.isFinite(length) && length >= 0)).toBe(true);
  });

  it('says which joints were guessed', () => {
    const { guessed } = liftPoses(cases['no legs'] ?? standing, { camera });
    expect(guessed[0]).toContain(MOTION_JOINTS.indexOf('left_knee'));
    expect(guessed[0]).not.toContain(MOTION_JOINTS.indexOf('left_elbow'));
  });

  it('refuses a sequence without anybody', () => {
    const nobody = changed((k) => k.fill(0));
    expect(() => liftPoses(nobody, { camera })).toThrow('shows nobody');
    expect(() => liftPoses({ ...standing, frames: [] }, { camera })).toThrow('no frames');
  });
});
