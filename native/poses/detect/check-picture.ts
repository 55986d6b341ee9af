import type { RgbPicture } from '../../media/picture-tasks.ts';

/** Throws a RangeError when the bytes are not those of a picture of that size. */
export function checkPicture({ width, height, rgb }: RgbPicture): void {
  const fits = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (!fits || rgb.length !== width * height * 3) {
    throw new RangeError(`${rgb.length} bytes are no RGB picture of ${width}x${height}.`);
  }
}
