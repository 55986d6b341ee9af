import { walkOn } from '../gait.ts';
import { allLater, FRAMES, type Tracks } from '../keys.ts';
import type { MotionSource } from '../motion-source.ts';

const rightArm: Tracks['rightArm'] = {
  front: { 1: 42, 13.5: -46 },
  out: { 1: 5, 13.5: 16 },
  twist: { 1.5: -24, 14: 4 },
  elbow: { 2.5: 112, 9: 88, 15: 78, 20: 92 },
  pronate: 15,
  wrist: { 3: 4, 15.5: 12 },
  curl: 66,
};

/** A stride of 0.83 seconds on the spot, both feet in the air between steps. Frame 0: the left foot comes down. */
export const run: MotionSource = {
  fps: 30,
  tracks: {
    root: {
      x: { 4: 1.4, 16.5: -1.4 },
      z: { 0: -3.5, 3.8: -9.5, 8.5: -1, 10.8: 3, 12.5: -3.5, 16.3: -9.5, 21: -1, 23.3: 3 },
      turn: { 0: -9, 12.5: 9 },
      tilt: { 4: -4, 16.5: 4 },
      lean: { 0: 9, 4: 11, 10: 8, 12.5: 9, 16.5: 11, 22.5: 8 },
    },
    spine: {
      twist: { 0.8: 22, 13.3: -22 },
      side: { 4.5: 4, 17: -4 },
      bend: { 0: 2, 5: 7, 11: 1, 12.5: 2, 17.5: 7, 23.5: 1 },
    },
    head: {
      twist: { 0.6: -11, 13.1: 11 },
      bend: { 0.5: -8, 6: -12, 11.5: -6, 13: -8, 18.5: -12, 24: -6 },
    },
    rightArm,
    leftArm: allLater(rightArm, FRAMES / 2),
    leftFoot: { yaw: 4 },
    rightFoot: { yaw: 4 },
  },
  adjust: walkOn({
    liftOff: 9,
    reach: 22,
    behind: 30,
    pitch: { 0: 6, 1.4: 0, 4.5: 0, 9: -56, 12: -82, 15: -80, 18.5: -35, 21.5: -4, 23.5: 8 },
    lift: { 0: 0, 9: 0, 11.5: 17, 14.5: 31, 17.5: 26, 20.5: 20, 23: 9 },
    out: { 0: 6, 10: 6, 17: 8 },
  }),
};
