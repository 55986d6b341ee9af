import { describe, expect, it } from 'vitest';
import { psnrOfError } from '../../core/metrics/psnr.ts';
import { MEASURES } from '../../native/addon/index.ts';
import { Golden, slice } from './golden.ts';
import { camerasOf, goldenRun, goldenTrainer } from './golden-trainer.ts';
import { passes, VARIANTS, withKernelsUntilDone } from './native-passes.ts';

const golden = new Golden('fit_quality');
const tolerance = golden.record('tolerance');
const finalPsnr = golden.record('final_psnr');
const allowed = (key: string): number => golden.number(key, tolerance);

/** "loss_abs_first_100": how many iterations the tight tolerance holds for. */
const early = Object.keys(tolerance).find((key) => key.startsWith('loss_abs_first_')) ?? '';
const earlyCount = Number(early.split('_').at(-1));
const lastCount = 8;
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe('an optimisation of real views', () => {
  const views = { cameras: 'cameras_train', pictures: 'train_images' };
  const heldOut = { cameras: 'cameras_test', pictures: 'test_images' };
  const counts = [views, heldOut].map(({ pictures }) => golden.tensor(pictures).shape[0] ?? 0);
  const [viewCount = 0, heldOutCount = 0] = counts;

  it.each(VARIANTS)('%s', async (variant) => {
    const { losses, errors, gaussians } = await withKernelsUntilDone(variant, async () => {
      // The held-out views are known to the trainer so that it can measure them; none of its samples names them.
      const trainer = goldenTrainer(golden, [views, heldOut]);
      const order = golden.numbers('view_order');
      const run = await goldenRun(golden, trainer, order);
      const samples = Int32Array.from({ length: 2 * (viewCount + heldOutCount) }, (_, k) => (k % 2 ? 0 : k / 2));
      const measured = await trainer.measure({ samples, deform: false });
      return {
        losses: run,
        errors: [...measured].filter((_, k) => k % MEASURES === 0),
        gaussians: trainer.gaussians(),
      };
    });

    const expected = [...golden.data('loss')];
    expect(losses.length).toBe(expected.length);
    const differences = losses.map((loss, k) => Math.abs(loss - (expected[k] ?? NaN)));
    const late = differences.slice(earlyCount);
    const beyond = late.filter((difference) => difference > allowed('loss_abs_later')).length;
    const last = (values: readonly number[]): number => mean(values.slice(-lastCount));
    const psnr = errors.map((mse) => psnrOfError(mse, 1));
    const train = mean(psnr.slice(0, viewCount));
    const test = mean(psnr.slice(viewCount));
    const offBy = (value: number, key: string): number => Math.abs(value - golden.number(key, finalPsnr));
    process.stdout.write(
      `fit_quality, ${variant}: PSNR ${train.toFixed(3)} dB, held out ${test.toFixed(3)} dB; ` +
        `${beyond} of ${late.length} late losses beyond the tolerance of a single one\n`,
    );
    expect([
      ...golden.within(
        variant,
        `loss, first ${earlyCount}`,
        Math.max(...differences.slice(0, earlyCount)),
        allowed(early),
      ),
      // Where a Gaussian is on the verge of fading, rounding decides when it goes, and single losses are up to 4e-4 apart
      // until then; a start perturbed by 1e-6 has such a spell in a third of the runs. Hence the mean.
      ...golden.within(variant, 'loss, later, on average', mean(late), allowed('loss_abs_later')),
      ...golden.within(
        variant,
        `mean of the last ${lastCount} losses`,
        Math.abs(last(losses) - last(expected)),
        allowed('loss_mean_last_8_abs'),
      ),
      ...golden.within(variant, 'PSNR, dB', offBy(train, 'train'), allowed('psnr_train_mean_db')),
      ...golden.within(variant, 'held-out PSNR, dB', offBy(test, 'test'), allowed('psnr_test_mean_db')),
    ]).toEqual([]);

    // The stored renders of the held-out views differ from ours by what single parameters drift apart.
    const renders = golden.tensor('final_test_renders');
    const background = Float32Array.from(golden.numbers('background'));
    camerasOf(golden, heldOut.cameras).forEach((camera, view) => {
      const stored = slice(renders, view).data;
      const gradRgb = new Float32Array(stored.length);
      const { rgb } = passes.renderGradients({ gaussians, camera, background, threads: 2, gradRgb });
      expect(psnrOfError(mean([...rgb].map((x, k) => (x - (stored[k] ?? NaN)) ** 2)), 1)).toBeGreaterThan(40);
    });
  });
});
