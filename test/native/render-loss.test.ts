import { describe, expect, it } from 'vitest';
import type { Gaussians } from '../../core/gaussians.ts';
import { passes, VARIANTS, withKernels } from '../golden/native-passes.ts';
import { gradientMistakes } from '../helpers/differences.ts';
import { seededRandom } from '../helpers/random.ts';
import { between, floats, randomCamera, randomCloud } from '../helpers/random-scene.ts';
import { imageLossReference } from '../reference/image-loss.ts';
import { renderReference } from '../reference/rasterize.ts';

const LAMBDA = 0.2;
const PARAMETERS = ['means', 'logScales', 'quats', 'opacityLogits', 'sh'] as const;

/**
 * A few splats, wide enough to be well above 1/255 on every pixel of a small picture and never near opaque: no decision
 * is close, so that the loss is smooth in all parameters.
 */
function smoothScene(shDegree: number) {
  const random = seededRandom(31 + shDegree);
  const camera = randomCamera(random, 13, 9);
  const cloud = { count: 4, shDegree, size: 0.3, scales: [0.35, 0.8], logits: [-1, 1], sh: [-0.15, 0.15] } as const;
  const gaussians = randomCloud(random, cloud);
  const background = floats(random, 3, 0.2, 0.8);
  // Off the render by 0.05 at least: |x - y| has a kink at 0.
  const { rgb } = renderReference({ gaussians, camera, background });
  const target = Float32Array.from(rgb, (x) => x + between(random, 0.05, 0.4) * (random() < 0.5 ? -1 : 1));
  return { gaussians, camera, background, target };
}

describe.each([0, 1, 2, 3])('the loss of a rendered picture, SH degree %d', (shDegree) => {
  const scene = smoothScene(shDegree);
  const { camera, background, target } = scene;
  const { width, height } = camera;
  const picture = (data: ArrayLike<number>) => ({ width, height, data });
  const reference = (gaussians: Gaussians) =>
    imageLossReference(picture(renderReference({ gaussians, camera, background }).rgb), picture(target), LAMBDA);

  /** Height x width x 3, as the engine takes targets. */
  const interleaved = target.map((_, k) => target[(k % 3) * width * height + Math.floor(k / 3)] ?? NaN);

  it('is away from discontinuities', () => {
    expect(Math.min(...renderReference(scene).margin)).toBeGreaterThan(0.02);
  });

  it.each(VARIANTS)('has the gradient that finite differences give, %s', (variant) => {
    const { loss, gradients } = withKernels(variant, () => {
      const gradRgb = new Float32Array(target.length);
      const call = { gaussians: scene.gaussians, camera, background, threads: 1 };
      const { rgb } = passes.renderGradients({ ...call, gradRgb });
      const result = passes.imageLoss({ rgb, target: interleaved, width, height, lambda: LAMBDA, threads: 1 });
      return { loss: result.loss, gradients: passes.renderGradients({ ...call, gradRgb: result.grad }) };
    });
    expect(loss / reference(scene.gaussians).loss).toBeCloseTo(1, 5);
    expect(
      PARAMETERS.flatMap((name) =>
        gradientMistakes(name, scene.gaussians[name], gradients[name], () => reference(scene.gaussians).loss),
      ),
    ).toEqual([]);
  });
});
