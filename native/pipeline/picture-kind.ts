import type { RgbPicture } from '../media/picture-tasks.ts';
import { readSkeletonPicture } from '../../core/poses/read-drawing/read-skeleton-picture.ts';

/** `blank` is a black picture: a drawing of nobody, or a photograph of nothing. */
export type PictureKind = 'drawing' | 'photograph' | 'blank';

/** Video compression leaves black at about this level, of 255. */
const BLACK = 32;
/** Drawn skeletons are thin lines: this share of their picture is black at least. */
const DRAWING_BLACK = 0.7;
const BLANK_BLACK = 0.9995;

/** Tells drawn skeletons, as the method is conditioned on them, from pictures of people. */
export function pictureKind(picture: RgbPicture): PictureKind {
  const black = blackShare(picture);
  if (black >= BLANK_BLACK) return 'blank';
  return black >= DRAWING_BLACK && readSkeletonPicture(picture) ? 'drawing' : 'photograph';
}

function blackShare({ width, height, rgb }: RgbPicture): number {
  let black = 0;
  for (let i = 0; i < rgb.length; i += 3) {
    if ((rgb[i] ?? 0) < BLACK && (rgb[i + 1] ?? 0) < BLACK && (rgb[i + 2] ?? 0) < BLACK) black++;
  }
  return black / (width * height);
}
