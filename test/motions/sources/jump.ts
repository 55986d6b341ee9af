import type { MotionSource } from '../motion-source.ts';
import type { Tracks } from '../keys.ts';

/** Frames 10 to 16 are in the air: 0.35 seconds for 15 centimetres, as gravity has it. */
const foot: Tracks['leftFoot'] = {
  out: { 10: 11, 13: 14, 16: 11 },
  lift: { 0: 0, 10: 0, 11: 8.5, 12: 14, 13: 16, 14: 14, 15: 8, 16: 0 },
  pitch: { 0: 0, 7.5: 0, 10: -46, 11: -50, 13: -34, 15: -26, 16: -18, 17: 0, 24: 0 },
  knee: { 0: 0, 7: 8, 10: 0, 16: 2, 18.5: 8, 24: 0 },
};

const arm: Tracks['leftArm'] = {
  front: { 0: 0, 2: 12, 6.5: -48, 9: 14, 12: 74, 13: 76, 16: 62, 19: 8, 21.5: -10, 24: 0 },
  out: { 0: 9, 7: 16, 10.5: 12, 13: 18, 16: 26, 19: 18, 24: 9 },
  elbow: { 0: 14, 2: 26, 7: 12, 10: 48, 12.5: 26, 16: 26, 19: 44, 22: 20 },
  wrist: { 0: 4, 7: -14, 10: 20, 12.5: -8, 16: -16, 19: 18, 24: 4 },
  curl: { 0: 22, 7: 45, 12.5: 8, 16: 8, 20: 30 },
};

/** Crouch, swing, flight, landing on the toes, deep give, and up again. */
export const jump: MotionSource = {
  fps: 17,
  tracks: {
    root: {
      z: {
        0: -0.5,
        1.5: 0,
        7: -27,
        8.5: -17,
        10: 3.5,
        11: 11.5,
        12: 16.4,
        13: 18,
        14: 16.4,
        15: 11.5,
        16: 3.5,
        18.5: -23,
        20.5: -14,
        23: 0,
      },
      ahead: { 0: 0, 7: -5, 10: 1.5, 13: 1, 16: 0, 18.5: -5, 23: 0.4 },
      lean: { 0: 0, 7: 30, 10: 3, 13: 2, 16: 6, 18.5: 26, 23: 0 },
    },
    spine: {
      bend: { 0: 0, 1.5: -3, 7: 26, 10: -6, 13: -6, 16: 6, 19: 24, 23.5: -2 },
    },
    head: {
      bend: { 0: 0, 2: 4, 7: -26, 10: -12, 13: 6, 16: 10, 19: -14, 24: 1 },
    },
    leftArm: arm,
    rightArm: arm,
    leftFoot: foot,
    rightFoot: foot,
  },
};
