import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isRecord, parseJson } from '../../../core/formats/json.ts';
import type { VaeConfig } from '../configs.ts';
import type { WeightSource } from '../weights.ts';
import { vaeGraph, type Direction } from './graphs.ts';

/** The released network. */
const CONFIG: VaeConfig = {
  ...{ inChannels: 3, outChannels: 3, latentChannels: 16, blockChannels: [128, 256, 256, 512], layersPerBlock: 3 },
  ...{ groups: 32, normEps: 1e-6, temporalCompression: 4, sampleHeight: 480, sampleWidth: 720, scalingFactor: 0.7 },
};

/** Names and shapes of the released weights, with the layers spelt out. */
function releasedShapes(): Map<string, readonly number[]> {
  const path = join(import.meta.dirname, '../../../test/fixtures/golden/real_shapes.json');
  const sets = parseJson(readFileSync(path), path);
  if (!isRecord(sets) || !isRecord(sets.vae) || !isRecord(sets.vae.keys)) throw new Error('no shapes of the VAE');
  return new Map(
    Object.entries(sets.vae.keys).map(([name, key]) => {
      if (!isRecord(key) || !Array.isArray(key.shape)) throw new Error(`${name} has no shape`);
      return [name, key.shape.map(Number)];
    }),
  );
}

/** Weights that are nowhere; remembers what was asked for. */
class AskedWeights implements WeightSource {
  readonly folder = '/';
  readonly asked = new Map<string, readonly number[]>();

  weight(name: string, shape: readonly number[]) {
    if (this.asked.has(name)) throw new Error(`${name} was asked for twice`);
    this.asked.set(name, shape);
    return { type: 'bfloat16', dims: shape, location: 'weights.safetensors', offset: 0 } as const;
  }
}

const write = (direction: Direction, weights: WeightSource, continues: boolean) => {
  const [frames, height, width] = direction === 'encoder' ? [8, 240, 360] : [2, 30, 45];
  const shape = { direction, frames, height, width, continues, continued: true, observed: false };
  return vaeGraph({ config: CONFIG, weights, precision: 'float16' }, shape);
};

describe('at the size of the released network', () => {
  it('asks for exactly its 436 tensors, each once a graph', () => {
    const weights = new AskedWeights();
    write('encoder', weights, true);
    write('decoder', weights, false);
    const released = releasedShapes();
    expect(released.size).toBe(436);
    expect([...weights.asked].sort()).toEqual([...released].sort());
  });

  it.each([
    ['encoder', 30],
    ['decoder', 38],
  ] as const)('the %s hands on two frames of each of its %i causal convolutions', (direction, convolutions) => {
    const { kept, model } = write(direction, new AskedWeights(), true);
    expect(kept).toHaveLength(2 * convolutions);
    expect(new Set(kept.map(({ name }) => name)).size).toBe(kept.length);
    expect(kept[0]?.dims).toEqual(direction === 'encoder' ? [1, 3, 1, 240, 360] : [1, 16, 1, 30, 45]);
    expect(model.length).toBeLessThan(4e6);
  });
});
