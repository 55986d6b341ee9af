// One case of the bench of predicted memory, in a process of its own whose memory nobody else has used:
// node plan-peak-child.ts CASE, a JSON of PeakCase; prints a JSON of PeakResult. Linux alone.
import { floatTensor, elementCount, type Tensor } from '../../native/onnx/tensor.ts';
import type { TextEncoderConfig, TransformerConfig, VaeConfig } from '../../native/inference/configs.ts';
import { runNetworks, type Networks, type NetworksPlan } from '../../native/inference/generator/run-networks.ts';
import { VIDEO_FRAMES } from '../../native/inference/pipeline/pose-video.ts';
import type { RgbPicture } from '../../native/inference/pipeline/pixels.ts';
import { GROUP_VIEWS } from '../../native/inference/pipeline/view-groups.ts';
import { runtimeFor } from '../../native/inference/runtime/runtime-for.ts';
import type { Runtime } from '../../native/inference/runtime/session.ts';
import { forgetPeak, memoryOf } from './process-memory.ts';
import { LaidOutWeights, type StoredType } from './random-weights.ts';

/** A run of one group of views by networks of random weights. */
export interface PeakCase {
  readonly transformer: TransformerConfig;
  readonly vae: VaeConfig;
  readonly text: TextEncoderConfig;
  readonly width: number;
  readonly height: number;
  readonly steps: number;
  readonly plan: NetworksPlan;
  /** File of numbers that all weights are taken from, and their type. */
  readonly weights: string;
  readonly stored: StoredType;
  readonly tokenizerFolder: string;
  readonly cacheFolder: string;
}

export type Stage = 'text' | 'vae' | 'denoiser';

export interface PeakResult {
  /** Of the process with its code loaded, before it has read anything. */
  readonly baselineBytes: number;
  /** Most bytes of the process while each network was at work; what went before and was not yet let go of is part of it. */
  readonly peaks: Readonly<Record<Stage, number>>;
  /** Numbers in the weights of each network. */
  readonly parameters: Readonly<Record<Stage, number>>;
}

/** Counts what the process holds, stage by stage: whatever happens belongs to the network that was used last. */
class Watch {
  readonly peaks: Record<Stage, number> = { text: 0, vae: 0, denoiser: 0 };
  #stage: Stage = 'text';

  enter(stage: Stage): void {
    this.peaks[this.#stage] = Math.max(this.peaks[this.#stage], memoryOf('VmHWM'));
    this.#stage = stage;
    forgetPeak();
  }

  runtime(inner: Runtime): Runtime {
    return {
      load: async (graph) => {
        const stage = stageOf(graph.name);
        this.enter(stage);
        const session = await inner.load(graph);
        return {
          run: (inputs) => {
            this.enter(stage);
            return session.run(inputs);
          },
          release: () => session.release(),
        };
      },
    };
  }
}

function stageOf(graph: string): Stage {
  if (graph.startsWith('text')) return 'text';
  return graph.startsWith('VAE') ? 'vae' : 'denoiser';
}

const picture = (width: number, height: number, index: number): RgbPicture => ({
  ...{ width, height },
  rgb: Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7 + index * 31) % 256),
});

const rays = (width: number, height: number): Promise<Tensor> => {
  const dims = [6, height, width];
  return Promise.resolve(floatTensor(Float32Array.from({ length: elementCount(dims) }, (_, i) => Math.sin(i)), dims)); // prettier-ignore
};

async function measure(run: PeakCase): Promise<PeakResult> {
  const { transformer, vae, text, width, height, steps, weights: path, stored } = run;
  process.env.CHARACTERSHOT_CACHE = run.cacheFolder;
  await import('onnxruntime-node');
  const baselineBytes = memoryOf('VmRSS');
  const [denoiser, coder, encoder, guider] = Array.from({ length: 4 }, () => new LaidOutWeights(path, stored));
  if (!denoiser || !coder || !encoder || !guider) throw new Error('there are no weights');
  const networks: Networks = {
    kind: '4d',
    transformer: { config: transformer, weights: denoiser },
    vae: { config: vae, weights: coder },
    textEncoder: {
      config: text,
      weights: encoder,
      tokenizerFolder: run.tokenizerFolder,
      identity: JSON.stringify(run),
    },
    scheduler: { trainSteps: 1000, betaStart: 0.00085, betaEnd: 0.012, snrShift: 1, zeroSnr: true },
    cameraGuider: guider,
    cameraEmbedding: () => rays(width, height),
  };
  const request = {
    ...{ prompt: 'smooth motion', negativePrompt: 'low quality', guidanceScale: 6, seed: 1, steps },
    ...{ frames: VIDEO_FRAMES, referencePose: picture(width, height, 0) },
    views: Array.from({ length: GROUP_VIEWS }, (_, view) => picture(width, height, view)),
    poses: Array.from({ length: VIDEO_FRAMES }, (_, frame) => picture(width, height, frame)),
  };
  const watch = new Watch();
  const memory = { groupsDone: 0, keepPoses: () => Promise.resolve(), keepState: () => Promise.resolve() };
  const made = runNetworks(networks, request, run.plan, {
    runtimeOf: (place) => watch.runtime(runtimeFor(place)),
    memory,
  });
  let views = 0;
  for await (const { frames } of made) views += frames.length / VIDEO_FRAMES;
  if (views !== GROUP_VIEWS) throw new Error(`${views} views were made`);
  watch.enter('text');
  const parameters = { text: encoder.parameters, vae: coder.parameters, denoiser: denoiser.parameters };
  return { baselineBytes, peaks: watch.peaks, parameters };
}

const [run = ''] = process.argv.slice(2);
process.stdout.write(JSON.stringify(await measure(JSON.parse(run) as PeakCase)));
