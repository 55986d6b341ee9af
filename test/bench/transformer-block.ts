import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TransformerConfig } from '../../native/inference/configs.ts';
import { ALL_THREADS, type Bench } from './bench-options.ts';
import { writeRandomWeights } from './random-weights.ts';
import { plain, type Table } from './table.ts';
import type { BlockCase, BlockResult } from './transformer-block-child.ts';

/** The published 4D transformer, as wide as it is. */
const CONFIG: TransformerConfig = {
  ...{ heads: 48, headSize: 64, layers: 42, inChannels: 32, outChannels: 16, timeEmbedSize: 512 },
  ...{ textSize: 4096, textTokens: 226, patchSize: 2, normEps: 1e-5 },
  ...{ sampleWidth: 90, sampleHeight: 60, sampleFrames: 49, temporalCompression: 4 },
};
const CHANNELS = CONFIG.heads * CONFIG.headSize;
/** Parameters of a block: attention twice, three modulations, feed-forward. */
const BLOCK_PARAMETERS = 179_420_672;

type Size = Pick<BlockCase, 'views' | 'frames' | 'height' | 'width'>;
const SMALL: Size = { views: 2, frames: 2, height: 15, width: 22 };
const LARGE: Size = { views: 2, frames: 4, height: 15, width: 30 };

/** One block at full width on few tokens: how fast, against the fastest this machine multiplies, and in how much memory. */
export const benchTransformerBlock: Bench = async ({ quick, say }) => {
  const folder = await mkdtemp(join(tmpdir(), 'charactershot-bench-'));
  try {
    const weights = join(folder, 'weights.bin');
    await writeRandomWeights(weights, BLOCK_PARAMETERS);
    const rows: (string | number)[][] = [];
    for (const size of quick ? [SMALL] : [SMALL, LARGE]) {
      for (const attention of ['fused', 'plain'] as const) {
        const run = { ...size, attention, weights, config: CONFIG, repetitions: quick ? 1 : 3 };
        say(`${name(size)}, ${attention} attention`);
        rows.push(row(run, await inChild(run)));
      }
    }
    return [table(rows)];
  } finally {
    await rm(folder, { recursive: true });
  }
};

/**
 * At the published size every tensor is larger than what glibc ever keeps for later (32 MB); those of the bench are smaller, and with this they are
 * given back as well.
 */
const env = { ...process.env, MALLOC_MMAP_THRESHOLD_: '262144' };

async function inChild(run: BlockCase): Promise<BlockResult> {
  const child = join(import.meta.dirname, 'transformer-block-child.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [child, JSON.stringify(run)], { env });
  return JSON.parse(stdout) as BlockResult;
}

const name = ({ views, frames, height, width }: Size): string => `${views} x ${frames} x ${height} x ${width}`;

function row(run: BlockCase, { seconds, peakGflops, peakBytes, weightBytes }: BlockResult): (string | number)[] {
  const gflop = blockGflop(run);
  const activations = activationBytes(run);
  const rate = gflop / seconds;
  const share = (peakBytes - weightBytes) / activations;
  const megabytes = [weightBytes, activations, peakBytes].map((bytes) => bytes / 1e6);
  return [name(run), run.attention, seconds * 1000, gflop, rate, rate / peakGflops, ...megabytes, share];
}

function table(rows: readonly (string | number)[][]): Table {
  return {
    caption:
      `One block of the 4D transformer, ${CHANNELS} channels, float32, batch 1, ${ALL_THREADS} threads: ` +
      'rate against that of one large matrix product in the same process; peak memory beyond the bare runtime, and how often ' +
      'the activations fit into what is not weights.',
    columns: [
      ...plain('views x frames x tokens', 'attention'),
      ...[{ name: 'median ms' }, { name: 'GFLOP' }, { name: 'GFLOP/s' }, { name: 'of product', digits: 2 }],
      ...[{ name: 'weights MB' }, { name: 'activations MB' }, { name: 'peak MB' }],
      { name: '(peak - weights) / activations', digits: 2 },
    ],
    rows,
  };
}

interface Counts {
  /** Tokens of pictures and of texts. */
  readonly images: number;
  readonly texts: number;
  /** Sequences of the two attentions: how many, and of how many tokens. */
  readonly sequences: readonly (readonly [count: number, tokens: number])[];
}

function counts({ views, frames, height, width }: Size): Counts {
  const tokens = height * width;
  const text = CONFIG.textTokens;
  return {
    images: views * frames * tokens,
    texts: (views + frames) * text,
    sequences: [
      [views, text + frames * tokens],
      [frames, text + views * tokens],
    ],
  };
}

/** A multiplication and an addition count as 2; norms and the like as nothing. */
function blockGflop(size: Size): number {
  const { images, texts, sequences } = counts(size);
  const perSequence = sequences.map(
    ([count, tokens]) => count * (4 * 2 * tokens * CHANNELS ** 2 + 2 * 2 * tokens ** 2 * CHANNELS),
  );
  const feedForward = 2 * 2 * 4 * (images + texts) * CHANNELS ** 2;
  return (perSequence.reduce((a, b) => a + b, 0) + feedForward) / 1e9;
}

/**
 * The largest set of tensors that the graph needs at once. The streams: those that came in, which stay the caller's, the pictures
 * before and after the layer, and new texts. Besides, in attention, of one sequence the normed tokens, queries, keys, values and result; in
 * the feed-forward network, of one frame the normed tokens and the wide ones before and after GELU.
 */
function activationBytes(size: Size): number {
  const { images, texts, sequences } = counts(size);
  const { views, frames } = size;
  const longest = Math.max(...sequences.map(([, tokens]) => tokens));
  const widest = Math.max(images / frames, Math.max(views, frames) * CONFIG.textTokens);
  return 4 * CHANNELS * (3 * images + 2 * texts + Math.max(5 * longest, 9 * widest));
}
