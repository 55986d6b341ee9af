import { shCoefficients, type Gaussians } from '../gaussians.ts';
import { SH0 } from '../spherical-harmonics.ts';
import { packHalves, toHalf } from './half-float.ts';

/**
 * Gaussians as the viewer's textures hold them, in 32-bit words a Gaussian:
 * - pose, 8 words: centre x, y, z (floats); colour r, g (halves); the unit quaternion's x, y, z (floats), its w being the
 *   positive rest; colour b (half). The colour is that of degree 0, before its clamp.
 * - shape, 4 floats: standard deviations along the three axes, opacity 0..1.
 * - harmonics: the coefficients from degree 1 on as halves, coefficient-major with RGB last, padded to whole texels.
 * Arrays are as long as whole rows of textures need.
 */
export const POSE_WORDS = 8;
export const SHAPE_WORDS = 4;

/** Width of the viewer's textures, in texels of four words. */
export const TEXTURE_WIDTH = 2048;

/** Words of harmonics a Gaussian: whole texels. */
export const harmonicWords = (shDegree: number): number => Math.ceil(((shCoefficients(shDegree) - 1) * 3) / 8) * 4;

/** `words` a Gaussian for `count` Gaussians, rounded up to whole rows of a texture; one row at least. */
export function paddedLength(count: number, words: number): number {
  const row = TEXTURE_WIDTH * 4;
  return Math.max(1, Math.ceil((count * words) / row)) * row;
}

/** An array of words that can be read as floats too. */
export interface Words {
  readonly words: Uint32Array<ArrayBuffer>;
  readonly floats: Float32Array<ArrayBuffer>;
}

export function allocateWords(length: number): Words {
  const buffer = new ArrayBuffer(length * 4);
  return { words: new Uint32Array(buffer), floats: new Float32Array(buffer) };
}

/** Beyond this a standard deviation is the whole world; infinities would reach the projection. */
const LARGEST = 1e6;

/** Writes the poses of `gaussians` into `out` from Gaussian `first` on. A quaternion of length 0 is no rotation. */
export function packPoses(gaussians: Gaussians, out: Words, first = 0): void {
  const { count, means, quats, sh } = gaussians;
  const stride = count > 0 ? sh.length / count : 0;
  for (let i = 0; i < count; i++) {
    const to = (first + i) * POSE_WORDS;
    out.floats[to] = means[i * 3] ?? 0;
    out.floats[to + 1] = means[i * 3 + 1] ?? 0;
    out.floats[to + 2] = means[i * 3 + 2] ?? 0;
    const [r, g, b] = [sh[i * stride] ?? 0, sh[i * stride + 1] ?? 0, sh[i * stride + 2] ?? 0];
    out.words[to + 3] = packHalves(0.5 + SH0 * r, 0.5 + SH0 * g);
    packRotation(
      out.floats,
      to + 4,
      quats[i * 4] ?? 0,
      quats[i * 4 + 1] ?? 0,
      quats[i * 4 + 2] ?? 0,
      quats[i * 4 + 3] ?? 0,
    );
    out.words[to + 7] = toHalf(0.5 + SH0 * b);
  }
}

/** x, y, z of the unit quaternion whose w is not negative. */
export function packRotation(out: Float32Array, at: number, w: number, x: number, y: number, z: number): void {
  const length = Math.sqrt(w * w + x * x + y * y + z * z);
  const scale = length > 1e-20 ? (w < 0 ? -1 : 1) / length : 0;
  out[at] = x * scale;
  out[at + 1] = y * scale;
  out[at + 2] = z * scale;
}

/** Writes standard deviations and opacities into `out`, four floats a Gaussian, from Gaussian `first` on. */
export function packShapes({ count, logScales, opacityLogits }: Gaussians, out: Float32Array, first = 0): void {
  for (let i = 0; i < count; i++) {
    const to = (first + i) * SHAPE_WORDS;
    for (let c = 0; c < 3; c++) out[to + c] = Math.min(Math.exp(logScales[i * 3 + c] ?? 0), LARGEST);
    out[to + 3] = 1 / (1 + Math.exp(-(opacityLogits[i] ?? 0)));
  }
}

/** Writes the harmonics from degree 1 on into `out`, `harmonicWords` a Gaussian, from Gaussian `first` on. */
export function packHarmonics({ count, shDegree, sh }: Gaussians, out: Uint32Array, first = 0): void {
  const words = harmonicWords(shDegree);
  const numbers = (shCoefficients(shDegree) - 1) * 3;
  for (let i = 0; i < count; i++) {
    const from = i * (numbers + 3) + 3;
    for (let k = 0; k < numbers; k += 2) {
      const second = k + 1 < numbers ? (sh[from + k + 1] ?? 0) : 0;
      out[(first + i) * words + k / 2] = packHalves(sh[from + k] ?? 0, second);
    }
  }
}
