import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TextEncoderConfig, TransformerConfig, VaeConfig } from '../../native/inference/configs.ts';
import { PROCESS_ENVIRONMENT } from '../../native/inference/process/run-in-process.ts';
import { plansFor, type Plan, type PlannedNetworks } from '../../native/inference/runtime/plan.ts';
import { GROUP_VIEWS } from '../../native/inference/pipeline/view-groups.ts';
import { VIDEO_FRAMES } from '../../native/inference/pipeline/pose-video.ts';
import { goldenPath } from '../golden/inference-golden.ts';
import type { Bench } from './bench-options.ts';
import type { PeakCase, PeakResult, Stage } from './plan-peak-child.ts';
import { writeRandomWeights, type StoredType } from './random-weights.ts';
import { plain, type Table } from './table.ts';

/** Networks and pictures of a size that is run in seconds; what is not said is as in the published ones. */
export interface PeakSize {
  readonly name: string;
  readonly heads: number;
  readonly layers: number;
  /** Of the pictures; the latents are an eighth. */
  readonly width: number;
  readonly height: number;
  readonly vaeChannels: readonly number[];
  readonly textWidth: number;
  readonly stored?: StoredType;
  /** Of the VAE; without it a picture is one tile. */
  readonly tile?: { readonly height: number; readonly width: number };
}

export interface PeakWay {
  readonly blocksPerGraph: number;
  readonly guidanceBatch: 1 | 2;
}

export interface Comparison {
  readonly plan: Plan;
  readonly result: PeakResult;
}

/** As the product starts its own. */
const env = { ...process.env, ...PROCESS_ENVIRONMENT };
const STEPS = 2;
/** Of the golden data's tokenizer. */
const VOCABULARY = 256;

/** Runs one group of views as `way` says and gives what was predicted and what was measured. Linux alone. */
export async function comparePeak(
  size: PeakSize,
  way: PeakWay,
  say: (message: string) => void = () => undefined,
): Promise<Comparison> {
  say(`${size.name}, ${wayName(size, way)}`);
  const folder = await mkdtemp(join(tmpdir(), 'charactershot-bench-'));
  try {
    const { stored = 'float32', width, height } = size;
    const configs = { transformer: transformerOf(size), vae: vaeOf(size), text: textOf(size) };
    const weights = join(folder, 'weights.bin');
    await writeRandomWeights(weights, mostParameters(size), stored);
    const { placements, attention, text } = planOf(size, way, { text: 0, vae: 0, denoiser: 0 });
    const dit = { plan: way.blocksPerGraph >= size.layers ? 'resident' : 'group', ...way } as const;
    const run: PeakCase = {
      ...{ ...configs, width, height, weights, stored, steps: STEPS, plan: { placements, attention, dit, text } },
      ...{ tokenizerFolder: goldenPath('t5/tokenizer'), cacheFolder: join(folder, 'cache') },
    };
    const child = join(import.meta.dirname, 'plan-peak-child.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [child, JSON.stringify(run)], { env });
    const result = JSON.parse(stdout) as PeakResult;
    return { plan: planOf(size, way, result.parameters), result };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function planOf(size: PeakSize, way: PeakWay, parameters: PeakResult['parameters']): Plan {
  const { width, height } = size;
  const networks: PlannedNetworks = {
    kind: '4d',
    transformer: { config: transformerOf(size), parameters: parameters.denoiser },
    vae: { config: vaeOf(size), parameters: parameters.vae },
    textEncoder: { config: textOf(size), parameters: parameters.text },
  };
  const run = { width, height, frames: VIDEO_FRAMES, steps: STEPS, groups: 1, views: GROUP_VIEWS };
  const plans = plansFor(networks, run, { provider: 'cpu', name: 'the processor' });
  const plan = plans.find(
    ({ dit }) => dit.blocksPerGraph === way.blocksPerGraph && dit.guidanceBatch === way.guidanceBatch,
  );
  if (!plan) throw new Error(`there is no plan with ${way.blocksPerGraph} blocks a graph`);
  return plan;
}

const transformerOf = ({ heads, layers, width, height, textWidth }: PeakSize): TransformerConfig => ({
  ...{ heads, layers, headSize: 64, inChannels: 32, outChannels: 16, timeEmbedSize: 512, textSize: textWidth },
  ...{ textTokens: 32, patchSize: 2, normEps: 1e-5, sampleWidth: width / 8, sampleHeight: height / 8 },
  ...{ sampleFrames: 49, temporalCompression: 4 },
});

const vaeOf = ({ vaeChannels, width, height, tile = { width, height } }: PeakSize): VaeConfig => ({
  ...{ inChannels: 3, outChannels: 3, latentChannels: 16, blockChannels: vaeChannels, layersPerBlock: 2 },
  ...{ groups: 8, normEps: 1e-6, temporalCompression: 4, scalingFactor: 0.7 },
  ...{ sampleWidth: 2 * tile.width, sampleHeight: 2 * tile.height },
});

const textOf = ({ textWidth }: PeakSize): TextEncoderConfig => ({
  ...{ vocabulary: VOCABULARY, width: textWidth, headSize: 64, heads: textWidth / 64, feedForward: 2.5 * textWidth },
  ...{ layers: 12, buckets: 32, maxDistance: 128, normEps: 1e-6 },
});

/** More than any of the networks has; what is not read costs nothing but disk. */
function mostParameters({ heads, layers, textWidth, vaeChannels }: PeakSize): number {
  const width = heads * 64;
  const block = 19 * width ** 2 + 20 * width * 512;
  const vae = 27 * 60 * Math.max(...vaeChannels) ** 2;
  return Math.max((layers + 1) * block + 2e6, 13 * 12 * textWidth ** 2, vae) + 4e6;
}

const WIDE: PeakSize = {
  ...{ name: '1024 channels', heads: 16, layers: 4, width: 160, height: 96 },
  ...{ vaeChannels: [16, 32, 32, 64], textWidth: 512 },
};
const LARGE: PeakSize = {
  ...{ name: '512 channels, pictures 320x192', heads: 8, layers: 4, width: 320, height: 192 },
  ...{ vaeChannels: [16, 32, 32, 64], textWidth: 512 },
};
const TOGETHER = { blocksPerGraph: 4, guidanceBatch: 2 } as const;
const CASES: readonly (readonly [PeakSize, PeakWay, Stage])[] = [
  [WIDE, TOGETHER, 'denoiser'],
  [WIDE, { blocksPerGraph: 4, guidanceBatch: 1 }, 'denoiser'],
  [WIDE, { blocksPerGraph: 2, guidanceBatch: 2 }, 'denoiser'],
  [WIDE, { blocksPerGraph: 1, guidanceBatch: 1 }, 'denoiser'],
  [{ ...WIDE, name: '1024 channels, stored as bfloat16', stored: 'bfloat16' }, TOGETHER, 'denoiser'],
  [LARGE, TOGETHER, 'denoiser'],
  [LARGE, { blocksPerGraph: 1, guidanceBatch: 1 }, 'denoiser'],
  [LARGE, TOGETHER, 'vae'],
  [{ ...LARGE, name: 'VAE in tiles of 96x160', tile: { height: 96, width: 160 } }, TOGETHER, 'vae'],
  [{ ...WIDE, name: 'text encoder, 2048 channels', textWidth: 2048 }, TOGETHER, 'text'],
];

/** The memory that a plan promises against the memory that its run takes, for networks of random weights. */
export const benchPlanPeak: Bench = async ({ quick, say }) => {
  const known = new Map<string, Comparison>();
  const rows: (string | number)[][] = [];
  for (const [size, way, stage] of quick ? CASES.slice(0, 1) : CASES) {
    const key = JSON.stringify([size, way]);
    const run = known.get(key) ?? (await comparePeak(size, way, say));
    known.set(key, run);
    rows.push([size.name, wayName(size, way), stage, ...numbersOf(run, stage)]);
  }
  return [table(rows)];
};

const wayName = ({ layers }: PeakSize, { blocksPerGraph, guidanceBatch }: PeakWay): string =>
  `${blocksPerGraph >= layers ? 'resident' : `${blocksPerGraph} of ${layers} blocks`}, batch ${guidanceBatch}`;

function numbersOf({ plan, result: { baselineBytes, peaks } }: Comparison, stage: Stage): number[] {
  const [predicted, measured] = [plan.stages[stage] - baselineBytes, peaks[stage] - baselineBytes];
  return [baselineBytes / 1e6, predicted / 1e6, measured / 1e6, predicted / measured];
}

function table(rows: readonly (string | number)[][]): Table {
  return {
    caption:
      'Networks of random weights on the processor, one group of views, two steps, each run in a process of its own. Baseline: that ' +
      'process with its code and the runtime loaded. Predicted and measured are what comes on top at the fullest moment while the ' +
      'network named is at work, the rest of the run before it included.',
    columns: [
      ...plain('networks', 'plan', 'at work', 'baseline MB', 'predicted MB', 'measured MB'),
      { name: 'predicted / measured', digits: 2 },
    ],
    rows,
  };
}
