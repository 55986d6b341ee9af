import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { readSafetensors } from '../../core/formats/safetensors.ts';
import type { WeightSource } from '../../native/inference/weights.ts';
import { goldenPath } from './inference-golden.ts';

/**
 * The float32 weights in one safetensors file of the golden folder (or elsewhere, by its absolute path), left where they are.
 * Tensors of the file that no graph asked for are named by `unused`.
 */
export function goldenWeights(path: string, prefix = ''): WeightSource & { unused(): string[] } {
  const file = resolve(goldenPath(''), path);
  const bytes = readFileSync(file);
  const { tensors } = readSafetensors(bytes);
  const begin = 8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(bytes.toString('utf8', 8, begin)) as Record<string, { data_offsets: [number, number] }>;
  const asked = new Set<string>();
  return {
    folder: dirname(file),
    weight(name, shape) {
      const full = prefix + name;
      const tensor = tensors.get(full);
      if (tensor?.dtype !== 'F32') throw new Error(`${file} has no float32 tensor ${full}`);
      if (tensor.shape.join() !== shape.join()) {
        throw new Error(`${file}: ${full} is [${tensor.shape.join()}] and not [${shape.join()}]`);
      }
      asked.add(full);
      const offset = begin + (header[full]?.data_offsets[0] ?? NaN);
      return { type: 'float32', dims: shape, location: basename(file), offset };
    },
    unused: () => [...tensors.keys()].filter((name) => !asked.has(name)),
  };
}
