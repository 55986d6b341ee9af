import { expect, test } from 'vitest';
import { goldenJson } from '../../../test/golden/inference-golden.ts';
import { REAL } from '../runtime/real-sizes.ts';
import {
  cameraGuiderShapes,
  textEncoderShapes,
  transformerShapes,
  UNUSED,
  vaeShapes,
  type Shapes,
} from './expected-shapes.ts';

/** Shapes of all tensors of a published module, by name. */
function published(module: string): Map<string, readonly number[]> {
  const { keys } = goldenJson('real_shapes.json')[module] as {
    keys: Record<string, { shape: number[]; count?: number }>;
  };
  return new Map(
    Object.entries(keys).flatMap(([name, { shape, count = 1 }]) =>
      Array.from({ length: count }, (_, i) => [name.replace('{i}', `${i}`), shape] as const),
    ),
  );
}

test.each<[string, Shapes, readonly string[]]>([
  ['dit4d', transformerShapes(REAL.transformer, '4d'), UNUSED.transformer],
  ['dit2d', transformerShapes(REAL.transformer, '2d'), UNUSED.transformer],
  ['vae', vaeShapes(REAL.vae), []],
  ['t5', textEncoderShapes(REAL.text), UNUSED.textEncoder],
  ['camera_guider', cameraGuiderShapes(REAL.transformer), []],
])('the published %s has these tensors and besides them only unused ones', (module, shapes, unused) => {
  const all = published(module);
  for (const name of unused) expect(all.delete(name)).toBe(true);
  expect(new Map([...shapes].sort())).toEqual(new Map([...all].sort()));
});
