import { describe, expect, it } from 'vitest';
import type { Picture } from '../../core/metrics/picture.ts';
import { psnr } from '../../core/metrics/psnr.ts';
import { ssim } from '../../core/metrics/ssim.ts';
import { imageLossReference } from '../reference/image-loss.ts';
import { Golden, interleaved } from './golden.ts';
import { passes, VARIANTS, withKernels } from './native-passes.ts';

const golden = new Golden('ssim_l1');
const [, height = 0, width = 0] = golden.tensor('in.image').shape;
const image = golden.data('in.image');
const target = golden.data('in.target');
/** Weight of 1 - SSIM in the combined loss of the golden data. */
const LAMBDA = 0.2;

const negated = (values: ArrayLike<number>): number[] => Array.from(values, (x) => -x);

/** The golden names of what the losses at the two ends and at LAMBDA give. */
function named(run: (lambda: number) => { loss: number; l1: number; ssim: number; grad: ArrayLike<number> }) {
  const [l1, structure, both] = [run(0), run(1), run(LAMBDA)];
  return {
    'value.l1': [l1.loss],
    'grad.l1': l1.grad,
    'value.ssim': [1 - structure.loss],
    'grad.ssim': negated(structure.grad),
    'value.loss_08_02': [both.loss],
    'grad.loss_08_02': both.grad,
  };
}

describe('the image loss', () => {
  const reference = (lambda: number) => {
    const { gradient: grad, ...rest } = imageLossReference(
      { width, height, data: image },
      { width, height, data: target },
      lambda,
    );
    return { ...rest, grad };
  };

  it.each(VARIANTS)('native, %s', (variant) => {
    const exact = interleaved(golden.tensor('in.target'));
    const run = (lambda: number) =>
      withKernels(variant, () => passes.imageLoss({ rgb: image, target: exact, width, height, lambda, threads: 2 }));
    golden.check(variant, named(run));
    const { l1, ssim: similarity, mse } = run(LAMBDA);
    golden.check(`${variant}, reported`, { 'value.l1': [l1], 'value.ssim': [similarity] });
    expect(mse / reference(LAMBDA).mse).toBeCloseTo(1, 5);
  });

  it('reference', () => {
    golden.check('reference', named(reference));
  });
});

describe('the metrics', () => {
  const picture = (name: string): Picture => {
    return { width, height, channels: 3, data: interleaved(golden.tensor(name)), peak: 1 };
  };

  it('give SSIM and PSNR', () => {
    golden.check('metrics', {
      'value.ssim': [ssim(picture('in.image'), picture('in.target'))],
      'value.psnr': [psnr(picture('in.image'), picture('in.target'))],
    });
  });
});
