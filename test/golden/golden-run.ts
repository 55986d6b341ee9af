import { readFileSync } from 'node:fs';
import { readSchedulerConfig, readVaeConfig } from '../../native/inference/configs.ts';
import type { DenoiseSettings } from '../../native/inference/pipeline/denoise.ts';
import type { RgbPicture } from '../../native/inference/pipeline/pixels.ts';
import { reshaped } from '../../native/inference/pipeline/floats.ts';
import type { NoiseSource } from '../../native/inference/schedule/noise.ts';
import { dpmSteps } from '../../native/inference/schedule/steps.ts';
import { elementCount, floatTensor, type Tensor } from '../../native/onnx/tensor.ts';
import { GoldenCase, goldenJson, goldenPath } from './inference-golden.ts';

export const readConfig = <T>(path: string, reader: (bytes: Uint8Array, name: string) => T): T =>
  reader(readFileSync(goldenPath(path)), goldenPath(path));

const RECORDS = {
  pose: 'in_noise_pose',
  'reference-pose': 'in_noise_refpose',
  image: 'in_noise_images',
  start: 'in_noise_init',
  step: 'in_noise_scheduler_draws',
} as const;

/** A recorded run of the authors' pipeline, `run_4d` or `run_2d`. */
export class GoldenRun extends GoldenCase {
  readonly name: string;
  readonly steps: number;
  readonly views: number;
  readonly timesteps: readonly number[];
  /** Prompts as the text encoder is given them: the negative one first. */
  readonly prompts: readonly string[];
  readonly scale = readConfig('vae/config.json', readVaeConfig).scalingFactor;
  readonly #guidanceScale: number;

  constructor(name: string) {
    super(`pipeline/${name}`);
    const settings = goldenJson(`pipeline/${name}.json`);
    this.name = name;
    this.steps = Number(settings.num_inference_steps);
    this.views = this.tensor('in_u8_images').dims[0] ?? 0;
    this.timesteps = (settings.per_step as readonly { readonly t: number }[]).map(({ t }) => t);
    this.prompts = [settings.negative_prompt, settings.prompt].map(String);
    this.#guidanceScale = Number(settings.guidance_scale);
  }

  settings(halves: DenoiseSettings['halves']): DenoiseSettings {
    const config = readConfig('scheduler/scheduler_config.json', readSchedulerConfig);
    return { steps: dpmSteps(config, this.steps), guidanceScale: this.#guidanceScale, halves };
  }

  /** A tensor without the axes before its last `rank`, which must be 1 long or are joined to the first that stays. */
  last(name: string, rank: number): Tensor {
    const tensor = this.tensor(name);
    const rest = tensor.dims.slice(1 - rank);
    return reshaped(tensor, [elementCount(tensor.dims) / elementCount(rest), ...rest]);
  }

  /** The pictures of a tensor [frames, height, width, 3], or one of them, of whole numbers. */
  pictures(name: string): RgbPicture[] {
    const [height = 0, width = 0] = this.tensor(name).dims.slice(-3);
    const levels = Uint8Array.from(this.data(name));
    const size = width * height * 3;
    return Array.from({ length: levels.length / size }, (_, i) => {
      return { width, height, rgb: levels.slice(i * size, (i + 1) * size) };
    });
  }

  /**
   * The recorded noise. torch's scheduler drew once in the first and the last step and twice in those between, and used the
   * second.
   */
  noise(): NoiseSource {
    return {
      draw: (use, index, dims) => {
        const size = elementCount(dims);
        const isAfterFirst = use === 'step' && index > 0;
        const draw = isAfterFirst ? 2 * index - (index === this.steps - 1 ? 1 : 0) : index;
        return floatTensor(this.data(RECORDS[use]).subarray(draw * size, (draw + 1) * size), dims);
      },
    };
  }
}
