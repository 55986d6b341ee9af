import { AppError } from '../../../core/errors.ts';
import type { Value } from '../../onnx/graph-builder.ts';
import { int32Tensor } from '../../onnx/tensor.ts';
import type { TextEncoderConfig } from '../configs.ts';
import type { ModuleBuilder } from '../graphs/module-builder.ts';

/**
 * What the attention of every block adds to its scores, float32 [1, heads, tokens, tokens]: a number for each head and distance.
 * `module` stands at the encoder, whose block 0 keeps the table of all blocks. Throws an `AppError` for impossible buckets.
 */
export function positionBias(module: ModuleBuilder, config: TextEncoderConfig, tokens: number): Value {
  const { buckets, heads, maxDistance } = config;
  if (buckets < 4 || maxDistance <= buckets / 4) {
    throw new AppError(
      'bad-input',
      `The text encoder's config.json has ${buckets} buckets for distances up to ${maxDistance}; fetch it again.`,
    );
  }
  const table = module
    .as('float32')
    .at('block.0.layer.0.SelfAttention.relative_attention_bias', (m) => m.weight('weight', [buckets, heads]));
  const indices = module.graph.constant(int32Tensor(bucketTable(config, tokens), [tokens, tokens]));
  const bias = module.transpose(module.op('Gather', [table, indices], { axis: 0 }), [2, 0, 1]);
  return module.reshape(bias, [1, heads, tokens, tokens]);
}

/** The bucket of the distance from token (row) to token (column). */
function bucketTable(config: TextEncoderConfig, tokens: number): Int32Array {
  return Int32Array.from({ length: tokens * tokens }, (_, i) =>
    distanceBucket((i % tokens) - Math.floor(i / tokens), config),
  );
}

/**
 * Which entry of the table a distance has. Half of the buckets are for what comes before, half for what comes after; half
 * of those are for one distance each, the others grow logarithmically up to the longest distance and beyond.
 */
export function distanceBucket(distance: number, { buckets, maxDistance }: TextEncoderConfig): number {
  const side = Math.floor(buckets / 2);
  const first = distance > 0 ? side : 0;
  const exact = Math.floor(side / 2);
  const steps = Math.abs(distance);
  if (steps < exact) return first + steps;
  const share = Math.log(steps / exact) / Math.log(maxDistance / exact);
  return first + Math.min(side - 1, exact + Math.floor(share * (side - exact)));
}
