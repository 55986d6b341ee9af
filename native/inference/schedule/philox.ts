/** Multipliers and key increments of Philox4x32 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011). */
const MULTIPLIERS = [0xd2511f53, 0xcd9e8d57] as const;
const INCREMENTS = [0x9e3779b9, 0xbb67ae85] as const;
const ROUNDS = 10;

/** The upper 32 bits of the product of two 32-bit numbers, from products of halves that are exact in a double. */
function upperProduct(a: number, b: number): number {
  const [aHigh, aLow, bHigh, bLow] = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff];
  const cross = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (cross % 0x10000);
  return aHigh * bHigh + Math.floor(cross / 0x10000) + Math.floor(carry / 0x10000);
}

export type Counter = readonly [number, number, number, number];

/**
 * Philox4x32-10: four random 32-bit numbers for each counter of four and each key of two 32-bit numbers. Nothing is carried
 * from one call to the next, so that the millionth number costs as much as the first.
 * @param out Written, 4 numbers from `at` on.
 */
export function philox([c0, c1, c2, c3]: Counter, [k0, k1]: readonly [number, number], out: Uint32Array, at = 0): void {
  for (let round = 0; round < ROUNDS; round++) {
    const upper0 = upperProduct(MULTIPLIERS[0], c0);
    const upper1 = upperProduct(MULTIPLIERS[1], c2);
    const lower0 = Math.imul(MULTIPLIERS[0], c0) >>> 0;
    const lower1 = Math.imul(MULTIPLIERS[1], c2) >>> 0;
    c0 = (upper1 ^ c1 ^ k0) >>> 0;
    c2 = (upper0 ^ c3 ^ k1) >>> 0;
    c1 = lower1;
    c3 = lower0;
    k0 = (k0 + INCREMENTS[0]) >>> 0;
    k1 = (k1 + INCREMENTS[1]) >>> 0;
  }
  out[at] = c0;
  out[at + 1] = c1;
  out[at + 2] = c2;
  out[at + 3] = c3;
}
