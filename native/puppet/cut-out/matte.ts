import type { RgbaPicture } from '../../media/png.ts';
import { above, distanceTo, invert, maskWhere, type Mask } from './raster.ts';
import { smoothField } from './smooth.ts';

/** How far from the mask's edge a pixel may be a mix of character and background, in pixels. */
const BAND = 2;
/** Where the character's colours are looked for around a pixel of the band. */
const REACH = 4;
/** Colours closer than this (8-bit steps) cannot be told apart in a mix. */
const CONTRAST = 24;

/**
 * Soft alpha along the edge of a mask, and colours without the background's share: in the band along the edge a pixel
 * is taken as a mix of the background's colour (smoothly continued from outside) and the character's (from nearby
 * inside), which gives both.
 * @returns RGBA with straight alpha; transparent pixels beside the character carry its colours, so that scaling shows no seam.
 */
export function matte({ width, height, rgba }: RgbaPicture, mask: Mask, band = BAND): Uint8Array {
  const size = { width, height };
  const inside = distanceTo(invert(mask), size);
  const outside = distanceTo(mask, size);
  const background = backgroundColours(rgba, outside, size);
  const out = new Uint8Array(rgba.length);
  for (let index = 0; index < mask.length; index++) {
    const [within, beyond] = [inside[index] ?? 0, outside[index] ?? 0];
    if (within > band) {
      out.set(rgba.subarray(index * 4, index * 4 + 3), index * 4);
      out[index * 4 + 3] = 255;
    } else if (beyond <= band) {
      const own = foregroundNear(index, rgba, background, inside, size);
      if (own) unmix(index, rgba, background, own, within > 0 ? within - 0.5 : 0.5 - beyond, band, out);
    }
  }
  bleed(out, outside, size);
  return out;
}

function backgroundColours(
  rgba: Uint8Array,
  outside: Float32Array,
  size: { width: number; height: number },
): Float32Array {
  const values = new Float32Array(outside.length * 3);
  for (let index = 0; index < outside.length; index++) {
    for (let c = 0; c < 3; c++) values[index * 3 + c] = rgba[index * 4 + c] ?? 0;
  }
  const certain = above(outside, 2.5);
  return smoothField(values, certain.includes(1) ? certain : above(outside, 0), size);
}

/**
 * The character's colour beside a pixel of the band: the mean of the pixels inside that lie deep enough; in lines that
 * have no depth, those that differ most from the background count most.
 */
function foregroundNear(
  index: number,
  rgba: Uint8Array,
  background: Float32Array,
  inside: Float32Array,
  { width, height }: { width: number; height: number },
): [number, number, number] | undefined {
  const x = index % width;
  const y = (index - x) / width;
  let [r, g, b, total] = [0, 0, 0, 0];
  for (let ny = Math.max(y - REACH, 0); ny <= Math.min(y + REACH, height - 1); ny++) {
    for (let nx = Math.max(x - REACH, 0); nx <= Math.min(x + REACH, width - 1); nx++) {
      const at = ny * width + nx;
      const depth = inside[at] ?? 0;
      if (depth === 0) continue;
      let differs = 0;
      for (let c = 0; c < 3; c++) differs += ((rgba[at * 4 + c] ?? 0) - (background[at * 3 + c] ?? 0)) ** 2;
      const near = 1 / (1 + (nx - x) ** 2 + (ny - y) ** 2);
      const weight = (depth > BAND ? 1 : 0.02) * near * (differs + 4);
      r += weight * (rgba[at * 4] ?? 0);
      g += weight * (rgba[at * 4 + 1] ?? 0);
      b += weight * (rgba[at * 4 + 2] ?? 0);
      total += weight;
    }
  }
  return total > 0 ? [r / total, g / total, b / total] : undefined;
}

/** @param depth Signed distance to the mask's edge in pixels, positive inside. */
function unmix(
  index: number,
  rgba: Uint8Array,
  background: Float32Array,
  own: readonly [number, number, number],
  depth: number,
  band: number,
  out: Uint8Array,
): void {
  let [along, squared] = [0, 0];
  for (let c = 0; c < 3; c++) {
    const back = background[index * 3 + c] ?? 0;
    const span = (own[c] ?? 0) - back;
    along += ((rgba[index * 4 + c] ?? 0) - back) * span;
    squared += span * span;
  }
  const mixed = squared > 0 ? along / squared : 1;
  const byDistance = clamp01(0.75 + depth);
  const trust = clamp01(Math.sqrt(squared) / CONTRAST - 0.5);
  // Texture inside the edge is no mix, nor is noise outside it: far from the edge the mask has the last word.
  const low = clamp01((depth - 0.5) / band);
  const high = clamp01(1 + (depth + 0.6) / band);
  const alpha = Math.min(Math.max(trust * clamp01(mixed) + (1 - trust) * byDistance, low), high);
  out[index * 4 + 3] = Math.round(alpha * 255);
  clean(index, alpha, rgba, background, own, out);
}

/** Writes a mixed pixel's colour without the background's share. */
function clean(
  index: number,
  alpha: number,
  rgba: Uint8Array,
  background: Float32Array,
  own: readonly [number, number, number],
  out: Uint8Array,
): void {
  // The fainter a pixel, the more a rounding error of its background shows in what is left.
  const share = clamp01(alpha * 1.5 - 0.25);
  for (let c = 0; c < 3; c++) {
    const seen = rgba[index * 4 + c] ?? 0;
    const pure = (seen - (1 - alpha) * (background[index * 3 + c] ?? 0)) / Math.max(alpha, 0.05);
    out[index * 4 + c] = Math.round(Math.min(Math.max(pure * share + (own[c] ?? 0) * (1 - share), 0), 255));
  }
}

const clamp01 = (value: number): number => Math.min(Math.max(value, 0), 1);

/** How far colours are carried over transparent pixels, in pixels. */
const BLEED = 4;

/**
 * Colours without the background's share where alpha is known.
 * @param alpha 0..255 a pixel
 */
export function decontaminate({ width, height, rgba }: RgbaPicture, alpha: Uint8Array): Uint8Array {
  const size = { width, height };
  const solid = maskWhere(alpha.length, (index) => (alpha[index] ?? 0) >= 128);
  const inside = distanceTo(invert(solid), size);
  const outside = distanceTo(solid, size);
  const background = backgroundColours(rgba, outside, size);
  const out = rgba.slice();
  for (let index = 0; index < alpha.length; index++) {
    const value = alpha[index] ?? 0;
    out[index * 4 + 3] = value;
    if (value === 0 || value === 255) continue;
    const own = foregroundNear(index, rgba, background, inside, size);
    if (own) clean(index, value / 255, rgba, background, own, out);
  }
  bleed(out, outside, size);
  return out;
}

/**
 * Carries colours from the edge outwards over transparent pixels.
 * @param outside Distance of each pixel to the figure.
 */
export function bleed(
  out: Uint8Array,
  outside: Float32Array,
  { width, height }: { width: number; height: number },
): void {
  const ring: number[] = [];
  for (let index = 0; index < outside.length; index++) {
    const distance = outside[index] ?? 0;
    if (out[index * 4 + 3] === 0 && distance > 0 && distance <= BLEED) ring.push(index);
  }
  ring.sort((a, b) => (outside[a] ?? 0) - (outside[b] ?? 0));
  for (const index of ring) {
    const x = index % width;
    const y = (index - x) / width;
    let count = 0;
    const sum = [0, 0, 0];
    for (let ny = Math.max(y - 1, 0); ny <= Math.min(y + 1, height - 1); ny++) {
      for (let nx = Math.max(x - 1, 0); nx <= Math.min(x + 1, width - 1); nx++) {
        const at = ny * width + nx;
        if ((outside[at] ?? 0) >= (outside[index] ?? 0)) continue;
        count++;
        for (let c = 0; c < 3; c++) sum[c] = (sum[c] ?? 0) + (out[at * 4 + c] ?? 0);
      }
    }
    for (let c = 0; c < 3; c++) out[index * 4 + c] = Math.round((sum[c] ?? 0) / Math.max(count, 1));
  }
}
