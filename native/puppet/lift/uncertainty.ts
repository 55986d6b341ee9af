/** How wrong a bone's length may be, in parts of it. */
const LENGTH_ERROR = 0.02;
/** How wrong a bone's length in the picture may be, in parts of the bone. */
const SIGHT_ERROR = 0.02;
const LEAST_HALF = 0.12;
/** A bone whose depth is below about the root of this part of it may as well lie in the picture plane. */
const SOFTENED = 0.01;

/**
 * Standard deviation of the depth of a bone's end that follows from its foreshortening. A bone that lies in the picture
 * plane says almost nothing: d = sqrt(L^2 - l^2) has an infinite slope there. `trust` is that of the sight.
 */
export function offsetSigma(half: number, bone: number, trust: number): number {
  const error = (LENGTH_ERROR + SIGHT_ERROR) * bone * bone;
  return (0.02 * bone + error / Math.max(half, LEAST_HALF * bone)) / Math.sqrt(trust + 1e-4);
}

/** The depth without what noise alone would make of a bone that is seen at its full length. */
export const softened = (half: number, bone: number): number =>
  Math.sqrt(Math.max(0, half * half - SOFTENED * bone * bone));

/** A square up to a limit: one wrong frame must not decide over the others. */
export const capped = (value: number, limit = 9): number => Math.min(limit, value * value);

export interface Estimate {
  readonly depth: number;
  readonly sigma: number;
}

/** The mean of several estimates by how sure they are. */
export function combined(terms: readonly Estimate[]): Estimate {
  const weight = (sigma: number): number => 1 / (sigma * sigma);
  const total = terms.reduce((sum, { sigma }) => sum + weight(sigma), 0);
  const depth = terms.reduce((sum, term) => sum + weight(term.sigma) * term.depth, 0) / total;
  return { depth, sigma: 1 / Math.sqrt(total) };
}
