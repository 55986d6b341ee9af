import { readTransformerConfig, type TransformerConfig } from '../../native/inference/configs.ts';
import { ditGraphs, type DitGraphs, type DitOptions } from '../../native/inference/graphs/dit.ts';
import type { DitInputSize, DitKind } from '../../native/inference/graphs/dit-size.ts';
import { openDit, type DitArguments, type DitPlan } from '../../native/inference/graphs/open-dit.ts';
import { cpuRuntime } from '../../native/inference/runtime/session.ts';
import type { WeightSource } from '../../native/inference/weights.ts';
import { elementCount, floatTensor, numbersOf, type Tensor } from '../../native/onnx/tensor.ts';
import { goldenWeights } from './golden-weights.ts';
import { GoldenCase, goldenJson, type GoldenErrors } from './inference-golden.ts';

/** Tolerances of the golden data's README. */
const OUTPUT = 2e-5;
const INNER = 3e-5;

export type Variant = Partial<Pick<DitOptions, 'attention' | 'precision' | 'blocksPerGraph' | 'observed'>>;

/** The tiny transformer of a folder of the golden data. */
export class DitGolden {
  readonly kind: DitKind;
  readonly config: TransformerConfig;
  readonly #folder: string;

  constructor(kind: DitKind) {
    this.kind = kind;
    this.#folder = `dit${kind}`;
    const path = `${this.#folder}/config.json`;
    this.config = readTransformerConfig(JSON.stringify(goldenJson(path)), path);
  }

  case(name: string): GoldenCase {
    return new GoldenCase(`${this.#folder}/${name}`);
  }

  weights(): ReturnType<typeof goldenWeights> {
    return goldenWeights(`${this.#folder}/diffusion_pytorch_model.safetensors`);
  }

  /** Of the latents that go in. */
  size({ dims }: Tensor): DitInputSize {
    const [frames = 0, , height = 0, width = 0] = dims.slice(-4);
    const views = this.kind === '4d' ? (dims[1] ?? 0) : 1;
    return { kind: this.kind, batch: dims[0] ?? 0, views, frames, height, width };
  }

  graphs(hidden: Tensor, variant: Variant = {}, weights: WeightSource = this.weights()): DitGraphs {
    const options = { ...this.size(hidden), precision: 'float32', attention: 'fused', ...variant } as const;
    return ditGraphs(this.config, weights, options);
  }

  /** What the network is given: the frame text is that of batch element 0, view 0, for every frame. */
  arguments(golden: GoldenCase): DitArguments {
    const [hidden, text] = [golden.tensor('in_hidden_states'), golden.tensor('in_encoder_hidden_states')];
    const timesteps = [...golden.data('in_timestep')];
    if (this.kind === '2d') return { hidden, text, timesteps };
    const [batch = 0, , frames = 0] = hidden.dims;
    const [, , tokens = 0, width = 0] = text.dims;
    const negative = [...golden.data('in_encoder_hidden_states').slice(0, tokens * width)];
    const repeated = Array.from({ length: batch * frames }, () => negative).flat();
    const frameText = floatTensor(repeated, [batch, frames, tokens, width]);
    return { hidden, text, timesteps, frameText, camera: golden.tensor('in_camera_latents') };
  }

  async predict(
    inputs: DitArguments,
    variant: Variant = {},
    plan: DitPlan = 'resident',
  ): Promise<{ sample: Tensor; observed: ReadonlyMap<string, Tensor> }> {
    const observed = new Map<string, Tensor>();
    const dit = await openDit(cpuRuntime(), this.graphs(inputs.hidden, variant), plan);
    try {
      const sample = await dit.predict(inputs, { observe: (name, value) => observed.set(name, value) });
      return { sample, observed };
    } finally {
      await dit.release();
    }
  }

  /** Expects a case's output and all of its inner values but those of `without`. */
  async check(errors: GoldenErrors, name: string, variant: Variant, plan: DitPlan, without: readonly string[] = []) {
    const golden = this.case(name);
    const items = golden.names.filter((item) => item.startsWith('mid_')).map((item) => item.slice(4));
    const inner = items.filter((item) => !without.includes(item));
    const asked = { ...variant, observed: (item: string) => inner.includes(item) || variant.observed?.(item) === true };
    const { sample, observed } = await this.predict(this.arguments(golden), asked, plan);
    const title = `${name} ${variant.attention ?? 'fused'} ${plan}`;
    for (const item of inner) {
      const [value, reference] = [observed.get(item), golden.tensor(`mid_${item}`)];
      if (!value) throw new Error(`the graphs do not give out ${item}`);
      // In 2D the authors' code has no axis of views, and tokens of all frames in one axis.
      errors.check(
        `${title} ${item}`,
        this.kind === '2d' ? { ...value, dims: reference.dims } : value,
        reference,
        INNER,
      );
    }
    errors.check(title, sample, golden.tensor('out_sample'), OUTPUT);
    return observed;
  }
}

/** Element `index` of the batch, as a batch of its own. */
export function batchElement(tensor: Tensor | undefined, index: number): Tensor {
  if (!tensor) throw new Error('there is no such tensor');
  const dims = [1, ...tensor.dims.slice(1)];
  const size = elementCount(dims);
  return floatTensor(Float32Array.from(numbersOf(tensor).subarray(index * size, (index + 1) * size)), dims);
}
