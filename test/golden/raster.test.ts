import { describe, expect, it } from 'vitest';
import { renderReference, renderReferenceBackward } from '../reference/rasterize.ts';
import { Golden } from './golden.ts';
import { passes, VARIANTS, withKernels } from './native-passes.ts';
import { namedResults, RASTER_SCENES, rasterScene, splatColumns } from './raster-scene.ts';

/**
 * The rasteriser tries every Gaussian on every pixel it can reach, so it is compared with `full`. Radii and tile
 * rectangles (`proj.radii`, `proj.tile_rect`) are the 16x16 rule that `full` leaves out; nothing here computes them.
 */
const SLACK: Readonly<Record<string, number>> = {
  // The golden data's README: one unit in the last place is enough to exceed row_rel there by 1.4.
  raster_white_bg: 1.5,
};

describe.each(RASTER_SCENES)('the rasteriser on %s', (name) => {
  const golden = new Golden(name);
  const scene = rasterScene(golden);
  const gradRgb = golden.data('w.rgb');
  const extra = { gradAlpha: golden.data('w.alpha'), gradDepth: golden.data('w.depth') };
  const rowSlack = { row_rel: SLACK[name] ?? 1 };
  const same = (a: string, b: string): boolean => {
    const other = golden.data(b);
    return golden.data(a).every((x, i) => x === other[i]);
  };
  const coincide = ['rgb', 'alpha', 'depth'].every((image) => same(`tile16.${image}`, `full.${image}`));

  const mistakes = (who: string, results: Readonly<Record<string, ArrayLike<number>>>): string[] =>
    Object.entries(results).flatMap(([key, result]) => golden.mistakes(who, key, result, rowSlack));

  describe.each(VARIANTS)('native, %s', (variant) => {
    const run = (images = {}) =>
      withKernels(variant, () => passes.renderGradients({ ...scene, gradRgb, threads: 2, ...images }));

    it('gives the images and the gradients', () => {
      expect(mistakes(variant, namedResults(run(), 'full', 'full.grad'))).toEqual([]);
    });

    it('gives the projected Gaussians', () => {
      const result = run();
      // What the published rule culls has no reference; it counts as right.
      const radii = golden.data('proj.radii');
      const items = (['means2d', 'cov2d', 'conics', 'depths', 'colors', 'opacities'] as const).map((item) => {
        const reference = golden.data(`proj.${item}`);
        const width = reference.length / radii.length;
        const values = splatColumns(result, item).map((x, k) =>
          (radii[Math.floor(k / width)] ?? 0) > 0 ? x : (reference[k] ?? NaN),
        );
        return [`proj.${item}`, values] as const;
      });
      expect(radii.some((radius) => radius > 0)).toBe(true);
      expect(mistakes(variant, Object.fromEntries(items))).toEqual([]);
    });

    it.runIf(coincide)('gives the gradients of the alpha and depth images', () => {
      const results = namedResults(run(extra), 'tile16', 'tile16.grad_all');
      expect(mistakes(variant, results)).toEqual([]);
    });
  });

  describe('reference', () => {
    it('gives the images and the gradients', () => {
      const { rgb, alpha, depth } = renderReference(scene);
      const gradients = renderReferenceBackward(scene, { rgb: gradRgb });
      expect(
        mistakes('reference', {
          'full.rgb': rgb,
          'full.alpha': alpha,
          'full.depth': depth,
          'full.grad.means': gradients.means,
          'full.grad.log_scales': gradients.logScales,
          'full.grad.quats': gradients.quats,
          'full.grad.opacity_logits': gradients.opacityLogits,
          'full.grad.sh': gradients.sh,
          'full.grad.means2d': gradients.means2d,
          'full.grad.conics': gradients.conics,
          'full.grad.colors': gradients.colors,
        }),
      ).toEqual([]);
    });
  });
});
