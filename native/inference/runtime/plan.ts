import { AppError } from '../../../core/errors.ts';
import type { TextEncoderConfig, TransformerConfig, VaeConfig } from '../configs.ts';
import type { AttentionKind } from '../graphs/attention.ts';
import type { DitPlan } from '../graphs/open-dit.ts';
import type { Precision } from '../graphs/module-builder.ts';
import {
  allRows,
  denoiserFlops,
  scaleFlops,
  streamRows,
  sumFlops,
  textFlops,
  totalFlops,
  type Flops,
} from './flops.ts';
import type { Rates } from './measure-rates.ts';
import { placementsFor, PROVIDER_NAMES, type Placements, type Provider } from './provider.ts';
import { decodeCost, encodeCost, spatialFactor } from './vae-cost.ts';

/** What is to be run: the networks' configs and the bytes of their weights as they are stored. */
export interface PlannedNetworks {
  readonly kind: '4d' | '2d';
  readonly transformer: { readonly config: TransformerConfig; readonly parameters: number };
  readonly vae: { readonly config: VaeConfig; readonly parameters: number };
  readonly textEncoder: { readonly config: TextEncoderConfig; readonly parameters: number };
}

export interface PlannedRun {
  /** Of the canvas, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Frames that the networks make, 8k + 1. */
  readonly frames: number;
  readonly steps: number;
  /** Groups of views, and views in each. */
  readonly groups: number;
  readonly views: number;
}

export interface Device {
  readonly provider: Provider;
  /** What it is called in messages: "NVIDIA GeForce RTX 4090". */
  readonly name: string;
  /** Free memory in bytes; unknown on some systems, and then not checked. */
  readonly freeBytes?: number;
  readonly rates?: Rates;
  readonly computeCapability?: number;
}

/** How the networks will be run, and what that is expected to cost. */
export interface Plan {
  readonly device: Device;
  readonly placements: Placements;
  readonly attention: AttentionKind;
  readonly dit: { readonly plan: DitPlan; readonly blocksPerGraph: number; readonly guidanceBatch: 1 | 2 };
  readonly text: { readonly blocksPerGraph: number };
  /** Most memory that any stage holds at a time, in bytes. */
  readonly peakBytes: number;
  /** Whole run; missing where the device was not measured. */
  readonly seconds?: number;
  readonly flops: number;
}

const BYTES: Readonly<Record<Precision, number>> = { float32: 4, float16: 2, bfloat16: 2 };

/**
 * Streams as wide as the model that a block holds at its fullest, as a multiple of all its rows: the streams themselves, both normed
 * ones, q, k, v and what attention gives, and what waits for the residual sum. Measured with bench transformer-block.
 */
const BLOCK_STREAMS = 9;
/** Of a second, what reading weights from a disk or over the bus takes for each byte. */
const SECONDS_PER_BYTE = 1 / 2e9;
/** Of the free memory, what a plan may fill: others live there too. */
const SHARE = 0.9;
/** Graphs, the runtime itself and JavaScript. */
const OVERHEAD = 3e8;

/**
 * The fastest way to run the networks on a device that fits into its memory (MODEL sizes and activations by formula). Throws an
 * `AppError` that says what the leanest way needs where none fits.
 */
export function planRun(networks: PlannedNetworks, run: PlannedRun, device: Device): Plan {
  const plans = candidates(networks, run, device);
  const room = (device.freeBytes ?? Infinity) * SHARE;
  const [best] = plans.filter(({ peakBytes }) => peakBytes <= room);
  if (best) return best;
  const least = plans.reduce((a, b) => (b.peakBytes < a.peakBytes ? b : a));
  throw new AppError(
    'failed',
    `${device.name} has ${gigabytes(device.freeBytes ?? 0)} of memory free and the leanest plan (${describeDit(least)}) needs ` +
      `${gigabytes(least.peakBytes / SHARE)}; close other programs, or use a machine with more.`,
  );
}

/** One sentence: where, how, how much memory and how long. */
export function describePlan(plan: Plan): string {
  const { device, peakBytes, seconds, placements } = plan;
  const where =
    device.provider === 'cpu' ? device.name : `${device.name} with ${PROVIDER_NAMES[device.provider]}, untested by us,`;
  const long = seconds === undefined ? 'for an unknown time' : `for about ${spoken(seconds)}`;
  return (
    `The networks run on ${where} in ${placements.dit.precision}, ${describeDit(plan)}, with up to ` +
    `${gigabytes(peakBytes)} of memory, ${long}.`
  );
}

/** All ways, the fastest first. */
function candidates(networks: PlannedNetworks, run: PlannedRun, device: Device): Plan[] {
  const { layers } = networks.transformer.config;
  const splits = [layers, ...[2, 3, 6, 14, layers].map((parts) => Math.max(1, Math.ceil(layers / parts)))];
  const plans = [...new Set(splits)].flatMap((blocksPerGraph) =>
    ([2, 1] as const).map((guidanceBatch) => planOf(networks, run, device, blocksPerGraph, guidanceBatch)),
  );
  return plans.sort(
    (a, b) => weightReads(a, networks) - weightReads(b, networks) || b.dit.guidanceBatch - a.dit.guidanceBatch,
  );
}

/** How often the transformer's weights are read in one step: what tells plans of equal arithmetic apart. */
const weightReads = ({ dit }: Plan, { transformer }: PlannedNetworks): number =>
  dit.plan === 'resident' ? 0 : (2 / dit.guidanceBatch) * (transformer.config.layers / dit.blocksPerGraph + 1000);

function planOf(
  networks: PlannedNetworks,
  run: PlannedRun,
  device: Device,
  blocksPerGraph: number,
  guidanceBatch: 1 | 2,
): Plan {
  const { transformer, vae, textEncoder } = networks;
  const placements = placementsFor(device.provider, device.computeCapability);
  const { layers } = transformer.config;
  const plan: DitPlan = blocksPerGraph >= layers ? 'resident' : 'group';
  const shape = denoiserShape(networks, run);
  const streams = allRows(streamRows({ ...shape, batch: guidanceBatch }));
  const width = transformer.config.heads * transformer.config.headSize;
  const ditBytes = BYTES[placements.dit.precision];
  const ditWeights = transformer.parameters * ditBytes * Math.min(1, blocksPerGraph / layers);
  const ditPeak = ditWeights + streams * width * BLOCK_STREAMS * ditBytes;

  const frames = run.frames;
  const latentFrames = 1 + (frames - 1) / vae.config.temporalCompression;
  const encode = encodeCost(vae.config, frames, run.height, run.width);
  const still = encodeCost(vae.config, 1, run.height, run.width);
  const decode = decodeCost(vae.config, latentFrames, run.height, run.width);
  const vaeBytes = BYTES[placements.vae.precision];
  const vaePeak =
    Math.max(...[encode, decode].map(({ peakNumbers, cacheNumbers }) => (peakNumbers + cacheNumbers) * vaeBytes)) +
    vae.parameters * vaeBytes +
    3 * frames * run.width * run.height * 4 * 2;

  const textBlocks = Math.max(1, Math.ceil(textEncoder.config.layers / 6));
  const textBytes = BYTES[placements.text.precision];
  const textPeak = (textEncoder.parameters * textBytes * textBlocks) / textEncoder.config.layers;

  const denoising = scaleFlops(denoiserFlops(transformer.config, { ...shape, batch: 2 }), run.steps * run.groups);
  const pictures = run.groups * run.views;
  const coding = sumFlops([
    encode.flops,
    scaleFlops(still.flops, pictures + 1),
    scaleFlops(decode.flops, pictures - (run.groups - 1)),
  ]);
  const text = textFlops(textEncoder.config, 2, transformer.config.textTokens);
  const flops = sumFlops([denoising, coding, text]);
  const reads = plan === 'resident' ? run.groups : run.steps * run.groups * (2 / guidanceBatch);
  const moved = reads * transformer.parameters * ditBytes * SECONDS_PER_BYTE;
  return {
    ...{ device, placements, attention: 'fused' as const },
    dit: { plan, blocksPerGraph: Math.min(blocksPerGraph, layers), guidanceBatch },
    text: { blocksPerGraph: textBlocks },
    peakBytes: Math.max(ditPeak, vaePeak, textPeak) + OVERHEAD,
    flops: totalFlops(flops),
    ...(device.rates ? { seconds: secondsFor(flops, device.rates) + moved } : {}),
  };
}

function denoiserShape({ kind, transformer, vae }: PlannedNetworks, { width, height, frames, views }: PlannedRun) {
  const cell = spatialFactor(vae.config) * transformer.config.patchSize;
  return {
    ...{ views, textTokens: transformer.config.textTokens, acrossViews: kind === '4d' },
    frames: 2 + (frames - 1) / vae.config.temporalCompression,
    tokens: (width / cell) * (height / cell),
  };
}

const secondsFor = ({ linear, attention, convolution }: Flops, rates: Rates): number =>
  linear / rates.linear + attention / rates.attention + convolution / rates.convolution;

function describeDit({ dit }: Plan): string {
  const blocks = dit.plan === 'resident' ? 'all blocks loaded' : `${dit.blocksPerGraph} blocks loaded at a time`;
  return dit.guidanceBatch === 2 ? blocks : `${blocks}, one prompt after the other`;
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

function spoken(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} seconds`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} minutes`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} hours` : `${Math.round(seconds / 86_400)} days`;
}
