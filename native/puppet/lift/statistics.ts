/** Value below which that part of the numbers lies, interpolated; `none` of no numbers. */
export function quantile(numbers: readonly number[], part: number, none = 0): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const position = part * (sorted.length - 1);
  const below = Math.max(0, Math.floor(position));
  const low = sorted[below] ?? none;
  return low + ((sorted[below + 1] ?? low) - low) * (position - below);
}

export const median = (numbers: readonly number[], none = 0): number => quantile(numbers, 0.5, none);

/** The value, or the end of the range that it is beyond. */
export const within = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Means over the neighbours in time, weighted by a bell of standard deviation `sigma` frames. */
export function bellSmoothed(values: readonly number[], sigma: number): number[] {
  const reach = Math.ceil(3 * sigma);
  return values.map((_, at) => {
    let [sum, weights] = [0, 0];
    for (let i = Math.max(0, at - reach); i <= Math.min(values.length - 1, at + reach); i++) {
      const weight = Math.exp(-0.5 * ((i - at) / sigma) ** 2);
      sum += weight * (values[i] ?? 0);
      weights += weight;
    }
    return sum / weights;
  });
}

/** Largest value within `reach` frames on either side. */
export function highestNear(values: readonly number[], reach: number): number[] {
  return values.map((_, at) => Math.max(...values.slice(Math.max(0, at - reach), at + reach + 1)));
}
