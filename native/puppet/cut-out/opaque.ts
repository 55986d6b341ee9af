import { AppError } from '../../../core/errors.ts';
import type { RgbaPicture } from '../../media/png.ts';
import { readBackdrop, type Backdrop } from './backdrop.ts';
import { mainFigure } from './figure.ts';
import { matte } from './matte.ts';
import { toOklab } from './oklab.ts';
import { isRectangle } from './own-alpha.ts';
import { personFigure } from './person.ts';
import { plainFigure } from './plain.ts';
import { areaOf, boxOf, distanceTo, edgePixels, invert, type Box, type Mask, type Size } from './raster.ts';
import type { ValueGrid } from './resample.ts';

export type PersonMask = () => Promise<ValueGrid | undefined>;

export interface OpaqueCut {
  /** Straight alpha, the picture's size. */
  readonly rgba: Uint8Array;
  readonly how: 'border' | 'drawing' | 'person';
  readonly warnings: readonly string[];
}

/** How sure it is that a figure was parted from its background. */
type Trust = 'sure' | 'doubtful' | 'none';

/** A picture frame within a mount within a scan; more is no picture. */
const MAX_FRAMES = 4;

const NO_BACKGROUND =
  'The character cannot be told from its background; use a PNG with a transparent background, or give a mask.';

/** Cuts the character out of a picture without transparency. Throws `AppError` where nothing helps. */
export async function cutOpaque(picture: RgbaPicture, person?: PersonMask): Promise<OpaqueCut> {
  const plain = byBackground(picture, MAX_FRAMES);
  if (plain?.trust === 'sure') return plain;
  const coarse = await person?.();
  const found = coarse && (await personFigure(picture, coarse));
  const figure = found && mainFigure(found.mask, picture);
  if (figure) {
    const { mask, warnings } = figure;
    return { rgba: matte(picture, mask, Math.min(1.5 + found.uncertainty, 5)), how: 'person', warnings };
  }
  if (plain?.trust === 'doubtful') {
    const doubt = 'The background is not plain; check the cut-out, and give a mask if it is wrong.';
    return { ...plain, warnings: [...plain.warnings, doubt] };
  }
  throw new AppError('bad-input', NO_BACKGROUND);
}

interface PlainCut extends OpaqueCut {
  readonly trust: Trust;
}

function byBackground(picture: RgbaPicture, frames: number): PlainCut | undefined {
  const backdrop = readBackdrop(toOklab(picture), picture);
  const found = plainFigure(backdrop);
  if (!found) return undefined;
  const frame = frames > 0 ? frameOf(found.mask, picture) : undefined;
  if (frame) return withinFrame(picture, frame, frames - 1);
  const figure = mainFigure(found.mask, picture);
  if (!figure) return undefined;
  const { mask, warnings, others } = figure;
  const trust = trustIn(mask, areaOf(found.mask) - others, backdrop);
  return { rgba: matte(picture, mask), how: found.how, warnings, trust };
}

/** The inside of a frame: a figure that is a large rectangle is a picture in a picture. */
function frameOf(mask: Mask, size: Size): Box | undefined {
  const box = boxOf(mask, size);
  if (!box || !isRectangle(mask, size)) return undefined;
  const { left, top, right, bottom } = box;
  if ((right - left) * (bottom - top) < 0.4 * mask.length) return undefined;
  const inset = Math.ceil(0.015 * Math.max(size.width, size.height));
  const inner = { left: left + inset, top: top + inset, right: right - inset, bottom: bottom - inset };
  return inner.right - inner.left < 32 || inner.bottom - inner.top < 32 ? undefined : inner;
}

function withinFrame(picture: RgbaPicture, box: Box, frames: number): PlainCut | undefined {
  const cut = byBackground(crop(picture, box), frames);
  return cut && { ...cut, rgba: uncrop(cut.rgba, box, picture) };
}

export function crop({ width, rgba }: RgbaPicture, { left, top, right, bottom }: Box): RgbaPicture {
  const columns = right - left;
  const inner = new Uint8Array(columns * (bottom - top) * 4);
  for (let y = top; y < bottom; y++) {
    inner.set(rgba.subarray((y * width + left) * 4, (y * width + right) * 4), (y - top) * columns * 4);
  }
  return { width: columns, height: bottom - top, rgba: inner };
}

export function uncrop(inner: Uint8Array, { left, top, right, bottom }: Box, { width, height }: Size): Uint8Array {
  const columns = right - left;
  const rgba = new Uint8Array(width * height * 4);
  for (let y = top; y < bottom; y++) {
    const from = (y - top) * columns * 4;
    rgba.set(inner.subarray(from, from + columns * 4), (y * width + left) * 4);
  }
  return rgba;
}

/**
 * A plain background explains the border, and what stands out from it is one thing with a clear edge.
 * @param all Number of pixels that stood out from the background.
 */
function trustIn(mask: Mask, all: number, backdrop: Backdrop): Trust {
  const { explained, noise } = backdrop.background;
  const area = areaOf(mask);
  const rest = all / area - 1;
  const touch = touchOf(mask, backdrop);
  const faint = faintEdges(mask, backdrop);
  const isHopeless = explained < 0.4 || noise > 0.06 || faint > 0.2 || touch > 0.5;
  if (isHopeless || area > 0.9 * mask.length) return 'none';
  const isPlain = explained > 0.75 && noise < 0.035 && faint < 0.1;
  return isPlain && rest < 0.35 && touch < 0.25 ? 'sure' : 'doubtful';
}

/** Share of the picture's outermost pixels that the figure covers. */
function touchOf(mask: Mask, size: Size): number {
  let [edge, touching] = [0, 0];
  for (const index of edgePixels(size)) {
    edge++;
    touching += mask[index] ?? 0;
  }
  return touching / edge;
}

/** Share of the figure's edge that hardly stands out: shades of the background run out so, things do not. */
function faintEdges(mask: Mask, { difference, threshold, width, height }: Backdrop): number {
  const inside = distanceTo(invert(mask), { width, height });
  let [rim, faint] = [0, 0];
  for (let y = 4; y < height - 4; y++) {
    for (let x = 4; x < width - 4; x++) {
      if (!mask[y * width + x] || (inside[y * width + x] ?? 0) > 1.01) continue;
      rim++;
      let strongest = 0;
      for (let ny = y - 3; ny <= y + 3; ny++) {
        for (let nx = x - 3; nx <= x + 3; nx++) strongest = Math.max(strongest, difference[ny * width + nx] ?? 0);
      }
      if (strongest < 2 * threshold) faint++;
    }
  }
  return faint / Math.max(rim, 1);
}
