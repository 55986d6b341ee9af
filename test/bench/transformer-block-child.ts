// One case of the bench of a transformer block, in a process of its own whose memory nobody else has used:
// node transformer-block-child.ts CASE, a JSON of BlockCase; prints a JSON of BlockResult.
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { availableParallelism } from 'node:os';
import type { TransformerConfig } from '../../native/inference/configs.ts';
import type { AttentionKind } from '../../native/inference/graphs/attention.ts';
import { ditGraphs, type DitGraphs } from '../../native/inference/graphs/dit.ts';
import { cpuRuntime, type Runtime, type Tensors } from '../../native/inference/runtime/session.ts';
import type { WeightSource } from '../../native/inference/weights.ts';
import { GraphBuilder } from '../../native/onnx/graph-builder.ts';
import { elementCount, floatTensor, type Tensor } from '../../native/onnx/tensor.ts';
import { median } from './statistics.ts';

export interface BlockCase {
  readonly views: number;
  readonly frames: number;
  /** In tokens. */
  readonly height: number;
  readonly width: number;
  readonly attention: AttentionKind;
  readonly repetitions: number;
  /** File of numbers that weights are taken from. */
  readonly weights: string;
  readonly config: TransformerConfig;
}

export interface BlockResult {
  /** Median of the runs after the first. */
  readonly seconds: number;
  /** Median rate of a large matrix product in this process. */
  readonly peakGflops: number;
  /** Bytes of the process in its first run beyond those before the graph was there. */
  readonly peakBytes: number;
  readonly weightBytes: number;
}

/** A line of /proc/self/status in bytes. */
function status(name: string): number {
  const line = new RegExp(String.raw`^${name}:\s+(\d+) kB$`, 'm').exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(line?.[1]) * 1024;
}

/** Weights one behind the other in a file of any numbers; those outside of blocks are never read. */
function laidOut(path: string): WeightSource & { size(): number } {
  const offsets = new Map<string, number>();
  let size = 0;
  return {
    folder: dirname(path),
    weight(name, shape) {
      const inBlock = /^transformer_blocks\.1\.(.*)$/.exec(name)?.[1];
      const offset = inBlock === undefined ? 0 : size;
      if (inBlock !== undefined) {
        offsets.set(inBlock, offset);
        size += elementCount(shape) * 4;
      }
      return { type: 'float32', dims: shape, location: basename(path), offset };
    },
    size: () => size,
  };
}

function noise(dims: readonly number[]): Tensor {
  const values = Float32Array.from({ length: elementCount(dims) }, (_, i) => Math.sin(i * 12.9898) * 1.5);
  return floatTensor(values, dims);
}

async function time(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1000;
}

async function times(count: number, run: () => Promise<unknown>): Promise<number[]> {
  const seconds: number[] = [];
  for (let i = 0; i < count; i++) seconds.push(await time(run));
  return seconds;
}

/** Rate of the product that takes most of a block: the feed-forward network's, on many rows. */
async function measurePeak(runtime: Runtime, { weights: path, config, repetitions }: BlockCase): Promise<number> {
  const [rows, inner, outer] = [1024, config.heads * config.headSize, 4 * config.heads * config.headSize];
  const graph = new GraphBuilder('product');
  const input = graph.input('input', 'float32', [rows, inner]);
  const place = { type: 'float32', dims: [outer, inner], location: basename(path), offset: 0 } as const;
  const product = graph.op('Gemm', [input, graph.externalWeights('weight', place)], { transB: 1 });
  graph.output('output', product, 'float32', [rows, outer]);
  const session = await runtime.load({ name: 'a product', model: graph.encode(), folder: dirname(path) });
  const inputs = { input: noise([rows, inner]) };
  const [, ...seconds] = await times(repetitions + 3, () => session.run(inputs));
  await session.release();
  return (2 * rows * inner * outer) / 1e9 / median(seconds);
}

/** The middle block of three: a graph of its own, between streams. */
function blockGraph(run: BlockCase, weights: WeightSource): { part: DitGraphs['parts'][number]; inputs: Tensors } {
  const { views, frames, height, width, attention, config } = run;
  const sides = { height: height * config.patchSize, width: width * config.patchSize };
  const options = { kind: '4d', batch: 1, views, frames, ...sides, precision: 'float32', attention } as const;
  const { parts, size } = ditGraphs({ ...config, layers: 3 }, weights, { ...options, blocksPerGraph: 1 });
  const part = parts[1];
  if (!part) throw new Error('there is no middle block');
  const { tokens, textTokens, channels, timeSize } = size;
  const dims = [
    [1, views, frames, tokens, channels],
    [1, views, textTokens, channels],
    [1, frames, textTokens, channels],
    [1, timeSize],
  ];
  const inputs = Object.fromEntries(part.inputs.map((name, i) => [name, noise(dims[i] ?? [])]));
  return { part, inputs };
}

async function measure(run: BlockCase): Promise<BlockResult> {
  const runtime = cpuRuntime({ threads: availableParallelism() });
  const weights = laidOut(run.weights);
  const { part, inputs } = blockGraph(run, weights);
  const streams = Object.values(inputs).reduce((sum, { bytes }) => sum + bytes.length, 0);
  await warmUp(runtime, run);
  // The streams that go in are part of what a block needs.
  const before = status('VmRSS') - streams;
  const session = await runtime.load(part);
  await session.run(inputs);
  const peakBytes = status('VmHWM') - before;
  const seconds = median(await times(run.repetitions, () => session.run(inputs)));
  await session.release();
  return { seconds, peakBytes, weightBytes: weights.size(), peakGflops: await measurePeak(runtime, run) };
}

/** Brings in what the runtime needs for any network: its code, threads and tables, by a block as narrow as can be. */
async function warmUp(runtime: Runtime, run: BlockCase): Promise<void> {
  const narrow = { ...run, config: { ...run.config, heads: 1 }, views: 1, frames: 1, height: 2, width: 2 };
  const { part, inputs } = blockGraph(narrow, laidOut(run.weights));
  const session = await runtime.load(part);
  await session.run(inputs);
  await session.release();
}

const [run = ''] = process.argv.slice(2);
process.stdout.write(JSON.stringify(await measure(JSON.parse(run) as BlockCase)));
