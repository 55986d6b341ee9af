import type { NoiseSource } from '../../native/inference/schedule/noise.ts';
import { elementCount, floatTensor } from '../../native/onnx/tensor.ts';
import type { GoldenCase } from './inference-golden.ts';

const RECORDS = {
  pose: 'in_noise_pose',
  'reference-pose': 'in_noise_refpose',
  image: 'in_noise_images',
  start: 'in_noise_init',
  step: 'in_noise_scheduler_draws',
} as const;

/**
 * The noise of a recorded run of `steps` steps. torch's scheduler drew once in the first and the last step and twice in those between, and
 * used the second.
 */
export function recordedNoise(run: GoldenCase, steps: number): NoiseSource {
  return {
    draw(use, index, dims) {
      const all = run.data(RECORDS[use]);
      const size = elementCount(dims);
      const isMiddleOrLast = use === 'step' && index > 0;
      const draw = isMiddleOrLast ? 2 * index - (index === steps - 1 ? 1 : 0) : index;
      return floatTensor(all.subarray(draw * size, (draw + 1) * size), dims);
    },
  };
}
