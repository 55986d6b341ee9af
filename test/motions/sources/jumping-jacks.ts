import type { Tracks } from '../keys.ts';
import type { MotionSource } from '../motion-source.ts';

/** In the air from 3 to 8.5, when the feet go out, and from 15.5 to 21, when they come back. */
const foot: Tracks['leftFoot'] = {
  out: { 0: 9, 3: 9, 8.5: 33, 15.5: 33, 21: 9 },
  lift: { 0: 0, 3: 0, 4.2: 4.5, 5.7: 7, 7.3: 4.5, 8.5: 0, 15.5: 0, 16.7: 4.5, 18.2: 7, 19.8: 4.5, 21: 0 },
  pitch: { 0: -4, 1: 0, 3: -34, 5.7: -30, 8.5: -24, 10.2: -4, 12: -4, 15.5: -34, 18.2: -30, 21: -24, 23: -4 },
  yaw: { 0: 7, 3: 7, 8.5: 20, 15.5: 20, 21: 7 },
  knee: { 0: 4, 10.5: 4 },
};

/** The arms lead the feet by a little and bend where they pass the head. */
const arm: Tracks['leftArm'] = {
  out: { 0: 12, 1.5: 15, 8.5: 105, 11.5: 140, 13.5: 124, 15.5: 97, 21.5: 16, 23.5: 10 },
  front: { 0: 4, 5: 10, 11: 2, 17: 10, 23: 4 },
  twist: { 0: 5, 6: 60, 11: 52, 17: 60, 22: 8 },
  elbow: { 0: 22, 2: 12, 5: 14, 8.5: 44, 11.5: 84, 13.5: 76, 15.5: 36, 18.5: 14, 23.5: 26 },
  pronate: { 0: 20, 6: -10, 11: 10, 17: -10, 23: 20 },
  wrist: { 0: 10, 5: -16, 11.5: 12, 17: -14, 23.5: 14 },
  shrug: { 0: 0, 11: 3, 22: 0 },
  curl: 10,
};

/** One jack in a little over a second. */
export const jumpingJacks: MotionSource = {
  fps: 23,
  tracks: {
    root: {
      z: {
        0.8: -6,
        3: 5,
        4.2: 8,
        5.6: 9.2,
        7.2: 5.6,
        8.5: -1,
        11: -13,
        15.5: -0.5,
        16.8: 6.4,
        18.3: 9,
        19.7: 8,
        21: 4,
        23.5: -7,
      },
      lean: { 0: 4, 5: 0, 11: 6, 18: 0, 23.5: 6 },
      ahead: { 0: -1, 6: 1, 11: -2, 18: 1, 23.5: -1.5 },
    },
    spine: { bend: { 0.5: 5, 5.5: -5, 11: 2, 18: -4, 23.8: 6 } },
    head: { bend: { 1: -6, 6.5: 3, 12: -9, 19: 4, 24.3: -7 } },
    leftArm: arm,
    rightArm: arm,
    leftFoot: foot,
    rightFoot: foot,
  },
};
