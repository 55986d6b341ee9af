import sharp, { type Metadata } from 'sharp';
import { MAX_PICTURE_SIZE } from '../../core/formats/cameras.ts';
import { AppError } from '../../core/errors.ts';
import { readInput } from '../files/read.ts';
import type { RgbaPicture } from './png.ts';

export interface ReadPictureOptions {
  /** Pictures with a longer side than this are scaled down to it, in pixels. Without it they keep their size. */
  readonly maxSide?: number;
}

/** What artists keep pictures in. Others that the library could read (SVG, PDF) are documents, not pictures. */
const FORMATS: ReadonlySet<string> = new Set(['png', 'jpeg', 'webp', 'gif', 'tiff', 'heif']);

/**
 * Reads a picture (PNG, JPEG, WebP, GIF's first frame, TIFF, AVIF) as 8-bit sRGB with straight alpha, turned the way its camera
 * noted and converted from its colour profile. Throws an `AppError` that names the file.
 */
export async function readPicture(path: string, { maxSide }: ReadPictureOptions = {}): Promise<RgbaPicture> {
  const bytes = await readInput(path);
  const { width, height } = await readSize(bytes, path);
  if (Math.max(width, height) > MAX_PICTURE_SIZE) {
    const limit = `${MAX_PICTURE_SIZE}x${MAX_PICTURE_SIZE}`;
    throw new AppError('bad-input', `${path} has ${width}x${height} pixels; scale it down to at most ${limit}.`);
  }
  try {
    let pipeline = open(bytes).autoOrient().toColourspace('srgb').ensureAlpha();
    if (maxSide !== undefined) {
      pipeline = pipeline.resize({ width: maxSide, height: maxSide, fit: 'inside', withoutEnlargement: true });
    }
    const { data, info } = await pipeline.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, rgba: data };
  } catch (cause) {
    throw new AppError('bad-input', `${path} is a damaged or incomplete picture; write it again.`, cause);
  }
}

const open = (bytes: Uint8Array) => sharp(bytes, { limitInputPixels: MAX_PICTURE_SIZE ** 2, failOn: 'error' });

async function readSize(bytes: Uint8Array, path: string): Promise<{ width: number; height: number }> {
  let metadata: Metadata;
  try {
    metadata = await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch (cause) {
    throw new AppError('bad-input', `${path} is no picture that can be read; use PNG, JPEG or WebP.`, cause);
  }
  const { format, width, height } = metadata;
  if (!FORMATS.has(format)) {
    throw new AppError('bad-input', `${path} is a file of kind ${format}; use PNG, JPEG or WebP.`);
  }
  return { width, height };
}
