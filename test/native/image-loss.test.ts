import { describe, expect, it } from 'vitest';
import { goldenError } from '../golden/golden.ts';
import { passes, VARIANTS, withKernels } from '../golden/native-passes.ts';
import { seededRandom } from '../helpers/random.ts';
import { floats } from '../helpers/random-scene.ts';
import { imageLossReference } from '../reference/image-loss.ts';

/** A byte as the engine reads it. */
const decoded = (byte: number): number => Math.fround(byte * Math.fround(1 / 255));

function pictures(width: number, height: number) {
  const random = seededRandom(width * 100 + height);
  const rgb = floats(random, 3 * width * height, -0.1, 1.2);
  const target = Uint8Array.from({ length: 3 * width * height }, () => Math.floor(random() * 256));
  // A part of the render equals the target exactly.
  const pixels = width * height;
  for (let p = 0; p < Math.floor(pixels / 3); p++) {
    for (let c = 0; c < 3; c++) rgb[c * pixels + p] = decoded(target[p * 3 + c] ?? 0);
  }
  const truth = rgb.map((_, k) => decoded(target[(k % pixels) * 3 + Math.floor(k / pixels)] ?? NaN));
  return { rgb, target, truth };
}

describe.each(VARIANTS)('the native image loss, %s', (variant) => {
  it.each([
    [1, 1],
    [3, 2],
    [17, 31],
    [100, 7],
    [7, 100],
    [64, 16],
    [81, 33],
  ])('%dx%d', (width, height) => {
    const { rgb, target, truth } = pictures(width, height);
    const mistakes = [0, 0.2, 1].flatMap((lambda) => {
      const call = { rgb, target, width, height, lambda };
      const native = withKernels(variant, () => passes.imageLoss({ ...call, threads: 1 }));
      const expected = imageLossReference({ width, height, data: rgb }, { width, height, data: truth }, lambda);
      for (const threads of [2, 4]) {
        expect(withKernels(variant, () => passes.imageLoss({ ...call, threads }))).toEqual(native);
      }
      const values = (['loss', 'l1', 'ssim', 'mse'] as const).flatMap((name) =>
        Math.abs(native[name] - expected[name]) < 5e-6
          ? []
          : [`${name} at ${lambda}: ${native[name]}, not ${expected[name]}`],
      );
      const gradient = { shape: [3, width * height], data: Float32Array.from(expected.gradient) };
      const error = goldenError(native.grad, gradient).rel_l2;
      return error < 1e-4 ? values : [...values, `gradient at ${lambda}: ${error}`];
    });
    expect(mistakes).toEqual([]);
  });

  it('is nothing for equal pictures', () => {
    const { truth, target } = pictures(20, 15);
    const result = withKernels(variant, () =>
      passes.imageLoss({ rgb: truth, target, width: 20, height: 15, lambda: 0, threads: 1 }),
    );
    expect([result.loss, result.mse]).toEqual([0, 0]);
    expect(new Set(result.grad.map(Math.abs))).toEqual(new Set([0]));
  });
});
