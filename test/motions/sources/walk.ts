import { walkOn } from '../gait.ts';
import { allLater, FRAMES, type Tracks } from '../keys.ts';
import type { MotionSource } from '../motion-source.ts';

/** The arm swings against the leg of its side; the elbow and the hand come after it. Frame 0: the left foot comes down. */
const rightArm: Tracks['rightArm'] = {
  front: { 0.7: 25, 13.2: -21 },
  out: { 0.7: 6, 7: 10, 13.2: 11, 19.5: 10 },
  elbow: { 2: 34, 14.5: 10 },
  wrist: { 3.5: 2, 16: 12 },
  twist: { 1: -4, 13.5: 8 },
};

/** A stride of 1.04 seconds on the spot. */
export const walk: MotionSource = {
  fps: 24,
  tracks: {
    root: {
      x: { 5.5: 2.4, 18: -2.4 },
      z: { 0.8: -4.4, 7: -0.7, 13.3: -4.4, 19.5: -0.7 },
      turn: { 0: -7, 12.5: 7 },
      tilt: { 4.5: -4, 17: 4 },
      lean: 2.5,
    },
    spine: {
      twist: { 0.6: 14, 13.1: -14 },
      side: { 5: 4.5, 17.5: -4.5 },
      bend: { 1.5: 3.5, 8: 1, 14: 3.5, 20.5: 1 },
    },
    head: {
      twist: { 0.5: -6, 13: 6 },
      bend: { 2: 0, 9: -3.5, 14.5: 0, 21.5: -3.5 },
      side: { 6: -1.5, 18.5: 1.5 },
    },
    rightArm,
    leftArm: allLater(rightArm, FRAMES / 2),
    leftFoot: { yaw: 6 },
    rightFoot: { yaw: 6 },
  },
  adjust: walkOn({
    liftOff: 15.6,
    reach: 30,
    behind: 30,
    pitch: { 0: 22, 2.6: 0, 9: 0, 12.5: -20, 15.6: -54, 17.2: -50, 20.5: -6, 23.5: 22 },
    lift: { 0: 0, 15.6: 0, 17.5: 3.5, 20: 3, 22: 3, 24: 2.2 },
    out: { 0: 7.5, 15.6: 7.5, 20: 9 },
  }),
};
