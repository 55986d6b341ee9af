import { elementCount } from '../../../native/onnx/tensor.ts';
import { seededRandom } from '../random.ts';

/**
 * Random weights of a tensor, the same for the same seed, name and shape whatever else is written. They have the size at which signals neither
 * fade nor grow from layer to layer.
 */
export function toyNumbers(seed: number, name: string, shape: readonly number[]): Float32Array {
  const normal = normals(seed ^ hashOf(name));
  const { mean, deviation } = scaleOf(name, shape);
  return Float32Array.from({ length: elementCount(shape) }, () => mean + deviation * normal());
}

function scaleOf(name: string, shape: readonly number[]): { mean: number; deviation: number } {
  // A decoder's norms are multiplied by what this layer makes of the latents.
  if (name.endsWith('.conv_y.conv.bias')) return { mean: 1, deviation: 0.05 };
  if (name.endsWith('.bias')) return { mean: 0, deviation: 0.02 };
  if (shape.length === 1) return { mean: 1, deviation: 0.05 };
  if (name === 'shared.weight' || name.endsWith('pos_embedding')) return { mean: 0, deviation: 1 };
  const inputs = elementCount(shape.slice(1));
  // T5 does not divide scores by the root of the head's size; its queries are that much smaller.
  const deviation = (name.endsWith('SelfAttention.q.weight') ? 0.3 : 1) / Math.sqrt(inputs);
  return { mean: 0, deviation };
}

/** Numbers of a normal distribution, two from two by the method of Box and Muller. */
function normals(seed: number): () => number {
  const random = seededRandom(seed);
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const result = spare;
      spare = undefined;
      return result;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
