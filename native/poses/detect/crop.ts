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
  const result = new Float32Array(size * size * 3);
  const samples = Math.min(MAX_SAMPLES, Math.max(1, Math.round(crop.side / size)));
  const steps = size * samples;
  const [cos, sin] = [Math.cos(crop.angle), Math.sin(crop.angle)];
  const step = crop.side / steps;
  const [left, top] = cropToPicture(crop, 0.5 / steps, 0.5 / steps);
  const weight = white / 255 / (samples * samples);
  for (let j = 0; j < steps; j++) {
    const row = Math.floor(j / samples) * size;
    for (let i = 0; i < steps; i++) {
      const x = left + (i * cos - j * sin) * step;
      const y = top + (i * sin + j * cos) * step;
      addSample(picture, x, y, weight, result, (row + Math.floor(i / samples)) * 3);
    }
  }
  return result;
}

/**
 * Adds the colour at a place (the first pixel's centre is at 0.5), times `weight`, to three numbers. Written out, because it
 * runs a million times a picture.
 */
function addSample(
  { width, height, rgb }: RgbPicture,
  x: number,
  y: number,
  weight: number,
  target: Float32Array,
  at: number,
): void {
  const column = Math.floor(x - 0.5);
  const row = Math.floor(y - 0.5);
  if (column < -1 || row < -1 || column >= width || row >= height) return;
  const right = x - 0.5 - column;
  const below = y - 0.5 - row;
  // What lies outside is black: it gets no weight, and any pixel's index.
  const w00 = column >= 0 && row >= 0 ? weight * (1 - right) * (1 - below) : 0;
  const w10 = column + 1 < width && row >= 0 ? weight * right * (1 - below) : 0;
  const w01 = column >= 0 && row + 1 < height ? weight * (1 - right) * below : 0;
  const w11 = column + 1 < width && row + 1 < height ? weight * right * below : 0;
  const p00 = (row * width + column) * 3;
  const p01 = p00 + width * 3;
  for (let c = 0; c < 3; c++) {
    target[at + c] =
      (target[at + c] ?? 0) +
      w00 * (rgb[p00 + c] ?? 0) +
      w10 * (rgb[p00 + 3 + c] ?? 0) +
      w01 * (rgb[p01 + c] ?? 0) +
      w11 * (rgb[p01 + 3 + c] ?? 0);
  }
}
