/** Exponent of the published dynamic guidance. */
const POWER = 5;

/**
 * The strength of guidance at a step, 1 + scale (1 - cos(pi ((count - timestep) / count)^5)) / 2. CogVideoX's formula is meant for the
 * number of the step, but the released code gives it the TIMESTEP (up to 999), so that the cosine is driven far out of its range and the strength
 * jumps between 1 and 1 + scale from step to step. Kept, because it is how the published pictures were made.
 */
export function dynamicGuidance(scale: number, count: number, timestep: number): number {
  return 1 + (scale * (1 - Math.cos(Math.PI * fifthPower((count - timestep) / count)))) / 2;
}

/**
 * x^5, rounded once. With few steps the power is some 10^12, where Math.pow's error of an ulp would turn the cosine by a
 * thousandth.
 */
function fifthPower(x: number): number {
  if (!Number.isFinite(x)) return x;
  let [mantissa, exponent] = [x, 0];
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    exponent--;
  }
  return Number(BigInt(mantissa) ** BigInt(POWER)) * 2 ** (POWER * exponent);
}

/** Moves the negative prompt's prediction towards the prompt's and, by `strength` above 1, beyond it. */
export function guide(negative: Float32Array, positive: Float32Array, strength: number): Float32Array {
  return negative.map((from, i) => from + strength * ((positive[i] ?? NaN) - from));
}
