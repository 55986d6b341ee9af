// One case of the bench of the VAE decoder, in a process of its own whose memory nobody else has used:
// node vae-decoder-child.ts CASE, a JSON of DecoderCase; prints a JSON of DecoderResult.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname } from 'node:path';
import type { VaeConfig } from '../../native/inference/configs.ts';
import { cpuRuntime, type Runtime, type Session } from '../../native/inference/runtime/session.ts';
import { openVae } from '../../native/inference/vae/vae.ts';
import type { WeightSource } from '../../native/inference/weights.ts';
import { GraphBuilder } from '../../native/onnx/graph-builder.ts';
import { elementCount, floatTensor, type Tensor } from '../../native/onnx/tensor.ts';
import { median } from './statistics.ts';

export interface DecoderCase {
  readonly config: VaeConfig;
  /** Size of the latents; five frames are decoded: a first batch of three and a later one of two. */
  readonly height: number;
  readonly width: number;
  /** File of numbers that weights are taken from. */
  readonly weights: string;
}

export interface DecoderResult {
  readonly batches: readonly BatchResult[];
  readonly weightBytes: number;
}

export interface BatchResult {
  readonly seconds: number;
  /** Of all threads together: on a machine that does other things too, the fair measure. */
  readonly cpuSeconds: number;
  /** Most bytes of the process so far, beyond those before the decoder was there. */
  readonly peakBytes: number;
  /** Median rates of a large matrix product just before and after, by the clock and by processor time. */
  readonly product: Rates;
}

export interface Rates {
  readonly gflops: number;
  readonly cpuGflops: number;
}

/** A line of /proc/self/status in bytes. */
function status(name: string): number {
  const line = new RegExp(String.raw`^${name}:\s+(\d+) kB$`, 'm').exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(line?.[1]) * 1024;
}

/** Weights one behind the other in a file of any numbers. */
class LaidOut implements WeightSource {
  readonly folder: string;
  readonly #location: string;
  readonly #offsets = new Map<string, number>();
  size = 0;

  constructor(path: string) {
    this.folder = dirname(path);
    this.#location = basename(path);
  }

  weight(name: string, shape: readonly number[]) {
    const offset = this.#offsets.get(name) ?? this.size;
    if (offset === this.size) this.size += elementCount(shape) * 4;
    this.#offsets.set(name, offset);
    return { type: 'float32', dims: shape, location: this.#location, offset } as const;
  }
}

function noise(dims: readonly number[]): Tensor {
  return floatTensor(
    Float32Array.from({ length: elementCount(dims) }, (_, i) => Math.sin(i * 12.9898) * 1.5),
    dims,
  );
}

async function timed(run: () => Promise<unknown>): Promise<{ seconds: number; cpuSeconds: number }> {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  await run();
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6 };
}

const [ROWS, INNER, OUTER] = [1024, 2048, 2048];

async function loadProduct(runtime: Runtime): Promise<Session> {
  const graph = new GraphBuilder('product');
  const input = graph.input('input', 'float32', [ROWS, INNER]);
  const weight = graph.weights('weight', noise([OUTER, INNER]));
  graph.output('output', graph.op('Gemm', [input, weight], { transB: 1 }), 'float32', [ROWS, OUTER]);
  return runtime.load({ name: 'a product', model: graph.encode(), folder: '/' });
}

async function measure({ config, height, width, weights: path }: DecoderCase): Promise<DecoderResult> {
  const runtime = cpuRuntime({ threads: availableParallelism() });
  const product = await loadProduct(runtime);
  const factor = noise([ROWS, INNER]);
  const measureProduct = async (): Promise<Rates> => {
    const runs = [];
    for (let i = 0; i < 12; i++) runs.push(await timed(() => product.run({ input: factor })));
    const rate = (seconds: readonly number[]): number => (2 * ROWS * INNER * OUTER) / 1e9 / median(seconds);
    return { gflops: rate(runs.map((r) => r.seconds)), cpuGflops: rate(runs.map((r) => r.cpuSeconds)) };
  };
  let productBefore = await measureProduct();
  const before = status('VmRSS');
  const weights = new LaidOut(path);
  const batches: BatchResult[] = [];
  const observed: Runtime = {
    async load(graph) {
      const session = await runtime.load(graph);
      return {
        async run(inputs) {
          let results = {};
          const times = await timed(async () => {
            results = await session.run(inputs);
          });
          const peakBytes = status('VmHWM') - before;
          const after = await measureProduct();
          const [gflops, cpuGflops] = [
            (productBefore.gflops + after.gflops) / 2,
            (productBefore.cpuGflops + after.cpuGflops) / 2,
          ];
          productBefore = after;
          batches.push({ ...times, peakBytes, product: { gflops, cpuGflops } });
          return results;
        },
        release: () => session.release(),
      };
    },
  };
  const vae = openVae(observed, { config, weights, precision: 'float32' });
  await vae.decode(noise([1, config.latentChannels, 5, height, width]));
  await vae.release();
  return { batches, weightBytes: weights.size };
}

const [run = ''] = process.argv.slice(2);
process.stdout.write(JSON.stringify(await measure(JSON.parse(run) as DecoderCase)));
