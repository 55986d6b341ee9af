import type { RgbPicture } from '../../media/picture-tasks.ts';

/** A turned square in a picture. */
export interface Crop {
  /** Its middle, in pixels of the picture. */
  readonly x: number;
  readonly y: number;
  /** Length of its sides in pixels of the picture. */
  readonly side: number;
  /** How far its upright stands turned clockwise, in radians. */
  readonly angle: number;
}

/** More samples along a side would cost seconds on huge pictures and change nothing that a network sees. */
const MAX_SAMPLES = 6;

/** Where a point of the crop (0..1 along its sides) lies in the picture. */
export function cropToPicture({ x, y, side, angle }: Crop, u: number, v: number): [number, number] {
  const [dx, dy] = [(u - 0.5) * side, (v - 0.5) * side];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [x + dx * cos - dy * sin, y + dx * sin + dy * cos];
}

/** Where a point of the picture lies in the crop (0..1 along its sides). */
export function pictureToCrop({ x, y, side, angle }: Crop, px: number, py: number): [number, number] {
  const [dx, dy] = [px - x, py - y];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [0.5 + (dx * cos + dy * sin) / side, 0.5 + (dy * cos - dx * sin) / side];
}

/** The smallest upright square around the whole picture. */
export const wholePicture = ({ width, height }: { width: number; height: number }): Crop => ({
  x: width / 2,
  y: height / 2,
  side: Math.max(width, height),
  angle: 0,
});

/**
 * Samples a crop into `size` x `size` RGB, bilinearly and black outside the picture. Values run from 0 to `white`. Where the
 * picture is finer than the crop's pixels several samples are averaged, because single ones would miss thin limbs.
 */
export function sampleCrop(picture: RgbPicture, crop: Crop, size: number, white = 1): Float32Array {
  return sampleInto(new Float32Array(size * size * 3), picture, crop, size, white);
}

/** Writes what `sampleCrop` gives into an array of size x size x 3 numbers; an Int32Array gets them rounded. */
export function sampleInto<T extends Float32Array | Int32Array>(
  target: T,
  { width, height, rgb }: RgbPicture,
  crop: Crop,
  size: number,
  white = 1,
): T {
  const samples = Math.min(MAX_SAMPLES, Math.max(1, Math.round(crop.side / size)));
  const steps = size * samples;
  const step = crop.side / steps;
  const cos = Math.cos(crop.angle);
  const sin = Math.sin(crop.angle);
  const first = cropToPicture(crop, 0.5 / steps, 0.5 / steps);
  const left = first[0];
  const top = first[1];
  const weight = white / 255 / (samples * samples);
  const rounding = target instanceof Int32Array ? 0.5 : 0;
  const stride = width * 3;
  // All in one, without arrays or calls and within bounds: the inside runs a million times a picture.
  for (let pixel = 0; pixel < size * size; pixel++) {
    const firstRow = Math.floor(pixel / size) * samples;
    const firstColumn = (pixel % size) * samples;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let sample = 0; sample < samples * samples; sample++) {
      const i = firstColumn + (sample % samples);
      const j = firstRow + Math.floor(sample / samples);
      // The first pixel's centre is at 0.
      const x = left + (i * cos - j * sin) * step - 0.5;
      const y = top + (i * sin + j * cos) * step - 0.5;
      if (x <= -1 || y <= -1 || x >= width || y >= height) continue;
      const column = Math.floor(x);
      const row = Math.floor(y);
      const right = x - column;
      const below = y - row;
      // What lies outside is black: it gets no weight, and the index of a pixel within.
      const w0 = column >= 0 ? weight * (1 - right) : 0;
      const w1 = column + 1 < width ? weight * right : 0;
      const h0 = row >= 0 ? 1 - below : 0;
      const h1 = row + 1 < height ? below : 0;
      const upper = Math.max(0, row) * stride;
      const lower = Math.min(height - 1, row + 1) * stride;
      const c0 = Math.max(0, column) * 3;
      const c1 = Math.min(width - 1, column + 1) * 3;
      const w00 = w0 * h0;
      const w10 = w1 * h0;
      const w01 = w0 * h1;
      const w11 = w1 * h1;
      const p00 = upper + c0;
      const p10 = upper + c1;
      const p01 = lower + c0;
      const p11 = lower + c1;
      // Summed in single precision: following a person amplifies a last digit until other joints are found frames later.
      red = Math.fround(
        red + w00 * (rgb[p00] ?? 0) + w10 * (rgb[p10] ?? 0) + w01 * (rgb[p01] ?? 0) + w11 * (rgb[p11] ?? 0),
      );
      green = Math.fround(
        green +
          w00 * (rgb[p00 + 1] ?? 0) +
          w10 * (rgb[p10 + 1] ?? 0) +
          w01 * (rgb[p01 + 1] ?? 0) +
          w11 * (rgb[p11 + 1] ?? 0),
      );
      blue = Math.fround(
        blue +
          w00 * (rgb[p00 + 2] ?? 0) +
          w10 * (rgb[p10 + 2] ?? 0) +
          w01 * (rgb[p01 + 2] ?? 0) +
          w11 * (rgb[p11 + 2] ?? 0),
      );
    }
    target[pixel * 3] = red + rounding;
    target[pixel * 3 + 1] = green + rounding;
    target[pixel * 3 + 2] = blue + rounding;
  }
  return target;
}

/** Turns every row of a square RGB picture of `size` pixels around, in place. */
export function mirrorRows(pixels: Float32Array | Int32Array, size: number): void {
  for (let row = 0; row < size; row++) {
    for (let [left, right] = [row * size * 3, (row * size + size - 1) * 3]; left < right; left += 3, right -= 3) {
      for (let channel = 0; channel < 3; channel++) {
        const value = pixels[left + channel] ?? 0;
        pixels[left + channel] = pixels[right + channel] ?? 0;
        pixels[right + channel] = value;
      }
    }
  }
}
