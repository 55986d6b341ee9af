import { cp, mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openCheckpoint, requireWhole } from '../../native/inference/checkpoint/checkpoint.ts';
import { planRun } from '../../native/inference/runtime/plan.ts';
import { elementCount } from '../../native/onnx/tensor.ts';
import { goldenJson, goldenPath } from '../golden/inference-golden.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

/** Shapes of all tensors of a published network, by name. */
function shapesOf(kind: string): [name: string, shape: readonly number[]][] {
  const { keys } = goldenJson('real_shapes.json')[kind] as {
    keys: Record<string, { shape: number[]; count?: number }>;
  };
  return Object.entries(keys).flatMap(([name, { shape, count = 1 }]) =>
    Array.from({ length: count }, (_, i): [string, number[]] => [name.replace('{i}', `${i}`), shape]),
  );
}

/** A safetensors file of bfloat16 tensors whose numbers take no room on the disk. */
async function writeSparse(path: string, tensors: readonly (readonly [string, readonly number[]])[]): Promise<void> {
  let size = 0;
  const entries = tensors.map(([name, shape]) => {
    const begin = size;
    size += elementCount(shape) * 2;
    return [name, { dtype: 'BF16', shape, data_offsets: [begin, size] }] as const;
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const file = await open(path, 'w');
  await file.writeFile(Buffer.concat([length, header]));
  await file.truncate(8 + header.length + size);
  await file.close();
}

/** A network in `shards` files with their index, or in one file. */
async function writeModule(folder: string, stem: string, kind: string, config: object, shards: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  const all = shapesOf(kind);
  if (shards === 1) return writeSparse(join(folder, `${stem}.safetensors`), all);
  const size = Math.ceil(all.length / shards);
  const map: Record<string, string> = {};
  for (let shard = 0; shard < shards; shard++) {
    const number = (n: number): string => String(n).padStart(5, '0');
    const file = `${stem}-${number(shard + 1)}-of-${number(shards)}.safetensors`;
    const part = all.slice(shard * size, (shard + 1) * size);
    for (const [name] of part) map[name] = file;
    await writeSparse(join(folder, file), part);
  }
  await writeFile(join(folder, `${stem}.safetensors.index.json`), JSON.stringify({ weight_map: map }));
}

it('a checkpoint of the published size is opened in a moment, without its 20 GB of numbers', async () => {
  const folder = await temporaryFolder();
  const transformer = {
    ...goldenJson('dit2d/config.json'),
    ...{ num_attention_heads: 48, attention_head_dim: 64, num_layers: 42, time_embed_dim: 512, text_embed_dim: 4096 },
    ...{ sample_width: 90, sample_height: 60, sample_frames: 49, max_text_seq_length: 226 },
  };
  await writeModule(join(folder, 'transformer'), 'diffusion_pytorch_model', 'dit2d', transformer, 3);
  const vae = {
    ...goldenJson('vae/config.json'),
    ...{ block_out_channels: [128, 256, 256, 512], layers_per_block: 3, norm_num_groups: 32 },
    ...{ sample_height: 480, sample_width: 720 },
  };
  await writeModule(join(folder, 'vae'), 'diffusion_pytorch_model', 'vae', vae, 1);
  const text = {
    ...goldenJson('t5/config.json'),
    ...{ vocab_size: 32_128, d_model: 4096, d_kv: 64, num_heads: 64, d_ff: 10_240, num_layers: 24 },
  };
  await writeModule(join(folder, 'text_encoder'), 'model', 't5', text, 2);
  await cp(goldenPath('t5/tokenizer'), join(folder, 'tokenizer'), { recursive: true });
  await cp(goldenPath('checkpoint4d/scheduler'), join(folder, 'scheduler'), { recursive: true });

  const before = process.memoryUsage().rss;
  const start = performance.now();
  const checkpoint = await openCheckpoint(folder);
  const [milliseconds, grown] = [performance.now() - start, process.memoryUsage().rss - before];
  process.stdout.write(`opened in ${milliseconds.toFixed(0)} ms, ${(grown / 1e6).toFixed(0)} MB more memory\n`);
  expect(milliseconds).toBeLessThan(10_000);
  expect(grown).toBeLessThan(500e6);
  requireWhole(checkpoint);
  expect(checkpoint.kind).toBe('2d');
  // Sizes of the specification.
  expect(checkpoint.transformer.parameters).toBe(5_570_479_680);
  expect(checkpoint.vae.parameters).toBe(215_583_907);
  expect(checkpoint.textEncoder.parameters).toBe(4_762_310_656);
  expect(checkpoint.transformer.weights.size).toBeGreaterThan(11_250_175_104);

  const run = { width: 720, height: 480, frames: 25, steps: 50, groups: 1, views: 1 };
  const device = { provider: 'cpu', name: 'the processor' } as const;
  expect(planRun(checkpoint, run, { ...device, freeBytes: 100e9 }).dit.plan).toBe('resident');
  expect(() => planRun(checkpoint, run, { ...device, freeBytes: 2e9 })).toThrow(/the leanest plan .* needs \d+\.\d GB/);
});
