import type { SchedulerConfig } from '../configs.ts';

/**
 * How much of the picture is left at each training step, as the product of 1 - beta ("alphas_cumprod"), in float64: betas are
 * the squares of an even spacing between the roots of the two ends; the shift of the signal-to-noise ratio; and, where the config says
 * so, the roots are stretched so that nothing is left at the last step.
 */
export function cumulativeAlphas({ trainSteps, betaStart, betaEnd, snrShift, zeroSnr }: SchedulerConfig): Float64Array {
  const [from, to] = [Math.sqrt(betaStart), Math.sqrt(betaEnd)];
  const alphas = new Float64Array(trainSteps);
  let product = 1;
  for (let t = 0; t < trainSteps; t++) {
    const root = trainSteps > 1 ? from + ((to - from) * t) / (trainSteps - 1) : from;
    product *= 1 - root * root;
    alphas[t] = product / (snrShift + (1 - snrShift) * product);
  }
  return zeroSnr ? stretchedToZero(alphas) : alphas;
}

function stretchedToZero(alphas: Float64Array): Float64Array {
  const first = Math.sqrt(alphas[0] ?? 1);
  const last = Math.sqrt(alphas.at(-1) ?? 0);
  return alphas.map((alpha) => (((Math.sqrt(alpha) - last) * first) / (first - last)) ** 2);
}

/** The training steps at which `count` steps of denoising are taken, falling, the last one of training first ("trailing"). */
export const trailingTimesteps = (trainSteps: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => roundHalfEven(trainSteps - (i * trainSteps) / count) - 1);

function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
