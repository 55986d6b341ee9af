import { describe, expect, it } from 'vitest';
import { Golden } from './golden.ts';
import { goldenRun, goldenTrainer } from './golden-trainer.ts';
import { VARIANTS, withKernelsUntilDone } from './native-passes.ts';

const golden = new Golden('train_static');
const tolerance = golden.record('tolerance');
const lr = golden.record('lr');

/** The exact rasteriser has no tile rule. */
const RUN = 'full_exact';
/** The rate each final tensor is measured by. */
const GROUPS = {
  means: 'position_init',
  log_scales: 'scaling',
  quats: 'rotation',
  opacity_logits: 'opacity',
  sh_dc: 'sh_dc',
  sh_rest: 'sh_rest',
} as const;

describe('a static optimisation', () => {
  it.each(VARIANTS)('%s', async (variant) => {
    const { losses, gaussians } = await withKernelsUntilDone(variant, async () => {
      const trainer = goldenTrainer(golden, [{ cameras: 'cameras', pictures: 'target_images' }]);
      return {
        losses: await goldenRun(golden, trainer, golden.numbers('camera_order')),
        gaussians: trainer.gaussians(),
      };
    });
    const perGaussian = gaussians.sh.length / gaussians.count;
    const isBase = (_: number, k: number): boolean => k % perGaussian < 3;
    const results: Readonly<Record<keyof typeof GROUPS, Float32Array>> = {
      means: gaussians.means,
      log_scales: gaussians.logScales,
      quats: gaussians.quats,
      opacity_logits: gaussians.opacityLogits,
      sh_dc: gaussians.sh.filter(isBase),
      sh_rest: gaussians.sh.filter((x, k) => !isBase(x, k)),
    };

    const expected = golden.data(`${RUN}.loss`);
    expect(losses.length).toBe(expected.length);
    const worst = Math.max(...losses.map((loss, k) => Math.abs(loss - (expected[k] ?? NaN))));
    const mistakes = golden.within(variant, 'loss', worst, golden.number('loss_abs', tolerance));
    for (const name of Object.keys(GROUPS) as (keyof typeof GROUPS)[]) {
      const reference = golden.data(`${RUN}.final.${name}`);
      const rate = golden.number(GROUPS[name], lr);
      expect(results[name].length).toBe(reference.length);
      const errors = results[name].map((x, k) => Math.abs(x - (reference[k] ?? NaN)) / rate);
      const rms = Math.sqrt(errors.reduce((sum, x) => sum + x * x, 0) / errors.length);
      mistakes.push(
        ...golden.within(
          variant,
          `${name}, largest, in rates`,
          errors.reduce((a, b) => Math.max(a, b), 0),
          golden.number('final_param_max_fraction_of_lr', tolerance),
        ),
        ...golden.within(
          variant,
          `${name}, rms, in rates`,
          rms,
          golden.number('final_param_rms_fraction_of_lr', tolerance),
        ),
      );
    }
    expect(mistakes).toEqual([]);
  });
});
