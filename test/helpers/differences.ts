/**
 * Where `gradient` is not the derivative of `value` with respect to each number of `parameters`, by more than `tolerance`
 * of the largest derivative. The numbers are stepped in place and put back; single precision takes the step that it can.
 */
export function gradientMistakes(
  what: string,
  parameters: Float32Array,
  gradient: ArrayLike<number>,
  value: () => number,
  { step = 2 ** -10, tolerance = 1e-3 } = {},
): string[] {
  if (gradient.length !== parameters.length) return [`${what}: ${gradient.length} gradients, not ${parameters.length}`];
  const differences = Array.from(parameters, (start, k) => {
    const at = (sign: number): { place: number; value: number } => {
      parameters[k] = start + sign * step;
      return { place: parameters[k], value: value() };
    };
    const [up, down] = [at(1), at(-1)];
    parameters[k] = start;
    return (up.value - down.value) / (up.place - down.place);
  });
  const scale = Math.max(1e-12, ...differences.map(Math.abs));
  return differences.flatMap((expected, k) => {
    const found = gradient[k] ?? NaN;
    return Math.abs(found - expected) <= tolerance * scale ? [] : [`${what}[${k}]: ${found}, not ${expected}`];
  });
}
