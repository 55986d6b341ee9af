import { AppError } from '../../../core/errors.ts';
import type { RgbaPicture } from '../../media/png.ts';
import { resample } from './resample.ts';

/** A mask with fewer pixels of the character, or of the background, than this share says nothing. */
const LEAST_SHARE = 0.001;

/**
 * Alpha 0..255 from the artist's mask: its transparency where it has any, else its brightness (white is the character).
 * A mask of another size is scaled. Throws `AppError` for one of another shape, or without character or background.
 */
export function readArtistMask(mask: RgbaPicture, width: number, height: number): Uint8Array {
  const stretch = (mask.width / mask.height) * (height / width);
  if (!(Math.abs(stretch - 1) < 0.02)) {
    const sizes = `${mask.width}x${mask.height}, the picture ${width}x${height}`;
    throw new AppError('bad-input', `The mask has ${sizes} pixels; make both the same size.`);
  }
  const values = new Float32Array(mask.width * mask.height);
  const byAlpha = hasTransparency(mask.rgba);
  for (let index = 0; index < values.length; index++) {
    const [r = 0, g = 0, b = 0, a = 0] = mask.rgba.subarray(index * 4, index * 4 + 4);
    values[index] = byAlpha ? a : 0.299 * r + 0.587 * g + 0.114 * b;
  }
  const scaled = Uint8Array.from(resample({ ...mask, values }, width, height), Math.round);
  const inside = scaled.reduce((count, value) => count + (value >= 128 ? 1 : 0), 0) / scaled.length;
  if (inside < LEAST_SHARE || inside > 1 - LEAST_SHARE) {
    const all = inside < 0.5 ? 'no character' : 'no background';
    throw new AppError('bad-input', `The mask shows ${all}; paint the character white and the rest black.`);
  }
  return scaled;
}

function hasTransparency(rgba: Uint8Array): boolean {
  let transparent = 0;
  for (let at = 3; at < rgba.length; at += 4) if ((rgba[at] ?? 0) < 128) transparent++;
  return transparent > LEAST_SHARE * (rgba.length / 4);
}
