import { gather, toByte } from '../../../core/poses/draw/bicubic-canvas.ts';
import type { RgbPicture } from './pixels.ts';

/** `picture` in another size, by Pillow's bicubic filter to the last bit: columns first, rounded to bytes, then rows. */
export function resizePicture(picture: RgbPicture, width: number, height: number): RgbPicture {
  if (picture.width === width && picture.height === height) return picture;
  const narrowed = resizeAxis(picture.rgb, picture.width, width, 3, picture.height, picture.width * 3);
  const rgb = resizeAxis(narrowed, picture.height, height, width * 3, 1, 0);
  return { width, height, rgb };
}

/**
 * Resizes one axis of `lines` stretches of bytes, which begin `stride` apart. Along the axis, pixels of `step` bytes follow one
 * another: 3 in a row of a picture, a row's bytes in its height.
 */
function resizeAxis(
  bytes: Uint8Array,
  source: number,
  target: number,
  step: number,
  lines: number,
  stride: number,
): Uint8Array {
  const resized = new Uint8Array(lines * target * step);
  for (let pixel = 0; pixel < target; pixel++) {
    const { from, weights } = gather(source, target, pixel);
    for (let line = 0; line < lines; line++) {
      const first = line * stride + from * step;
      const to = (line * target + pixel) * step;
      for (let byte = 0; byte < step; byte++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) sum += (bytes[first + k * step + byte] ?? 0) * (weights[k] ?? 0);
        resized[to + byte] = toByte(sum);
      }
    }
  }
  return resized;
}
