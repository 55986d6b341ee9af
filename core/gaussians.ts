/** A cloud of 3D Gaussians as a structure of arrays (row-major, one row a Gaussian). */
export interface Gaussians {
  /** Number of Gaussians, N. */
  readonly count: number;
  /** Degree of the spherical harmonics, 0 to 3; K = (degree + 1)^2 coefficients. */
  readonly shDegree: number;
  /** Centres, [N, 3], world units. */
  readonly means: Float32Array;
  /** Natural logarithms of the standard deviations along the three axes, [N, 3]. */
  readonly logScales: Float32Array;
  /** Rotations as (w, x, y, z), [N, 4]; normalised wherever they are used. */
  readonly quats: Float32Array;
  /** Logits of the opacities, [N]. */
  readonly opacityLogits: Float32Array;
  /** SH coefficients, [N, K, 3], coefficient-major with RGB last. The colour is the SH sum + 0.5. */
  readonly sh: Float32Array;
}

export const shCoefficients = (degree: number): number => (degree + 1) ** 2;

/** Gaussians of the given number and degree with all numbers zero. */
export function allocateGaussians(count: number, shDegree: number): Gaussians {
  return {
    count,
    shDegree,
    means: new Float32Array(count * 3),
    logScales: new Float32Array(count * 3),
    quats: new Float32Array(count * 4),
    opacityLogits: new Float32Array(count),
    sh: new Float32Array(count * 3 * shCoefficients(shDegree)),
  };
}
