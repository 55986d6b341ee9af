import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { VaeConfig } from '../../native/inference/configs.ts';
import { ALL_THREADS, type Bench } from './bench-options.ts';
import { writeRandomWeights } from './random-weights.ts';
import { plain, type Table } from './table.ts';
import type { DecoderCase, DecoderResult } from './vae-decoder-child.ts';

/** The published VAE, as wide as it is. */
const CONFIG: VaeConfig = {
  ...{ inChannels: 3, outChannels: 3, latentChannels: 16, blockChannels: [128, 256, 256, 512], layersPerBlock: 3 },
  ...{ groups: 32, normEps: 1e-6, temporalCompression: 4, sampleHeight: 480, sampleWidth: 720, scalingFactor: 0.7 },
};
/** More than the decoder's parameters. */
const PARAMETERS = 130_000_000;
const SMALL = { height: 8, width: 12 };
const LARGE = { height: 12, width: 18 };
/** Latent frames of the first batch, and of a later one. */
const BATCHES = [3, 2];

/** The decoder at full width on small pictures: how fast, against the fastest this machine multiplies, and in how much memory. */
export const benchVaeDecoder: Bench = async ({ quick, say }) => {
  const folder = await mkdtemp(join(tmpdir(), 'charactershot-bench-'));
  try {
    const weights = join(folder, 'weights.bin');
    await writeRandomWeights(weights, PARAMETERS);
    const rows: (string | number)[][] = [];
    for (const size of quick ? [SMALL] : [SMALL, LARGE]) {
      say(`${size.height}x${size.width} latents`);
      rows.push(...rowsOf(size, await inChild({ ...size, weights, config: CONFIG })));
    }
    return [table(rows)];
  } finally {
    await rm(folder, { recursive: true });
  }
};

async function inChild(run: DecoderCase): Promise<DecoderResult> {
  const child = join(import.meta.dirname, 'vae-decoder-child.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [child, JSON.stringify(run)]);
  return JSON.parse(stdout) as DecoderResult;
}

interface Size {
  readonly height: number;
  readonly width: number;
}

function rowsOf(size: Size, { batches, weightBytes }: DecoderResult): (string | number)[][] {
  return batches.map(({ seconds, cpuSeconds, peakBytes, product }, index) => {
    const frames = BATCHES[index] ?? 0;
    const { gflop, keptBytes, mapBytes } = costs(frames, size);
    const activations = mapBytes + keptBytes * (index === 0 ? 1 : 2);
    // The graphs of both batches are loaded by then, and each maps the weights (the same pages of memory, counted twice).
    const mapped = weightBytes * (index + 1);
    const megabytes = [mapped, activations, peakBytes].map((bytes) => bytes / 1e6);
    return [
      ...[`${frames} x ${size.height} x ${size.width}`, index === 0 ? 'first' : 'later', seconds * 1000, gflop],
      ...[gflop / seconds, gflop / seconds / product.gflops, gflop / cpuSeconds / product.cpuGflops],
      ...[...megabytes, (peakBytes - mapped) / activations],
    ];
  });
}

function table(rows: readonly (string | number)[][]): Table {
  return {
    caption:
      `VAE decoder, ${CONFIG.blockChannels.join(', ')} channels, float32, one batch of frames, ${ALL_THREADS} threads, loading ` +
      'not counted: rate against that of large matrix products just before and after in the same process, by the clock and by ' +
      'processor time; peak memory beyond the bare runtime, and how often the activations fit into what is not weights.',
    columns: [
      ...plain('latents', 'batch', 'ms', 'GFLOP', 'GFLOP/s'),
      ...[
        { name: 'of product', digits: 2 },
        { name: 'by processor time', digits: 2 },
      ],
      ...plain('weights MB', 'activations MB', 'peak MB'),
      { name: '(peak - weights) / activations', digits: 2 },
    ],
    rows,
  };
}

interface Costs {
  readonly gflop: number;
  /** Two frames of every causal convolution's input. */
  readonly keptBytes: number;
  /** The largest set of feature maps at once: a resnet's input, what its first half gave, and three frames for a convolution. */
  readonly mapBytes: number;
}

/**
 * A multiplication and an addition of a convolution count as 2, all else as nothing. Frames that a resolution's change doubles are
 * convolved once, and the norms' convolutions run at the latents' size: neither is counted twice.
 */
function costs(latentFrames: number, { height, width }: Size): Costs {
  let [frames, pixels, flop, kept, most] = [latentFrames, height * width, 0, 0, 0];
  const causal = (from: number, to: number): void => {
    flop += 2 * 27 * from * to * pixels * frames;
    kept += 2 * from * pixels;
  };
  const resnet = (from: number, to: number): void => {
    causal(from, to);
    causal(to, to);
    if (from !== to) flop += 2 * from * to * pixels * frames;
    most = Math.max(most, ((from + to) * frames + 3 * Math.max(from, to)) * pixels);
  };
  const blocks = [...CONFIG.blockChannels].reverse();
  let channels = blocks[0] ?? 0;
  causal(CONFIG.latentChannels, channels);
  for (let n = 0; n < 2; n++) resnet(channels, channels);
  for (const [block, wide] of blocks.entries()) {
    for (let n = 0; n <= CONFIG.layersPerBlock; n++) {
      resnet(channels, wide);
      channels = wide;
    }
    if (block === blocks.length - 1) continue;
    pixels *= 4;
    flop += 2 * 9 * channels ** 2 * pixels * frames;
    if (2 ** (block + 1) <= CONFIG.temporalCompression) frames = 2 * frames - (frames % 2);
  }
  causal(channels, CONFIG.outChannels);
  return { gflop: flop / 1e9, keptBytes: kept * 4, mapBytes: most * 4 };
}
