import { AppError } from '../../../core/errors.ts';
import type { RgbaPicture } from '../../media/png.ts';
import { mainFigure, type Figure } from './figure.ts';
import { bleed } from './matte.ts';
import { areaOf, boxOf, dilate, distanceTo, maskWhere, type Box, type Mask, type Size } from './raster.ts';

/** From this alpha on a pixel is seen at all. */
const VISIBLE = 16;
/** A picture with fewer transparent pixels than this share has no transparency to speak of. */
const LEAST_TRANSPARENT = 0.005;
/** What fills its box to this share is a photo with a margin or round corners, not a character. */
const RECTANGLE = 0.97;

/** What a picture's own alpha says about it. */
export type Transparency =
  { readonly kind: 'opaque' } | { readonly kind: 'rectangle'; readonly box: Box } | { readonly kind: 'character' };

/** Throws `AppError` for a picture of which next to nothing is visible. */
export function readTransparency({ rgba, ...size }: RgbaPicture): Transparency {
  const visible = maskWhere(rgba.length / 4, (index) => (rgba[index * 4 + 3] ?? 0) >= VISIBLE);
  const box = boxOf(visible, size);
  const area = areaOf(visible);
  if (!box || area < 64) {
    throw nothingVisible();
  }
  if (area > (1 - LEAST_TRANSPARENT) * visible.length) return { kind: 'opaque' };
  if (isRectangle(visible, size)) return { kind: 'rectangle', box };
  return { kind: 'character' };
}

function nothingVisible(): AppError {
  const remedy = 'export it again with the layer of the character shown';
  return new AppError('bad-input', `The picture is transparent nearly everywhere; ${remedy}.`);
}

/** Whether a mask fills its box. */
export function isRectangle(mask: Mask, size: Size): boolean {
  const box = boxOf(mask, size);
  return box !== undefined && areaOf(mask) > RECTANGLE * (box.right - box.left) * (box.bottom - box.top);
}

/** The picture with the character's parts only; its alpha stays as it is. */
export function byOwnAlpha({ rgba, ...size }: RgbaPicture): { rgba: Uint8Array; figure: Figure } {
  const shadow = translucentShadow(rgba, size);
  const visible = maskWhere(shadow.length, (index) => (rgba[index * 4 + 3] ?? 0) >= VISIBLE && !shadow[index]);
  const figure = mainFigure(visible, size);
  if (!figure) throw nothingVisible();
  const near = dilate(figure.mask, size, 2);
  const out = rgba.slice();
  for (let index = 0; index < near.length; index++) {
    const isOther = visible[index] === 1 && figure.mask[index] === 0;
    if (!near[index] || isOther || shadow[index]) out[index * 4 + 3] = 0;
  }
  bleed(out, distanceTo(figure.mask, size), size);
  return { rgba: out, figure };
}

/** Dark, half transparent and low in the picture: a shadow on the ground that the artist painted. */
function translucentShadow(rgba: Uint8Array, size: Size): Mask {
  const solid = maskWhere(rgba.length / 4, (index) => (rgba[index * 4 + 3] ?? 0) >= 178);
  const box = boxOf(solid, size);
  if (!box) return new Uint8Array(solid.length);
  const floor = box.bottom - 0.15 * (box.bottom - box.top);
  const toSolid = distanceTo(solid, size);
  const dark = (index: number): boolean =>
    Math.max(rgba[index * 4] ?? 0, rgba[index * 4 + 1] ?? 0, rgba[index * 4 + 2] ?? 0) < 70;
  return maskWhere(
    solid.length,
    (index) => index >= floor * size.width && (toSolid[index] ?? 0) > 2 && !solid[index] && dark(index),
  );
}
