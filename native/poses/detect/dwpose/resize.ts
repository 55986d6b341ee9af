import type { RgbPicture } from '../../../media/picture-tasks.ts';

/** Where the picture's colours come from: scale and shift of pixel numbers (the first pixel's centre is at 0). */
export interface Sampling {
  readonly scaleX: number;
  readonly scaleY: number;
  readonly shiftX: number;
  readonly shiftY: number;
}

/** What a place outside the picture shows: the nearest border pixel, or black. */
export type Outside = 'border' | 'black';

/**
 * Samples `width` x `height` pixels bilinearly, single samples without smoothing, as the networks of DWPose were trained on.
 * Pixel (i, j) shows the picture at (i * scaleX + shiftX, j * scaleY + shiftY). Returns RGB 0..255, [height, width, 3].
 */
export function samplePlain(
  picture: RgbPicture,
  width: number,
  height: number,
  { scaleX, scaleY, shiftX, shiftY }: Sampling,
  outside: Outside,
): Float32Array {
  const result = new Float32Array(width * height * 3);
  for (let j = 0, at = 0; j < height; j++) {
    const y = j * scaleY + shiftY;
    const row = Math.floor(y);
    for (let i = 0; i < width; i++, at += 3) {
      const x = i * scaleX + shiftX;
      const column = Math.floor(x);
      for (let corner = 0; corner < 4; corner++) {
        const [c, r] = [column + (corner & 1), row + (corner >> 1)];
        const weight = (corner & 1 ? x - column : 1 - x + column) * (corner >> 1 ? y - row : 1 - y + row);
        const from = pixelAt(picture, c, r, outside);
        if (from < 0) continue;
        for (let k = 0; k < 3; k++) result[at + k] = (result[at + k] ?? 0) + weight * (picture.rgb[from + k] ?? 0);
      }
    }
  }
  return result;
}

/** Index of a pixel's red, -1 where there is nothing. */
function pixelAt({ width, height }: RgbPicture, column: number, row: number, outside: Outside): number {
  const c = Math.min(width - 1, Math.max(0, column));
  const r = Math.min(height - 1, Math.max(0, row));
  return outside === 'black' && (c !== column || r !== row) ? -1 : (r * width + c) * 3;
}
