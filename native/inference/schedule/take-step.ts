import type { Step } from './steps.ts';

/** Where a step of denoising leaves the latents. */
export interface Stepped {
  readonly sample: Float32Array;
  /** What the step took for the clean latents; the next one looks back at it. */
  readonly clean: Float32Array;
}

/**
 * Takes a step (see `Step`). All lists have the length of `sample`.
 * @param output What the network made of `sample`, guidance applied.
 * @param olderClean `clean` of the step before; needed where the step's `olderClean` is not 0.
 * @param noise Standard normal; needed where the step's `noise` is not 0.
 */
export function takeStep(
  step: Step,
  sample: Float32Array,
  output: Float32Array,
  olderClean?: Float32Array,
  noise?: Float32Array,
): Stepped {
  const older = given(step.olderClean, olderClean, sample.length, 'the clean latents of the step before');
  const random = given(step.noise, noise, sample.length, 'noise');
  const clean = new Float32Array(sample.length);
  const next = new Float32Array(sample.length);
  for (let i = 0; i < sample.length; i++) {
    const x = sample[i] ?? 0;
    const x0 = Math.fround(step.cleanFromSample * x - step.cleanFromOutput * (output[i] ?? NaN));
    clean[i] = x0;
    let sum = step.sample * x + step.clean * x0;
    if (older) sum += step.olderClean * (older[i] ?? 0);
    if (random) sum += step.noise * (random[i] ?? 0);
    next[i] = sum;
  }
  return { sample: next, clean };
}

/** `values` where their factor is not 0, checked. */
function given(factor: number, values: Float32Array | undefined, length: number, what: string) {
  if (factor === 0) return undefined;
  if (values?.length === length) return values;
  throw new RangeError(`The step needs ${what}, ${length} numbers; got ${values?.length ?? 'none'}.`);
}
