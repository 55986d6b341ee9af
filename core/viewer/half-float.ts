const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/**
 * The 16 bits of `value` as an IEEE half float, rounded to nearest. Beyond +-65504 it becomes infinite; below 6e-5 it
 * becomes 0, as graphics hardware may do with such numbers anyway.
 */
export function toHalf(value: number): number {
  float[0] = value;
  const x = bits[0] ?? 0;
  const sign = (x >>> 16) & 0x8000;
  // Half a unit of the last place that stays is added; a carry into the exponent is what rounding up means there.
  const magnitude = (x & 0x7fffffff) + 0x1000;
  if (magnitude < 0x38800000) return sign;
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  return sign | ((magnitude - 0x38000000) >>> 13);
}

/** Two halves in one word, the first in the low bits: what GLSL's `unpackHalf2x16` takes apart. */
export const packHalves = (low: number, high: number): number => (toHalf(low) | (toHalf(high) << 16)) >>> 0;

/** The number that 16 bits stand for. */
export function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
