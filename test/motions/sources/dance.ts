import { allLater, FRAMES, type Tracks } from '../keys.ts';
import type { MotionSource } from '../motion-source.ts';

const HALF = FRAMES / 2;

/** Steps out to the left, stands while the other foot comes, then comes to the other one and taps. */
const leftFoot: Tracks['leftFoot'] = {
  out: { 0: -6, 5: 29, 18: 29, 22.5: -6 },
  ahead: { 0: 6, 5: 0, 18: 0, 22.5: 6 },
  lift: { 0: 0, 2.5: 8, 5: 0, 18: 0, 20.3: 6, 22.5: 0 },
  pitch: { 0: -30, 2.5: -14, 5: 0, 16: 0, 18: -20, 20.3: -24, 22.5: -38 },
  yaw: { 0: 4, 5: 18, 18: 18, 22.5: 4 },
  knee: { 0: 22, 4: 6, 16: 6, 22.5: 26 },
};

/** Up along the side on the step, across the chest on the tap; the left arm leads to the left and is late to the right. */
const leftArm: Tracks['leftArm'] = {
  out: { 0: 30, 6: 119, 9: 121, 12.5: 34, 18: 112, 21: 96 },
  front: { 0: 42, 6: 2, 9: 4, 12.5: 46, 18.3: 26, 21.5: 30 },
  twist: { 0: 0, 5.5: 46, 9.5: 40, 12.5: 0, 18.5: 60, 22: 40 },
  elbow: { 0: 96, 4: 66, 6.5: 44, 9.5: 56, 13: 100, 18.5: 62, 21.5: 84 },
  pronate: { 0: 50, 6: 10, 13: 50, 18.5: 12 },
  wrist: { 1: 28, 7: -18, 10: 24, 13.5: 30, 19.5: -10 },
  shrug: { 0: 6, 6: 4, 9: 0, 12.5: 8, 18: 2 },
  curl: { 0: 50, 6: 6, 12.5: 50, 18.5: 10 },
};

/** Two steps and taps to either side in two seconds, one a half second: hips sway, shoulders twist against them. */
export const dance: MotionSource = {
  fps: 12.5,
  tracks: {
    root: {
      x: { 0: -14, 5.5: 12, 10.5: 18, 18: -12, 23: -18 },
      z: { 0: -5, 2.8: -10, 6: -5, 9: -9, 12.5: -5, 15.3: -10, 18.5: -5, 21.5: -9 },
      turn: { 1: 16, 6: -18, 13.5: -16, 18.5: 18 },
      tilt: { 0: -9, 3: 5, 6: -10, 9: 4, 12.5: 9, 15.5: -5, 18.5: 10, 21.5: -4 },
      lean: { 0: 7, 6: 2, 12.5: 7, 18.5: 2 },
    },
    spine: {
      side: { 0.5: 10, 4: -8, 6.5: 14, 10: 0, 13: -10, 16.5: 8, 19: -14, 22.5: 0 },
      twist: { 0: -26, 6.5: 26, 12.5: 26, 19: -26 },
      bend: { 0: 12, 6: -8, 12.5: 12, 18.5: -8 },
    },
    head: {
      side: { 1: -8, 7: 14, 13.5: 8, 19.5: -14 },
      twist: { 0: 8, 6.5: 16, 12.5: -8, 19: -16 },
      bend: { 0: 8, 3: -4, 6.5: -10, 9.5: 4, 12.5: 8, 15.5: -4, 19: -10, 22: 4 },
    },
    leftArm,
    rightArm: allLater(leftArm, HALF),
    leftFoot,
    rightFoot: allLater(leftFoot, HALF),
  },
};
