import { describe, expect, it } from 'vitest';
import { passes, VARIANTS, withKernels } from '../golden/native-passes.ts';
import { seededRandom } from '../helpers/random.ts';

describe('the native Adam pass', () => {
  it.each(VARIANTS)('treats the values after the last whole vector like the others (%s)', (variant) => {
    const random = seededRandom(5);
    const floats = (): Float32Array => Float32Array.from({ length: 37 }, random);
    const call = {
      values: floats(),
      gradients: floats(),
      firstMoments: floats(),
      secondMoments: floats(),
      step: 3,
      rate: 0.1,
    };
    const whole = withKernels(variant, () => passes.adamStep(call));
    const first = (array: Float32Array): Float32Array => array.subarray(36);
    const alone = withKernels(variant, () =>
      passes.adamStep({
        ...call,
        values: first(call.values),
        gradients: first(call.gradients),
        firstMoments: first(call.firstMoments),
        secondMoments: first(call.secondMoments),
      }),
    );
    expect(alone.values).toEqual(first(whole.values));
    expect(alone.secondMoments).toEqual(first(whole.secondMoments));
  });

  it('names a NaN in the gradients', () => {
    const zeros = new Float32Array(2);
    const call = { values: zeros, firstMoments: zeros, secondMoments: zeros, step: 1, rate: 0.1 };
    expect(() => passes.adamStep({ ...call, gradients: Float32Array.of(0, NaN) })).toThrow(
      'gradients: value 1 of [2] = 2 is nan',
    );
  });
});
