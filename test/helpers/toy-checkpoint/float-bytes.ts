export type FloatType = 'F32' | 'F16' | 'BF16';

/** Bytes of one number. */
export const FLOAT_SIZE: Readonly<Record<FloatType, number>> = { F32: 4, F16: 2, BF16: 2 };

/** Finite numbers as the bytes of a type, little-endian, each the nearest that the type has. */
export function floatBytes(values: Float32Array, type: FloatType): Uint8Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  if (type === 'F32') return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const shorts = type === 'BF16' ? Uint16Array.from(bits, bfloatBits) : Uint16Array.from(values, halfBits);
  return new Uint8Array(shorts.buffer);
}

/** The upper half of a float32, rounded to even. */
const bfloatBits = (bits: number): number => (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;

function halfBits(value: number): number {
  const size = Math.abs(value);
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  if (size >= 65_520) return sign | 0x7c00;
  // Steps between neighbours double with every power of two, and below 2 ** -14 they stay as they are.
  const exponent = Math.max(-14, Math.floor(Math.log2(size || 1e-9)));
  const steps = roundToEven(size / 2 ** (exponent - 10));
  return sign | (steps + ((exponent + 14) << 10));
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
