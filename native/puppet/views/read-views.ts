import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clip } from '../../../core/clip.ts';
import { AppError } from '../../../core/errors.ts';
import { RING_VIEWS, ringCameras } from '../../../core/ring.ts';
import type { RgbaPicture } from '../../media/png.ts';
import type { RgbPicture } from '../../media/picture-tasks.ts';
import { readPicture } from '../../media/read-picture.ts';
import { cutOut } from '../cut-out/cut-out.ts';

/** Side at which the views are used, at most. */
const MAX_SIDE = 480;
/** Border pixels are clean when they differ from white by no more than this. */
const CLEAN = 3;
const PICTURE = /^(?:view_?)?0*(\d{1,3})\.(?:png|jpe?g|webp)$/i;

/**
 * The 21 pictures of a character at rest as a clip of one frame, seen by the ring's cameras, on white. Of pictures that are
 * wider than high the middle square counts, as in the published examples. Throws an `AppError` that says what is
 * missing or does not fit.
 */
export async function readViews(folder: string): Promise<Clip> {
  const paths = await listViewPictures(folder);
  const pictures: Uint8Array[] = [];
  let side = 0;
  for (const path of paths) {
    const square = middleSquare(await onWhite(await readPicture(path, { maxSide: 2 * MAX_SIDE })));
    if (side > 0 && square.width !== side) {
      throw new AppError(
        'bad-input',
        `${path} is not of the size of the other views; make all pictures the same size.`,
      );
    }
    side = square.width;
    pictures.push(square.rgb);
  }
  return {
    ...{ width: side, height: side, fps: 1, frames: 1, background: [1, 1, 1] },
    cameras: ringCameras(side),
    images: pictures.map((rgb) => [rgb]),
  };
}

/**
 * The files of the ring's 21 view pictures in a folder, in the order of the views. Throws an `AppError` that says which is
 * missing, double or too many.
 */
export async function listViewPictures(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new AppError('not-found', `${folder} is no folder of view pictures; check its path.`, cause);
  });
  const byView = new Map<number, string>();
  for (const name of names) {
    const view = PICTURE.exec(name)?.[1];
    if (view === undefined) continue;
    const twin = byView.get(Number(view));
    if (twin !== undefined) {
      throw new AppError('bad-input', `${folder} has both ${twin} and ${name}; remove one of them.`);
    }
    byView.set(Number(view), name);
  }
  const wanted = `the ring has ${RING_VIEWS}, named view0.png to view${RING_VIEWS - 1}.png`;
  const missing = Array.from({ length: RING_VIEWS }, (_, view) => view).find((view) => !byView.has(view));
  if (missing !== undefined)
    throw new AppError('not-found', `${folder} lacks the picture of view ${missing}; ${wanted}.`);
  if (byView.size > RING_VIEWS) {
    throw new AppError('bad-input', `${folder} has ${byView.size} pictures of views; ${wanted}.`);
  }
  return Array.from({ length: RING_VIEWS }, (_, view) => join(folder, byView.get(view) ?? ''));
}

/** The picture on white: as it is where its border is white already, by at most `off` of 255, else cut out. */
export async function onWhite(picture: RgbaPicture, off = CLEAN): Promise<RgbPicture> {
  const plain = composite(picture);
  if (hasCleanBorder(plain, off)) return plain;
  return composite({ ...picture, rgba: (await cutOut(picture)).rgba });
}

function composite({ width, height, rgba }: RgbaPicture): RgbPicture {
  const rgb = new Uint8Array(width * height * 3);
  for (let p = 0; p < width * height; p++) {
    const alpha = rgba[p * 4 + 3] ?? 0;
    for (let c = 0; c < 3; c++)
      rgb[p * 3 + c] = Math.round(((rgba[p * 4 + c] ?? 0) * alpha + 255 * (255 - alpha)) / 255);
  }
  return { width, height, rgb };
}

function hasCleanBorder({ width, height, rgb }: RgbPicture, off: number): boolean {
  const isClean = (x: number, y: number): boolean =>
    [0, 1, 2].every((c) => (rgb[(y * width + x) * 3 + c] ?? 0) >= 255 - off);
  for (let x = 0; x < width; x++) if (!isClean(x, 0) || !isClean(x, height - 1)) return false;
  for (let y = 0; y < height; y++) if (!isClean(0, y) || !isClean(width - 1, y)) return false;
  return true;
}

function middleSquare({ width, height, rgb }: RgbPicture): RgbPicture {
  const side = Math.min(width, height);
  const [left, top] = [Math.floor((width - side) / 2), Math.floor((height - side) / 2)];
  const square = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++) {
    const start = ((top + y) * width + left) * 3;
    square.set(rgb.subarray(start, start + side * 3), y * side * 3);
  }
  return { width: side, height: side, rgb: square };
}
