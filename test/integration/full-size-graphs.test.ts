import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import onnxProto from 'onnx-proto';
import { describe, expect, it, test } from 'vitest';
import { isRecord } from '../../core/formats/json.ts';
import type { TransformerConfig } from '../../native/inference/configs.ts';
import { ditGraphs, type DitOptions } from '../../native/inference/graphs/dit.ts';
import type { WeightSource } from '../../native/inference/weights.ts';
import { elementCount } from '../../native/onnx/tensor.ts';
import { goldenJson } from '../golden/inference-golden.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

/** The published transformers' configuration. */
const CONFIG: TransformerConfig = {
  ...{ heads: 48, headSize: 64, layers: 42, inChannels: 32, outChannels: 16, timeEmbedSize: 512 },
  ...{ textSize: 4096, textTokens: 226, patchSize: 2, normEps: 1e-5 },
  ...{ sampleWidth: 90, sampleHeight: 60, sampleFrames: 49, temporalCompression: 4 },
};
const FILE = 'weights.bin';
const UNUSED = 'patch_embed.pos_embedding';

const SIZE = { frames: 8, height: 60, width: 90, precision: 'bfloat16', attention: 'fused' } as const;
const KINDS = [
  ['dit4d', { ...SIZE, kind: '4d', views: 5 }],
  ['dit2d', { ...SIZE, kind: '2d', views: 1 }],
] as const;

/** Shapes of all tensors of a published checkpoint, by name. */
function shapesOf(kind: string): Map<string, number[]> {
  const { keys } = goldenJson('real_shapes.json')[kind] as {
    keys: Record<string, { shape: number[]; count?: number }>;
  };
  return new Map(
    Object.entries(keys).flatMap(([name, { shape, count = 1 }]) =>
      Array.from({ length: count }, (_, i) => [name.replace('{i}', `${i}`), shape] as const),
    ),
  );
}

const bytesOf = (shape: readonly number[]): number => elementCount(shape) * 2;

/** Weights of published size in a file that takes no room on the disk. */
async function sparseWeights(shapes: ReadonlyMap<string, number[]>): Promise<WeightSource & { names: Set<string> }> {
  const folder = await temporaryFolder();
  const offsets = new Map<string, number>();
  let size = 0;
  for (const [name, shape] of shapes) {
    offsets.set(name, size);
    size += bytesOf(shape);
  }
  const file = await open(join(folder, FILE), 'w');
  await file.truncate(size);
  await file.close();
  const names = new Set<string>();
  return {
    folder,
    names,
    weight(name, shape) {
      if (shapes.get(name)?.join() !== shape.join()) throw new Error(`${name} is not [${shape.join(', ')}]`);
      names.add(name);
      return { type: 'bfloat16', dims: shape, location: FILE, offset: offsets.get(name) ?? NaN };
    },
  };
}

interface Placed {
  readonly offset: number;
  readonly length: number;
}

/** External tensors of a graph. */
function placedIn(model: Uint8Array): Placed[] {
  const { graph } = onnxProto.onnx.ModelProto.decode(model);
  return (graph?.initializer ?? [])
    .filter(({ externalData }) => (externalData?.length ?? 0) > 0)
    .map(({ externalData }) => {
      const entries = Object.fromEntries((externalData ?? []).map(({ key, value }) => [key ?? '', value ?? '']));
      expect(entries.location).toBe(FILE);
      return { offset: Number(entries.offset), length: Number(entries.length) };
    });
}

describe.each(KINDS)('graphs of the full %s', (kind, options) => {
  it.each([
    [1, 42],
    [2, 42],
    [1, 7],
    [2, 1],
  ])(
    'batch %i, %i blocks a graph: quick to write, small, and each weight is read once',
    async (batch, blocksPerGraph) => {
      const shapes = shapesOf(kind);
      const weights = await sparseWeights(shapes);
      const { size } = await stat(join(weights.folder, FILE));
      const before = process.memoryUsage().rss;
      const start = performance.now();
      const all: DitOptions = { ...options, batch, blocksPerGraph };
      const { parts } = ditGraphs(CONFIG, weights, all);
      expect(performance.now() - start).toBeLessThan(10_000);
      expect(process.memoryUsage().rss - before).toBeLessThan(500e6);
      expect(parts).toHaveLength(42 / blocksPerGraph);

      const placed = parts.flatMap(({ model }) => placedIn(model));
      expect(placed.every(({ offset, length }) => offset >= 0 && offset + length <= size)).toBe(true);
      expect(new Set(placed.map(({ offset }) => offset)).size).toBe(placed.length);
      const record = goldenJson('real_shapes.json')[kind];
      if (!isRecord(record)) throw new Error('there are no shapes');
      expect(placed.reduce((sum, { length }) => sum + length, 0)).toBe(Number(record.parameters) * 2);
      expect([...shapes.keys()].filter((name) => !weights.names.has(name))).toEqual([UNUSED]);
    },
  );
});

test('all blocks with plain attention are written in less than 500 MB', async () => {
  const weights = await sparseWeights(shapesOf('dit4d'));
  const before = process.memoryUsage().rss;
  const options: DitOptions = { ...SIZE, kind: '4d', views: 5, batch: 1, attention: 'plain' };
  const { parts } = ditGraphs(CONFIG, weights, options);
  expect(process.memoryUsage().rss - before).toBeLessThan(500e6);
  expect(parts).toHaveLength(1);
  expect(parts[0]?.model.length).toBeLessThan(150e6);
});
