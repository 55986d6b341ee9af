import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openCheckpoint, requireWhole, type Checkpoint } from '../../native/inference/checkpoint/checkpoint.ts';
import { ditGraphs } from '../../native/inference/graphs/dit.ts';
import { planRun } from '../../native/inference/runtime/plan.ts';
import { blockGroups, encoderGraph } from '../../native/inference/text/t5-graphs.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { writeToyCheckpoint } from '../helpers/toy-checkpoint.ts';

/** Result of `work`, after saying what it took and that it was bearable. */
async function measured<T>(what: string, work: () => T | Promise<T>): Promise<T> {
  const before = process.memoryUsage().rss;
  const start = performance.now();
  const result = await work();
  const [milliseconds, grown] = [performance.now() - start, process.memoryUsage().rss - before];
  process.stdout.write(`${what}: ${milliseconds.toFixed(0)} ms, ${(grown / 1e6).toFixed(0)} MB more memory\n`);
  expect(milliseconds, what).toBeLessThan(10_000);
  expect(grown, what).toBeLessThan(500e6);
  return result;
}

/** Sizes of the specification, and bytes of the transformer's tensors in bfloat16 with the table that no run reads. */
const KINDS = [
  ['4d', 7_553_847_360, 15_216_910_464, { groups: 5, views: 5 }],
  ['2d', 5_570_479_680, 11_250_175_104, { groups: 1, views: 1 }],
] as const;

it.each(KINDS)(
  'the %s checkpoint at its published size is opened, planned and turned into graphs without its numbers',
  async (kind, parameters, bytes, views) => {
    const folder = await temporaryFolder();
    await writeToyCheckpoint(folder, { kind, size: 'published', numbers: 'none', dtype: 'BF16' });
    const checkpoint = await measured(`opening the ${kind} checkpoint`, () => openCheckpoint(folder));
    requireWhole(checkpoint);
    expect(checkpoint.kind).toBe(kind);
    expect(checkpoint.transformer.parameters).toBe(parameters);
    expect(checkpoint.vae.parameters).toBe(215_583_907);
    expect(checkpoint.textEncoder.parameters).toBe(4_762_310_656);
    expect(bytesOf(checkpoint.transformer)).toBe(bytes);
    if (kind === '4d') expect((await checkpoint.cameraEmbedding?.(20))?.dims).toEqual([6, 480, 720]);

    const run = { width: 720, height: 480, frames: 25, steps: 50, ...views };
    const device = { provider: 'cpu', name: 'the processor' } as const;
    const plan = await measured('planning', () => planRun(checkpoint, run, { ...device, freeBytes: 200e9 }));
    expect(plan.dit.plan).toBe('resident');
    expect(() => planRun(checkpoint, run, { ...device, freeBytes: 2e9 })).toThrow(
      /the leanest plan .* needs \d+\.\d GB/,
    );

    const placed = await measured('graphs of 42 blocks', () => transformerGraphs(checkpoint, views.views));
    expect(placed).toHaveLength(checkpoint.transformer.weights.tensors.size - 1);
    expect(placed).not.toContain('patch_embed.pos_embedding');
    const texts = await measured('graphs of the text encoder', () => textGraphs(checkpoint));
    expect(texts).toHaveLength(219);
  },
);

// Windows makes no holes of its own accord.
it.skipIf(process.platform === 'win32')('it takes no room on the disk', async () => {
  const folder = await temporaryFolder();
  await writeToyCheckpoint(folder, { size: 'published', numbers: 'none', dtype: 'BF16' });
  const { size, blocks } = await stat(join(folder, 'transformer/diffusion_pytorch_model-00002-of-00003.safetensors'));
  expect(size).toBeGreaterThan(4e9);
  expect(blocks * 512).toBeLessThan(1e6);
});

const bytesOf = ({ weights }: Checkpoint['transformer']): number =>
  [...weights.tensors.values()].reduce((sum, { length }) => sum + length, 0);

/** Names of the weights that all graphs of the transformer ask for, each of which must lie within its file. */
function transformerGraphs({ kind, transformer }: Checkpoint, views: number): string[] {
  const names = new Set<string>();
  const { parts } = ditGraphs(transformer.config, recording(transformer.weights, names), {
    ...{ kind, batch: 1, views, frames: 8, height: 60, width: 90 },
    ...{ precision: 'bfloat16', attention: 'fused', blocksPerGraph: 1 },
  });
  expect(parts).toHaveLength(42);
  expect(parts.every(({ model }) => model.length > 1000 && model.length < 50e6)).toBe(true);
  return [...names];
}

function textGraphs({ textEncoder: { config, weights } }: Checkpoint): string[] {
  const names = new Set<string>();
  for (const group of blockGroups(config, 1)) {
    const size = { prompts: 2, tokens: 226 };
    const { model } = encoderGraph(recording(weights, names), config, group, size, 'bfloat16');
    expect(model.length).toBeLessThan(50e6);
  }
  return [...names];
}

const recording = (weights: Checkpoint['vae']['weights'], names: Set<string>) => ({
  folder: weights.folder,
  weight: (name: string, shape: readonly number[]) => {
    names.add(name);
    return weights.weight(name, shape);
  },
});
