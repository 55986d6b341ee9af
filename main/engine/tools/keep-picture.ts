import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { AppError } from '../../../core/errors.ts';
import { readPicture } from '../../../native/media/read-picture.ts';
import { LIMITS } from '../../../preload/contract/ids.ts';
import type { ImportedPicture } from '../../../preload/contract/project.ts';
import type { TaskRun } from '../task-run.ts';

/** Longest side of a picture that is kept; the studio works at far smaller sizes. */
const MAX_SIDE = 4096;
const MIN_SIDE = 16;
/** Files of this size and less are kept as they are where every browser shows them. */
const MAX_KEPT_BYTES = 20e6;
const FOR_BROWSERS: ReadonlySet<string> = new Set(['png', 'jpeg', 'webp']);

/**
 * Reads a picture that nobody trusts yet and keeps it as an asset that every browser shows, upright and in sRGB: the file itself where
 * that is so already, else a PNG. Throws an `AppError` that names it.
 */
export async function keepPictureFile(path: string, name: string, run: TaskRun): Promise<ImportedPicture> {
  const { width, height, rgba } = await readPicture(path, { maxSide: MAX_SIDE });
  if (Math.min(width, height) < MIN_SIDE) {
    throw new AppError(
      'bad-input',
      `${name} has ${width}x${height} pixels, too few to show anything; use a larger one.`,
    );
  }
  run.signal.throwIfAborted();
  const bytes = await readFile(path);
  const isPlain = await isForBrowsers(bytes, { width, height });
  const kept = isPlain
    ? bytes
    : await sharp(rgba, { raw: { width, height, channels: 4 } })
        .png()
        .toBuffer();
  const fileName = name.trim().slice(0, LIMITS.name) || 'picture';
  return { asset: run.project().addAsset(kept), fileName, width, height };
}

/** Whether a browser shows the file as we read it. A colour profile or a note of the camera's turn leaves room for doubt. */
async function isForBrowsers(bytes: Uint8Array, size: { width: number; height: number }): Promise<boolean> {
  if (bytes.length > MAX_KEPT_BYTES) return false;
  const { format, width, height, orientation, icc, space, pages, exif } = await sharp(bytes).metadata();
  const isUpright = orientation === undefined || orientation === 1;
  const isWhole = width === size.width && height === size.height && (pages ?? 1) === 1;
  // Cameras note where a picture was taken, which is nobody's business when a project is passed on.
  return FOR_BROWSERS.has(format) && isUpright && isWhole && !icc && !exif && space === 'srgb';
}
