import { FRAMES, valueAt, type Track } from '../keys.ts';
import type { MotionSource } from '../motion-source.ts';
import type { Posture } from '../posture.ts';

/** Steps of each foot in a whole turn. */
const STEPS = 4;
const STRIDE = FRAMES / STEPS;
/** Part of a step's time that the foot is in the air. */
const AIR = 0.46;

const smooth = (t: number): number => t * t * (3 - 2 * t);

/** Degrees that a foot has turned, and its height, at a time counted in its own steps. */
function stepAt(time: number): { turn: number; lift: number } {
  const [step, part] = [Math.floor(time), time - Math.floor(time)];
  const air = Math.min(1, part / AIR);
  return { turn: (step + smooth(air)) * (360 / STEPS), lift: 5.5 * Math.sin(Math.PI * air) ** 2 };
}

/** The weight over the standing foot, in the pelvis' own axes: the left foot steps first. */
const sway: Track = Object.fromEntries(
  Array.from({ length: STEPS }, (_, step): [number, number][] => [
    [step * STRIDE + STRIDE * 0.23, -2.6],
    [step * STRIDE + STRIDE * 0.73, 2.6],
  ]).flat(),
);

function adjust(posture: Posture, frame: number): Posture {
  const turn = (frame / FRAMES) * 360;
  const left = stepAt(frame / STRIDE);
  const right = stepAt(frame / STRIDE - 0.5);
  const aside = valueAt(sway, frame);
  const radians = (turn * Math.PI) / 180;
  return {
    ...posture,
    root: {
      ...posture.root,
      turn,
      x: aside * Math.cos(radians),
      ahead: -aside * Math.sin(radians),
      tilt: aside * -1.1,
      z: -2.2 - 0.9 * Math.cos((4 * Math.PI * frame) / STRIDE),
    },
    spine: { ...posture.spine, side: aside * 1.2 },
    // Half a step of 90 degrees ahead of the pelvis when it comes down, half a step behind when it leaves.
    leftFoot: { ...posture.leftFoot, turn: left.turn - 26, lift: left.lift, pitch: -2.6 * left.lift },
    rightFoot: { ...posture.rightFoot, turn: right.turn + 19, lift: right.lift, pitch: -2.6 * right.lift },
  };
}

/** Once round to the left with eight small steps; the head looks ahead of the turn, the arms are carried out by it. */
export const turn: MotionSource = {
  fps: 10,
  tracks: {
    spine: { twist: 8, bend: 2 },
    head: {
      twist: { 0: 16, 6: 24, 12.5: 16, 19: 24 },
      bend: 2,
    },
    leftArm: {
      out: 17,
      front: { 0: -14, 3.1: -4, 6.2: -14, 9.3: -4, 12.5: -14, 15.6: -4, 18.7: -14, 21.8: -4 },
      elbow: 26,
    },
    rightArm: {
      out: 15,
      front: { 0: 20, 3.1: 10, 6.2: 20, 9.3: 10, 12.5: 20, 15.6: 10, 18.7: 20, 21.8: 10 },
      elbow: 30,
    },
  },
  adjust,
};
