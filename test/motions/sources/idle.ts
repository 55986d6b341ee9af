import type { MotionSource } from '../motion-source.ts';

/** Breathing and a slow change of weight; head and arms come after the hips. */
export const idle: MotionSource = {
  fps: 8,
  tracks: {
    root: {
      x: { 3: 2.2, 15.5: -2.2 },
      z: { 0: -0.8, 6: -0.1, 12.5: -0.8, 18.5: -0.1 },
      tilt: { 3: -2.4, 15.5: 2.4 },
      turn: { 4: 1.5, 16.5: -1.5 },
    },
    spine: {
      bend: { 0: 1.5, 6: -2, 12.5: 1.5, 18.5: -2 },
      side: { 4: 3, 16.5: -3 },
      twist: { 6: -3, 18: 3 },
    },
    head: {
      bend: { 2: 3, 8: -1, 14.5: 3, 20.5: -1 },
      side: { 7: -2.5, 19: 2.5 },
      twist: { 8: 7, 20: -6 },
    },
    leftArm: {
      out: { 1: 9, 8: 12, 14: 9, 20.5: 12 },
      front: { 6: 3, 18.5: -2 },
      elbow: { 2: 15, 9: 20, 21: 14 },
      wrist: { 4: 3, 16: 9 },
    },
    rightArm: {
      out: { 1.5: 9, 8.5: 12, 14.5: 9, 21: 12 },
      front: { 6.5: -2, 19: 3 },
      elbow: { 3: 20, 10: 14, 22: 18 },
      wrist: { 5: 9, 17: 3 },
    },
    leftFoot: { ahead: 2 },
    rightFoot: { ahead: -2, yaw: 13 },
  },
};
