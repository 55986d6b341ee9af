import { writeFile } from 'node:fs/promises';
import { readInput } from '../files/read.ts';
import { decodePng, encodePng, type RgbaPicture } from './png.ts';

/** 8-bit sRGB, height x width x 3. */
export interface RgbPicture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** sRGB 0..1. */
export type Colour = readonly [number, number, number];

/** What the picture workers can do: one function a task, which the pool may run on any thread. */
export const PICTURE_TASKS = {
  /** Reads a PNG file; what is transparent shows the background. */
  read: async ({ path, background }: { path: string; background: Colour }): Promise<RgbPicture> =>
    composite(decodePng(await readInput(path), path), background),
  /** Writes a PNG file. */
  write: ({ path, rgb, width, height }: { path: string } & RgbPicture): Promise<void> =>
    writeFile(path, encodePng(rgb, width, height)),
};

/** An RGBA picture over a colour, blended in sRGB as the published code does. */
export function composite({ width, height, rgba }: RgbaPicture, background: Colour): RgbPicture {
  const rgb = new Uint8Array(width * height * 3);
  const [r, g, b] = background.map((value) => value * 255) as [number, number, number];
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    const alpha = (rgba[from + 3] ?? 255) / 255;
    rgb[to] = Math.round((rgba[from] ?? 0) * alpha + r * (1 - alpha));
    rgb[to + 1] = Math.round((rgba[from + 1] ?? 0) * alpha + g * (1 - alpha));
    rgb[to + 2] = Math.round((rgba[from + 2] ?? 0) * alpha + b * (1 - alpha));
  }
  return { width, height, rgb };
}
