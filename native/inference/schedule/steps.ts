import { AppError } from '../../../core/errors.ts';
import type { SchedulerConfig } from '../configs.ts';
import { cumulativeAlphas, trailingTimesteps } from './alphas.ts';

/**
 * One step of denoising as numbers. With latents x, the network's output v (the "velocity") and standard normal noise z, the
 * clean latents are guessed as x0 = cleanFromSample x - cleanFromOutput v, and the step gives
 * sample x + clean x0 + olderClean x0 of the step before + noise z.
 */
export interface Step {
  /** Training step that the network is told. */
  readonly timestep: number;
  readonly cleanFromSample: number;
  readonly cleanFromOutput: number;
  readonly sample: number;
  readonly clean: number;
  readonly olderClean: number;
  readonly noise: number;
}

/**
 * The steps of the second-order stochastic DPM solver ("SDE-DPM-Solver++ 2M") as CogVideoX takes them; first and last step are of
 * first order. At the first step nothing of the picture is left (log signal-to-noise ratio -infinity) and at the last everything is
 * (+infinity); the formulas take both limits by the rules for infinite numbers.
 *
 * The step that follows timestep t aims at t - floor(trainSteps / count), which is not quite the next timestep where count does
 * not divide trainSteps: kept as the networks' authors ran it.
 * Throws an `AppError` for a count of steps that training does not allow.
 */
export function dpmSteps(config: SchedulerConfig, count: number): Step[] {
  return moments(config, count).map(({ timestep, alpha, target, back }, i) => {
    const [now, then] = [logSnr(alpha), logSnr(target)];
    const h = then - now;
    const faded = -Math.expm1(-2 * h);
    const clean = faded * Math.sqrt(target);
    const isOuter = i === 0 || i === count - 1;
    const older = isOuter ? 0 : h / (now - logSnr(back)) / 2;
    return {
      timestep,
      cleanFromSample: Math.sqrt(alpha),
      cleanFromOutput: Math.sqrt(1 - alpha),
      sample: Math.sqrt((1 - target) / (1 - alpha)) * Math.exp(-h),
      clean: clean * (1 + older),
      olderClean: older === 0 ? 0 : -clean * older,
      noise: Math.sqrt((1 - target) * faded),
    };
  });
}

/** The steps of the deterministic DDIM; otherwise as `dpmSteps`. */
export function ddimSteps(config: SchedulerConfig, count: number): Step[] {
  return moments(config, count).map(({ timestep, alpha, target }) => {
    const sample = Math.sqrt((1 - target) / (1 - alpha));
    return {
      timestep,
      cleanFromSample: Math.sqrt(alpha),
      cleanFromOutput: Math.sqrt(1 - alpha),
      sample,
      clean: Math.sqrt(target) - Math.sqrt(alpha) * sample,
      olderClean: 0,
      noise: 0,
    };
  });
}

/** Half the logarithm of signal over noise power. */
const logSnr = (alpha: number): number => Math.log(alpha / (1 - alpha)) / 2;

/** How much of the picture is left at each step's start, at its end and at the start of the step before. */
function moments(config: SchedulerConfig, count: number) {
  const { trainSteps } = config;
  if (!Number.isSafeInteger(count) || count < 1 || count > trainSteps) {
    throw new AppError('bad-input', `${count} steps of denoising are not possible; choose 1 to ${trainSteps}.`);
  }
  const alphas = cumulativeAlphas(config);
  const timesteps = trailingTimesteps(trainSteps, count);
  const stride = Math.floor(trainSteps / count);
  return timesteps.map((timestep, i) => ({
    timestep,
    alpha: alphas[timestep] ?? 1,
    target: alphas[timestep - stride] ?? 1,
    back: alphas[timesteps[i - 1] ?? -1] ?? 1,
  }));
}
