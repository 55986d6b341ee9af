import type { MotionSource } from '../motion-source.ts';

/** To attention, the right hand to the brow by way of the side, held, and back down. */
export const salute: MotionSource = {
  fps: 12.5,
  tracks: {
    root: {
      z: { 0: -0.5, 2: -1.3, 6: 0, 18: 0, 22: -1.1 },
      x: { 0: 0, 3: 1, 9: 0.8, 18: 0.8, 23: 0 },
    },
    spine: {
      bend: { 0: 0, 2: 2, 8: -4, 18: -4, 23: 1 },
      side: { 0: 0, 2: -1.5, 7: 2, 18: 1.5, 22: 0 },
      twist: { 0: 0, 6: 3, 10: 1, 18: 1, 22: 0 },
    },
    head: {
      bend: { 0: 0, 2: 3, 9: -2, 18: -2, 22: 3, 24: 0 },
      twist: { 0: 0, 3: -4, 9: 0 },
    },
    rightArm: {
      front: { 0: 0, 1.5: -3, 5: 36, 9: 76, 11: 74, 18: 74, 21: 40, 24: 0 },
      out: { 0: 9, 1.5: 7, 6: 60, 9: 73, 11: 71, 18: 71, 21: 44, 24: 9 },
      twist: { 0: 5, 6: 8, 9: -14, 18: -14, 21: 4, 24: 5 },
      elbow: { 0: 14, 4: 80, 9: 147, 18: 147, 21: 88, 24: 16 },
      pronate: { 0: 25, 9: 80, 18: 80, 24: 25 },
      wrist: { 0: 4, 4: 24, 9: 0, 18: 0, 21: 18, 24: 4 },
      curl: { 0: 22, 4: 30, 9: 0, 18: 0, 22: 26 },
    },
    leftArm: {
      out: { 0: 9, 8: 5, 18: 5, 24: 9 },
      elbow: { 0: 14, 8: 6, 18: 6, 24: 14 },
      curl: { 0: 22, 8: 45, 18: 45 },
    },
    leftFoot: { out: 8, yaw: 14 },
    rightFoot: { out: 8, yaw: 14 },
  },
};
