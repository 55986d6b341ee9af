import { AppError } from '../../../core/errors.ts';
import type { OnProgress } from '../../../core/progress.ts';
import type { Tensor } from '../../onnx/tensor.ts';
import { cameraLatents } from '../cameras/camera-latents.ts';
import type { SchedulerConfig, TextEncoderConfig, TransformerConfig, VaeConfig } from '../configs.ts';
import type { AttentionKind } from '../graphs/attention.ts';
import { ditGraphs } from '../graphs/dit.ts';
import { openDit, type Dit, type DitPlan } from '../graphs/open-dit.ts';
import type { Denoiser, VideoCoder } from '../pipeline/contract.ts';
import { ditDenoiser } from '../pipeline/dit-denoiser.ts';
import type { DenoiseState } from '../pipeline/denoise-state.ts';
import type { DenoiseSettings } from '../pipeline/denoise.ts';
import { part, reshaped, stacked } from '../pipeline/floats.ts';
import { poseLatents } from '../pipeline/latents.ts';
import { makeViews, type MadeView } from '../pipeline/make-views.ts';
import { picturesOf, videoOf, type RgbPicture } from '../pipeline/pixels.ts';
import { run2d } from '../pipeline/run-group.ts';
import { GROUP_VIEWS, viewGroups } from '../pipeline/view-groups.ts';
import type { Placements } from '../runtime/provider.ts';
import type { Runtime } from '../runtime/session.ts';
import { seededNoise } from '../schedule/noise.ts';
import { dpmSteps } from '../schedule/steps.ts';
import { promptEmbeddings } from '../text/prompt-embeddings.ts';
import { openVae, type Vae } from '../vae/vae.ts';
import type { WeightSource } from '../weights.ts';

/** The networks of a checkpoint, whose weights lie in its files. */
export interface Networks {
  readonly kind: '4d' | '2d';
  readonly transformer: { readonly config: TransformerConfig; readonly weights: WeightSource };
  readonly vae: { readonly config: VaeConfig; readonly weights: WeightSource };
  readonly textEncoder: {
    readonly config: TextEncoderConfig;
    readonly weights: WeightSource;
    readonly tokenizerFolder: string;
    /** See `KnownTextEncoder`. */
    readonly identity: string;
  };
  readonly scheduler: SchedulerConfig;
  /** 4D only. */
  readonly cameraGuider?: WeightSource;
  /** The ray embedding of a view, [6, height, width]; 4D only. */
  readonly cameraEmbedding?: (view: number) => Promise<Tensor>;
}

/** How the networks are run on this machine. */
export interface NetworksPlan {
  readonly placements: Placements;
  readonly attention: AttentionKind;
  readonly dit: { readonly plan: DitPlan; readonly blocksPerGraph: number; readonly guidanceBatch: 1 | 2 };
  readonly text: { readonly blocksPerGraph: number };
}

export interface NetworksRequest {
  /** Pictures of all views on the canvas; one of the 2D model. */
  readonly views: readonly RgbPicture[];
  readonly referencePose: RgbPicture;
  /** As many as the networks make frames. */
  readonly poses: readonly RgbPicture[];
  /** Frames that are kept. */
  readonly frames: number;
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly steps: number;
  readonly guidanceScale: number;
  readonly seed: number;
}

/** What a run that was stopped left behind, and where this one leaves it. */
export interface RunMemory {
  /** Groups whose views are all kept. */
  readonly groupsDone: number;
  /** State of the next group. */
  readonly state?: DenoiseState;
  /** Kept latents of the poses. */
  readonly poses?: Tensor;
  readonly keepPoses: (latents: Tensor) => Promise<void>;
  readonly keepState: (group: number, state: DenoiseState) => Promise<void>;
}

export interface RunNetworksOptions {
  readonly runtimeOf: (placement: Placements['dit']) => Runtime;
  readonly memory: RunMemory;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/**
 * Runs the networks on prepared pictures and gives every view's frames as they are made: text, poses, then group after group. Nothing but
 * the transformer stays loaded between them, and that only when its plan is `resident` while it denoises.
 * Throws an `AppError` that says what to do, and the signal's reason when aborted.
 */
export async function* runNetworks(
  networks: Networks,
  request: NetworksRequest,
  plan: NetworksPlan,
  { runtimeOf, memory, signal, onProgress }: RunNetworksOptions,
): AsyncGenerator<MadeView> {
  const { textEncoder, vae: vaeNetwork, scheduler } = networks;
  const { placements, text } = plan;
  const progress = stepsOf(onProgress);
  const embeddings = await progress.task('Reading the prompts', 2, 'prompts', () =>
    promptEmbeddings(runtimeOf(placements.text), textEncoder, [request.negativePrompt, request.prompt], {
      tokens: networks.transformer.config.textTokens,
      precision: placements.text.precision,
      blocksPerGraph: text.blocksPerGraph,
      ...(signal ? { signal } : {}),
    }),
  );
  const [negativePrompt, prompt] = [textAt(embeddings, 0), textAt(embeddings, 1)];

  const vae = openVae(runtimeOf(placements.vae), { ...vaeNetwork, precision: placements.vae.precision });
  const transformer = new LazyTransformer(networks, request, plan, runtimeOf(placements.dit), vae, signal);
  const coder = coderOf(vae, transformer, signal);
  const maker = { coder, scale: vaeNetwork.config.scalingFactor, noise: seededNoise(request.seed) };
  try {
    const poses =
      memory.poses ??
      (await progress.task('Encoding the poses', 2, 'pose videos', () =>
        poseLatents(videoOf(request.poses), videoOf([request.referencePose]), maker),
      ));
    if (!memory.poses) await memory.keepPoses(poses);
    const settings: DenoiseSettings = {
      steps: dpmSteps(scheduler, request.steps),
      guidanceScale: request.guidanceScale,
      halves: plan.dit.guidanceBatch === 2 ? 'together' : 'one-by-one',
    };
    const all = { ...maker, denoiser: transformer };
    const shared = { poses, prompt, negativePrompt };
    progress.begin('Denoising', groupCount(networks, request) * request.steps, 'steps');
    const keep = async (group: number, state: DenoiseState): Promise<void> => {
      await memory.keepState(group, state);
      progress.tick(group * request.steps + state.stepsDone);
    };
    const from = { group: memory.groupsDone, ...(memory.state ? { state: memory.state } : {}) };
    progress.tick(from.group * request.steps + (memory.state?.stepsDone ?? 0));
    if (networks.kind === '2d') {
      const [picture] = request.views;
      if (!picture) throw new RangeError('There is no picture.');
      const hooks = {
        onState: (state: DenoiseState) => keep(0, state),
        ...(memory.state ? { from: memory.state } : {}),
        ...(signal ? { signal } : {}),
      };
      const video = await run2d(all, { ...shared, picture }, settings, hooks);
      yield { group: 0, view: 0, frames: picturesOf(video, request.frames) };
    } else {
      const camera = cameraOf(networks, runtimeOf({ provider: 'cpu', precision: 'float32' }));
      const inputs = { ...shared, pictures: request.views, camera, frames: request.frames };
      yield* makeViews(all, inputs, settings, { onState: keep, from, ...(signal ? { signal } : {}) });
    }
    progress.end();
  } catch (error) {
    progress.fail();
    throw error;
  } finally {
    await transformer.release();
    await vae.release();
  }
}

const groupCount = ({ kind }: Networks, { views }: NetworksRequest): number =>
  kind === '2d' ? 1 : viewGroups(views.length).length;

const textAt = (embeddings: Tensor, index: number): Tensor =>
  reshaped(part(embeddings, index), embeddings.dims.slice(1));

function cameraOf({ cameraGuider, cameraEmbedding, transformer }: Networks, runtime: Runtime) {
  const { heads, headSize } = transformer.config;
  return async (views: readonly number[]): Promise<Tensor> => {
    if (!cameraGuider || !cameraEmbedding) {
      throw new AppError('bad-input', 'The checkpoint has no camera guider, which the 4D model needs; fetch it again.');
    }
    const embeddings: Tensor[] = [];
    for (const view of views) embeddings.push(await cameraEmbedding(view));
    const all = reshaped(stacked(embeddings), [views.length, ...(embeddings[0]?.dims ?? [])]);
    return cameraLatents(runtime, cameraGuider, all, heads * headSize);
  };
}

/**
 * The transformer, loaded at the first step and let go of before the VAE works, and the VAE the other way round: the two never share the
 * device's memory.
 */
class LazyTransformer implements Denoiser {
  readonly #open: () => Promise<Dit>;
  readonly #kind: '4d' | '2d';
  readonly #signal: AbortSignal | undefined;
  #dit: Dit | undefined;

  constructor(
    { kind, transformer, vae: { config } }: Networks,
    { poses, views }: NetworksRequest,
    { placements, attention, dit }: NetworksPlan,
    runtime: Runtime,
    vae: Vae,
    signal: AbortSignal | undefined,
  ) {
    const [picture] = views;
    if (!picture) throw new RangeError('There is no picture.');
    const scale = 2 ** (config.blockChannels.length - 1);
    const frames = 2 + (poses.length - 1) / config.temporalCompression;
    this.#kind = kind;
    this.#signal = signal;
    this.#open = async () => {
      await vae.release();
      const graphs = ditGraphs(transformer.config, transformer.weights, {
        ...{ kind, frames, attention, batch: dit.guidanceBatch, precision: placements.dit.precision },
        views: kind === '2d' ? 1 : GROUP_VIEWS,
        height: picture.height / scale,
        width: picture.width / scale,
        blocksPerGraph: dit.blocksPerGraph,
      });
      return openDit(runtime, graphs, dit.plan);
    };
  }

  async predict(input: Parameters<Denoiser['predict']>[0]): Promise<Tensor> {
    this.#dit ??= await this.#open();
    return ditDenoiser(this.#dit, { kind: this.#kind }, this.#signal).predict(input);
  }

  async release(): Promise<void> {
    const dit = this.#dit;
    this.#dit = undefined;
    await dit?.release();
  }
}

function coderOf(vae: Vae, transformer: LazyTransformer, signal: AbortSignal | undefined): VideoCoder {
  const options = signal ? { signal } : {};
  return {
    encode: (video) => vae.encode(video, options),
    async decode(latents) {
      await transformer.release();
      return vae.decode(latents, options);
    },
  };
}

/** Tasks that follow one another; of each the end is told, also when it fails. */
function stepsOf(onProgress: OnProgress | undefined) {
  let running = false;
  const begin = (task: string, total: number, unit: string): void => {
    running = true;
    onProgress?.({ type: 'begin', task, total, unit });
  };
  const finish = (type: 'end' | 'failed'): void => {
    if (running) onProgress?.({ type });
    running = false;
  };
  return {
    begin,
    tick: (done: number): void => onProgress?.({ type: 'tick', done }),
    end: (): void => {
      finish('end');
    },
    fail: (): void => {
      finish('failed');
    },
    async task<T>(name: string, total: number, unit: string, work: () => Promise<T>): Promise<T> {
      begin(name, total, unit);
      try {
        const result = await work();
        onProgress?.({ type: 'tick', done: total });
        finish('end');
        return result;
      } catch (error) {
        finish('failed');
        throw error;
      }
    },
  };
}
