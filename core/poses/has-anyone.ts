import { MIN_CONFIDENCE, type PoseSequence } from './pose-sequence.ts';

/** Whether any pose has a trusted keypoint. Files of empty frames can be read; there is nothing to do with them. */
export const hasAnyone = ({ frames }: PoseSequence): boolean =>
  frames.some(({ keypoints }) => keypoints.some((value, i) => i % 3 === 2 && value >= MIN_CONFIDENCE));
