import { toBody18 } from './convert.ts';
import { MIN_CONFIDENCE, type Pose, type PoseSequence } from './pose-sequence.ts';

/** What there is to say about poses before anything is made of them. */
export interface SequenceFacts {
  /** Mean over the body's keypoints of all frames that show a person; 0 where none does. */
  readonly meanConfidence: number;
  /** Frames, counted from 1, without a trusted keypoint. */
  readonly framesWithoutPerson: readonly number[];
}

export function sequenceFacts(sequence: PoseSequence): SequenceFacts {
  const framesWithoutPerson: number[] = [];
  let [sum, count] = [0, 0];
  for (const [index, pose] of toBody18(sequence).frames.entries()) {
    const whole = sequence.frames[index] ?? pose;
    if (!showsSomebody(whole)) {
      framesWithoutPerson.push(index + 1);
      continue;
    }
    for (const confidence of confidencesOf(pose)) {
      sum += confidence;
      count++;
    }
  }
  return { meanConfidence: count > 0 ? sum / count : 0, framesWithoutPerson };
}

const confidencesOf = ({ keypoints }: Pose): Float32Array => keypoints.filter((_, i) => i % 3 === 2);

const showsSomebody = (pose: Pose): boolean => confidencesOf(pose).some((confidence) => confidence >= MIN_CONFIDENCE);
