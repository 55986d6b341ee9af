import { expect, test } from 'vitest';
import { AppError } from '../../../core/errors.ts';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import { floatTensor } from '../../onnx/tensor.ts';
import type { TextEncoderConfig } from '../configs.ts';
import { ModuleBuilder } from '../graphs/module-builder.ts';
import { distanceBucket, positionBias } from './t5-position-bias.ts';

const config: TextEncoderConfig = {
  vocabulary: 1,
  width: 1,
  headSize: 1,
  heads: 1,
  feedForward: 1,
  layers: 1,
  buckets: 32,
  maxDistance: 128,
  normEps: 1e-6,
};

test("T5's buckets: eight single distances a side, then the doublings in halves up to 128, then one for all", () => {
  const bucket = (distance: number): number => distanceBucket(distance, config);
  expect([0, -1, -7, -8, -11, -12].map(bucket)).toEqual([0, 1, 7, 8, 8, 9]);
  expect([-15, -16, -31, -32, -63, -64, -90, -91, -127, -128, -5000].map(bucket)).toEqual([
    9, 10, 11, 12, 13, 14, 14, 15, 15, 15, 15,
  ]);
  for (let distance = 1; distance < 300; distance++) expect(bucket(distance)).toBe(16 + bucket(-distance));
});

test.each([
  { buckets: 1, maxDistance: 128 },
  { buckets: 32, maxDistance: 8 },
])('buckets that cannot be are refused: %j', (wrong) => {
  const weights = { folder: '/', weight: (_: string, dims: readonly number[]) => floatTensor([0], dims) };
  const module = new ModuleBuilder(new GraphBuilder('test'), weights, 'float32');
  expect(() => positionBias(module, { ...config, ...wrong }, 5)).toThrow(AppError);
});
