import { shCoefficients, type Gaussians } from './gaussians.ts';
import { rotationMatrix, type Quaternion } from './quaternion.ts';
import { shRotation } from './spherical-harmonics.ts';

/** The cloud turned about the origin by a unit quaternion: centres, orientations and view-dependent colours. */
export function rotateGaussians(gaussians: Gaussians, rotation: Quaternion): Gaussians {
  const matrix = rotationMatrix(rotation);
  return {
    ...gaussians,
    means: rotateMeans(gaussians.means, matrix),
    quats: rotateQuats(gaussians.quats, rotation),
    sh: gaussians.shDegree === 0 ? gaussians.sh.slice() : rotateSh(gaussians, shRotation(gaussians.shDegree, matrix)),
  };
}

function rotateMeans(means: Float32Array, matrix: readonly number[]): Float32Array {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] = matrix;
  const turned = new Float32Array(means.length);
  for (let at = 0; at < means.length; at += 3) {
    const [x = 0, y = 0, z = 0] = means.subarray(at, at + 3);
    turned[at] = a * x + b * y + c * z;
    turned[at + 1] = d * x + e * y + f * z;
    turned[at + 2] = g * x + h * y + i * z;
  }
  return turned;
}

function rotateQuats(quats: Float32Array, [w, x, y, z]: Quaternion): Float32Array {
  const turned = new Float32Array(quats.length);
  for (let at = 0; at < quats.length; at += 4) {
    const [p = 0, q = 0, r = 0, s = 0] = quats.subarray(at, at + 4);
    turned[at] = w * p - x * q - y * r - z * s;
    turned[at + 1] = w * q + x * p + y * s - z * r;
    turned[at + 2] = w * r - x * s + y * p + z * q;
    turned[at + 3] = w * s + x * r - y * q + z * p;
  }
  return turned;
}

function rotateSh({ count, shDegree, sh }: Gaussians, matrix: Float64Array): Float32Array {
  const k = shCoefficients(shDegree);
  const turned = new Float32Array(sh.length);
  for (let gaussian = 0; gaussian < count; gaussian++) {
    const base = gaussian * k * 3;
    for (let row = 0; row < k; row++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let column = 0; column < k; column++) {
          sum += (matrix[row * k + column] ?? 0) * (sh[base + column * 3 + channel] ?? 0);
        }
        turned[base + row * 3 + channel] = sum;
      }
    }
  }
  return turned;
}
