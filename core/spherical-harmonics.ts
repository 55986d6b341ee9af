import { shCoefficients } from './gaussians.ts';

/**
 * The real spherical harmonics of the unit vector (x, y, z) up to `degree` (0 to 3), in the order and with the signs
 * that 3D Gaussian splatting uses: (degree + 1)^2 numbers. They are orthonormal over the sphere.
 */
export function shBasis(degree: number, x: number, y: number, z: number): number[] {
  const basis = [SH0];
  if (degree > 0) basis.push(-C1 * y, C1 * z, -C1 * x);
  if (degree > 1) {
    basis.push(C2 * x * y, -C2 * y * z, C2_ZERO * (2 * z * z - x * x - y * y), -C2 * x * z, (C2 / 2) * (x * x - y * y));
  }
  if (degree > 2) {
    const inner = 4 * z * z - x * x - y * y;
    basis.push(-C3_OUTER * y * (3 * x * x - y * y), C3_XYZ * x * y * z, -C3_INNER * y * inner);
    basis.push(C3_ZERO * z * (2 * z * z - 3 * x * x - 3 * y * y));
    basis.push(-C3_INNER * x * inner, (C3_XYZ / 2) * z * (x * x - y * y), -C3_OUTER * x * (x * x - 3 * y * y));
  }
  return basis;
}

/** The harmonic of degree 0: a colour is this times the first coefficient, plus a half. */
export const SH0 = Math.sqrt(1 / (4 * Math.PI));
const C1 = Math.sqrt(3 / (4 * Math.PI));
const C2 = Math.sqrt(15 / (4 * Math.PI));
const C2_ZERO = Math.sqrt(5 / (16 * Math.PI));
const C3_OUTER = Math.sqrt(35 / (32 * Math.PI));
const C3_XYZ = Math.sqrt(105 / (4 * Math.PI));
const C3_INNER = Math.sqrt(21 / (32 * Math.PI));
const C3_ZERO = Math.sqrt(7 / (16 * Math.PI));

// Gauss-Legendre nodes and weights in z times equal steps around it integrate polynomials up to degree 7 exactly, and
// a product of two harmonics of degree 3 has degree 6.
const NODES = [-1, 1].flatMap((sign) => [
  { z: sign * Math.sqrt(3 / 7 - (2 / 7) * Math.sqrt(6 / 5)), weight: (18 + Math.sqrt(30)) / 36 },
  { z: sign * Math.sqrt(3 / 7 + (2 / 7) * Math.sqrt(6 / 5)), weight: (18 - Math.sqrt(30)) / 36 },
]);
const STEPS = 8;

/**
 * The K x K matrix (row-major, K = (degree + 1)^2) that turns SH coefficients along with the world: for every
 * direction d, the turned coefficients seen along R d give what the old ones gave along d. `rotation` is R, 3x3
 * row-major, orthonormal with determinant +1.
 */
export function shRotation(degree: number, rotation: readonly number[]): Float64Array {
  const k = shCoefficients(degree);
  const matrix = new Float64Array(k * k);
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] = rotation;
  for (const { z, weight } of NODES) {
    for (let step = 0; step < STEPS; step++) {
      const angle = (2 * Math.PI * step) / STEPS;
      const [x, y] = [Math.sqrt(1 - z * z) * Math.cos(angle), Math.sqrt(1 - z * z) * Math.sin(angle)];
      const old = shBasis(degree, x, y, z);
      const turned = shBasis(degree, a * x + b * y + c * z, d * x + e * y + f * z, g * x + h * y + i * z);
      turned.forEach((t, row) => {
        old.forEach((o, column) => {
          matrix[row * k + column] = (matrix[row * k + column] ?? 0) + ((2 * Math.PI) / STEPS) * weight * t * o;
        });
      });
    }
  }
  return matrix;
}
