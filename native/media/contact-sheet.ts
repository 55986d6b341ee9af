import { encodePng } from './png.ts';
import type { Colour, RgbPicture } from './picture-tasks.ts';

export interface ContactSheetOptions {
  /** Pictures in a row; as many rows as it takes. */
  readonly columns: number;
  /** Pixels between and around the pictures. Default 2. */
  readonly margin?: number;
  /** Colour of the margin, sRGB 0..1. Default a middle grey. */
  readonly background?: Colour;
}

/** Tiles pictures of one size, row by row, into one PNG. */
export function contactSheet(pictures: readonly RgbPicture[], options: ContactSheetOptions): Uint8Array {
  const { columns, margin = 2, background = [0.5, 0.5, 0.5] } = options;
  const [first] = pictures;
  if (!first || pictures.some(({ width, height }) => width !== first.width || height !== first.height)) {
    throw new TypeError('A contact sheet takes one or more pictures of the same size.');
  }
  const width = columns * (first.width + margin) + margin;
  const height = Math.ceil(pictures.length / columns) * (first.height + margin) + margin;
  const sheet = new Uint8Array(width * height * 3);
  const colour = background.map((value) => Math.round(value * 255));
  for (let i = 0; i < sheet.length; i += 3) sheet.set(colour, i);
  pictures.forEach(({ rgb }, index) => {
    const left = margin + (index % columns) * (first.width + margin);
    const top = margin + Math.floor(index / columns) * (first.height + margin);
    for (let row = 0; row < first.height; row++) {
      const line = rgb.subarray(row * first.width * 3, (row + 1) * first.width * 3);
      sheet.set(line, ((top + row) * width + left) * 3);
    }
  });
  return encodePng(sheet, width, height);
}
