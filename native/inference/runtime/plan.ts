import { AppError } from '../../../core/errors.ts';
import type { TextEncoderConfig, TransformerConfig, VaeConfig } from '../configs.ts';
import type { AttentionKind } from '../graphs/attention.ts';
import type { DitPlan } from '../graphs/open-dit.ts';
import type { Precision } from '../graphs/module-builder.ts';
import { denoiserFlops, scaleFlops, sumFlops, textFlops, totalFlops, type Flops } from './flops.ts';
import type { Rates } from './measure-rates.ts';
import { BYTES, denoiserNeed, textNeed, vaeNeed, type Need } from './memory.ts';
import { placementsFor, PROVIDER_NAMES, type Placement, type Placements, type Provider } from './provider.ts';
import { decodeCost, encodeCost, spatialFactor } from './vae-cost.ts';

/** What is to be run: the networks' configs and the bytes of their weights as they are stored. */
export interface PlannedNetworks {
  readonly kind: '4d' | '2d';
  readonly transformer: PlannedModule & { readonly config: TransformerConfig };
  readonly vae: PlannedModule & { readonly config: VaeConfig };
  readonly textEncoder: PlannedModule & { readonly config: TextEncoderConfig };
}

export interface PlannedModule {
  /** Numbers in its weights. */
  readonly parameters: number;
  /** Bytes of its files, where they are known. */
  readonly weights?: { readonly size: number };
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

export type Network = 'text' | 'vae' | 'denoiser';

/** How the networks will be run, and what that is expected to cost. */
export interface Plan {
  readonly device: Device;
  readonly placements: Placements;
  readonly attention: AttentionKind;
  readonly dit: { readonly plan: DitPlan; readonly blocksPerGraph: number; readonly guidanceBatch: 1 | 2 };
  readonly text: { readonly blocksPerGraph: number };
  /** Most memory of the device that any network holds at a time, in bytes; on the processor that of the whole process. */
  readonly peakBytes: number;
  /** The same by the network that is at work, wherever it is. */
  readonly stages: Readonly<Record<Network, number>>;
  /** Most of the computer's own memory; on the processor the same as `peakBytes`. */
  readonly hostBytes: number;
  /** Whole run; missing where the device was not measured. */
  readonly seconds?: number;
  readonly flops: number;
}

/** Of a second, what reading weights from a disk or over the bus takes for each byte. */
const SECONDS_PER_BYTE = 1 / 2e9;
/** Of the free memory, what a plan may fill: others live there too. */
const SHARE = 0.9;
/** A plan that takes no less than this share of another's memory is not worth choosing. */
const CLEARLY_LESS = 0.9;
/** Of a process before any network: Node and the runtime, 90 MB, graphs, threads and what JavaScript has not collected yet. */
const OVERHEAD = 2.8e8;
/** Of a card before any network: the provider's own kernels and buffers. Not measured. */
const CARD_OVERHEAD = 5e8;
/** CUDA's arena grows by doubling, which onnxruntime-node cannot change. Not measured. */
const CARD_SLACK = 2;

export interface PlanLimits {
  /** Most bytes that the device may give, as the user says. */
  readonly limitBytes?: number;
  /** Free bytes of the computer's own memory, for a run on a card; unknown is not checked. */
  readonly hostFreeBytes?: number;
}

/**
 * The fastest way to run the networks on a device that fits into its memory and within the limits. Throws an `AppError` that says
 * what the leanest way needs where none fits.
 */
export function planRun(networks: PlannedNetworks, run: PlannedRun, device: Device, limits: PlanLimits = {}): Plan {
  const plans = plansFor(networks, run, device);
  const { limitBytes = Infinity, hostFreeBytes = Infinity } = limits;
  const room = Math.min((device.freeBytes ?? Infinity) * SHARE, limitBytes);
  const onDevice = plans.filter(({ peakBytes }) => peakBytes <= room);
  const best = onDevice.find(({ hostBytes }) => device.provider === 'cpu' || hostBytes <= hostFreeBytes * SHARE);
  if (best) return best;
  throw onDevice.length === 0
    ? tooSmall(device, leanest(plans, 'peakBytes'), limitBytes)
    : hostTooSmall(device, leanest(onDevice, 'hostBytes'), hostFreeBytes);
}

/**
 * What to do when memory runs out in a run that goes as `plan` says: the next plan that takes clearly less, and how to choose it.
 */
export function outOfMemoryRemedy(networks: PlannedNetworks, run: PlannedRun, plan: Plan): string {
  const leaner = plansFor(networks, run, plan.device).find(
    ({ peakBytes }) => peakBytes < plan.peakBytes * CLEARLY_LESS,
  );
  if (!leaner) return 'close other programs, or use a machine with more; this is the leanest plan';
  const limit = (Math.ceil(leaner.peakBytes / 1e8) / 10).toFixed(1);
  return (
    `close other programs, or choose the next leaner plan (${describeDit(leaner)}, up to ${gigabytes(leaner.peakBytes)}) ` +
    `with --memory-limit ${limit}`
  );
}

const leanest = (plans: readonly Plan[], where: 'peakBytes' | 'hostBytes'): Plan =>
  plans.reduce((a, b) => (b[where] < a[where] ? b : a));

function tooSmall({ name, freeBytes = Infinity }: Device, least: Plan, limitBytes: number): AppError {
  const needed = least.peakBytes;
  const plan = `the leanest plan (${describeDit(least)}) needs`;
  const sentence =
    needed <= freeBytes * SHARE
      ? `A limit of ${gigabytes(limitBytes)} is too little: ${plan} ${gigabytes(needed)}; give --memory-limit that much or more.`
      : `${name} has ${gigabytes(freeBytes, Math.floor)} of memory free and ${plan} ${gigabytes(needed / SHARE)}; ` +
        'close other programs, or use a machine with more.';
  return new AppError('failed', sentence);
}

function hostTooSmall({ name }: Device, least: Plan, freeBytes: number): AppError {
  return new AppError(
    'failed',
    `The computer has ${gigabytes(freeBytes, Math.floor)} of memory free and for running on ${name} (${describeDit(least)}) it needs ` +
      `${gigabytes(least.hostBytes / SHARE)}; close other programs, or use a machine with more.`,
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
export function plansFor(networks: PlannedNetworks, run: PlannedRun, device: Device): Plan[] {
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
  const { transformer, textEncoder } = networks;
  const placements = placementsFor(device.provider, device.computeCapability);
  const { layers } = transformer.config;
  const plan: DitPlan = blocksPerGraph >= layers ? 'resident' : 'group';
  const textBlocks = Math.max(1, Math.ceil(textEncoder.config.layers / 6));
  const flops = flopsOf(networks, run);
  const reads = plan === 'resident' ? run.groups : run.steps * run.groups * (2 / guidanceBatch);
  const moved = reads * transformer.parameters * BYTES[placements.dit.precision] * SECONDS_PER_BYTE;
  const dit = { plan, blocksPerGraph: Math.min(blocksPerGraph, layers), guidanceBatch };
  const memory = memoryOf(networks, run, placements, dit, textBlocks);
  return {
    ...{ device, placements, attention: 'fused' as const, dit, ...memory },
    text: { blocksPerGraph: textBlocks },
    flops: totalFlops(flops),
    ...(device.rates ? { seconds: secondsFor(flops, device.rates) + moved } : {}),
  };
}

/** Networks come one after the other, so that the one that needs most decides; of a card's also what the computer itself needs. */
function memoryOf(
  networks: PlannedNetworks,
  run: PlannedRun,
  placements: Placements,
  dit: Plan['dit'],
  textBlocks: number,
): Pick<Plan, 'peakBytes' | 'hostBytes' | 'stages'> {
  const { transformer, vae, textEncoder } = networks;
  const shape = { ...denoiserShape(networks, run), batch: dit.guidanceBatch };
  const { blocksPerGraph } = dit;
  const prompts = { prompts: 2, tokens: transformer.config.textTokens };
  const load = ({ parameters }: PlannedModule, { precision }: Placement) => ({ parameters, precision });
  const needs: Readonly<Record<Network, Need>> = {
    text: textNeed(textEncoder.config, {
      ...{ ...load(textEncoder, placements.text), ...prompts, blocksPerGraph: textBlocks },
    }),
    vae: vaeNeed(vae.config, { ...load(vae, placements.vae), ...run, ...vaeCosts(networks, run) }),
    denoiser: denoiserNeed(transformer.config, { ...load(transformer, placements.dit), shape, blocksPerGraph }),
  };
  const places = { text: placements.text, vae: placements.vae, denoiser: placements.dit };
  const modules = { text: textEncoder, vae, denoiser: transformer };
  const stage = (name: Network): number => {
    const { weights, activations, outside } = needs[name];
    if (places[name].provider === 'cpu') return OVERHEAD + weights + activations + outside;
    return CARD_OVERHEAD + weights + activations * CARD_SLACK;
  };
  const host = (name: Network): number => {
    if (places[name].provider === 'cpu') return stage(name);
    const { weights, outside } = needs[name];
    return OVERHEAD + outside + (isConverted(modules[name], places[name].precision) ? weights : 0);
  };
  const names = ['text', 'vae', 'denoiser'] as const;
  const stages = { text: stage('text'), vae: stage('vae'), denoiser: stage('denoiser') };
  const hostBytes = Math.max(...names.map(host));
  const onCard = names.filter((name) => places[name].provider !== 'cpu').map((name) => stages[name]);
  return { stages, hostBytes, peakBytes: onCard.length === 0 ? hostBytes : Math.max(...onCard) };
}

/**
 * Whether the runtime makes weights of another type while it loads a graph, which it does in the computer's own memory. The checkpoint
 * is of bfloat16 or float32; which of them its size tells.
 */
const isConverted = ({ weights, parameters }: PlannedModule, precision: Precision): boolean =>
  precision === 'float16' || (weights !== undefined && Math.round(weights.size / parameters) !== BYTES[precision]);

function vaeCosts({ vae }: PlannedNetworks, { frames, height, width }: PlannedRun) {
  const latentFrames = 1 + (frames - 1) / vae.config.temporalCompression;
  return {
    encode: encodeCost(vae.config, frames, height, width),
    still: encodeCost(vae.config, 1, height, width),
    decode: decodeCost(vae.config, latentFrames, height, width),
  };
}

function flopsOf(networks: PlannedNetworks, run: PlannedRun): Flops {
  const { transformer, textEncoder } = networks;
  const { encode, still, decode } = vaeCosts(networks, run);
  const shape = { ...denoiserShape(networks, run), batch: 2 };
  const denoising = scaleFlops(denoiserFlops(transformer.config, shape), run.steps * run.groups);
  const pictures = run.groups * run.views;
  const coding = sumFlops([
    encode.flops,
    scaleFlops(still.flops, pictures + 1),
    scaleFlops(decode.flops, pictures - (run.groups - 1)),
  ]);
  return sumFlops([denoising, coding, textFlops(textEncoder.config, 2, transformer.config.textTokens)]);
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
  const count = dit.blocksPerGraph === 1 ? '1 block' : `${dit.blocksPerGraph} blocks`;
  const blocks = dit.plan === 'resident' ? 'all blocks loaded' : `${count} loaded at a time`;
  return dit.guidanceBatch === 2 ? blocks : `${blocks}, one prompt after the other`;
}

/** Rounded up, as what a sentence asks for must suffice; what is free is rounded down. */
const gigabytes = (bytes: number, round = Math.ceil): string => `${(round(bytes / 1e8) / 10).toFixed(1)} GB`;

function spoken(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} seconds`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} minutes`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} hours` : `${Math.round(seconds / 86_400)} days`;
}
