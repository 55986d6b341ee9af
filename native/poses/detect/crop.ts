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

/** Adds the colour at a place (the first pixel's centre is at 0.5), times `weight`, to three numbers. */
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
  const [right, below] = [x - 0.5 - column, y - 0.5 - row];
  for (let corner = 0; corner < 4; corner++) {
    const [c, r] = [column + (corner & 1), row + (corner >> 1)];
    if (c < 0 || r < 0 || c >= width || r >= height) continue;
    const share = weight * (corner & 1 ? right : 1 - right) * (corner >> 1 ? below : 1 - below);
    const from = (r * width + c) * 3;
    target[at] = (target[at] ?? 0) + share * (rgb[from] ?? 0);
    target[at + 1] = (target[at + 1] ?? 0) + share * (rgb[from + 1] ?? 0);
    target[at + 2] = (target[at + 2] ?? 0) + share * (rgb[from + 2] ?? 0);
  }
}
