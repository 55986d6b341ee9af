import { AppError } from '../../../core/errors.ts';
import type { RgbaPicture } from '../../media/png.ts';
import { readArtistMask } from './artist-mask.ts';
import { edgeWarnings } from './figure.ts';
import { decontaminate } from './matte.ts';
import { crop, cutOpaque, uncrop } from './opaque.ts';
import { byOwnAlpha, readTransparency } from './own-alpha.ts';
import { maskWhere, type Box, type Size } from './raster.ts';
import { resample, type ValueGrid } from './resample.ts';
import { smoothField } from './smooth.ts';

/** The character without its background. */
export interface CutOut {
  readonly width: number;
  readonly height: number;
  /** 8-bit sRGB with straight, soft alpha, height x width x 4; no colour of the background is left in its rim. */
  readonly rgba: Uint8Array;
  /**
   * What it was cut out by: the picture's own transparency, a plain background, the outline of a drawing on paper, a
   * detector of persons, or the artist's mask.
   */
  readonly how: 'alpha' | 'border' | 'drawing' | 'person' | 'mask';
  /** Sentences for the artist; none where all is well. */
  readonly warnings: readonly string[];
}

export interface CutOutOptions {
  /**
   * Finds a person where the background is not plain: probabilities 0..1 over the whole picture, at any size; called
   * only then. Undefined when there is none.
   */
  readonly personMask?: () => Promise<ValueGrid | undefined>;
  /** The artist's own mask: white, or opaque, is the character. It has the last word. */
  readonly mask?: RgbaPicture;
}

/** Sides of the pictures that are worked on, in pixels. */
const LEAST_SIDE = 16;
const LARGEST_SIDE = 4096;

/**
 * Cuts a character out of its picture, by the artist's mask, the picture's transparency, its plain background or
 * paper, or a detector's mask, whichever can be had first.
 * Throws `AppError` ('bad-input') that names the remedy where none shows a character.
 */
export async function cutOut(picture: RgbaPicture, { personMask, mask }: CutOutOptions = {}): Promise<CutOut> {
  const { width, height } = picture;
  checkSize(picture, 'picture');
  if (mask) {
    checkSize(mask, 'mask');
    const alpha = readArtistMask(mask, width, height);
    const solid = maskWhere(alpha.length, (index) => (alpha[index] ?? 0) >= 128);
    const warnings = edgeWarnings(solid, picture);
    return { width, height, rgba: decontaminate(picture, alpha), how: 'mask', warnings };
  }
  const transparency = readTransparency(picture);
  if (transparency.kind === 'character') {
    const { rgba, figure } = byOwnAlpha(picture);
    return { width, height, rgba, how: 'alpha', warnings: figure.warnings };
  }
  if (transparency.kind === 'opaque') return { width, height, ...(await cutOpaque(picture, personMask)) };
  const { box } = transparency;
  const cut = await cutOpaque(
    withoutMargin(picture, box),
    personMask && (async () => cropGrid(await personMask(), box, picture)),
  );
  return { width, height, ...cut, rgba: withAlphaOf(picture, uncrop(cut.rgba, box, picture)) };
}

/** NaN sizes and short arrays must not reach loops that trust them. */
function checkSize({ width, height, rgba }: RgbaPicture, name: string): void {
  if (!Number.isInteger(width) || !Number.isInteger(height) || rgba.length !== width * height * 4) {
    throw new AppError('bad-input', `The ${name} of ${width}x${height} has ${rgba.length} bytes; give it as RGBA.`);
  }
  const shape = `The ${name} has ${width}x${height} pixels`;
  if (Math.max(width, height) > LARGEST_SIDE) {
    throw new AppError('bad-input', `${shape}; scale it down to at most ${LARGEST_SIDE} a side.`);
  }
  if (Math.min(width, height) < LEAST_SIDE) {
    throw new AppError('bad-input', `${shape}, too few to show a character; use a larger one.`);
  }
}

/** The opaque part of a picture; round corners are filled with what is beside them. */
function withoutMargin(picture: RgbaPicture, box: Box): RgbaPicture {
  const inner = crop(picture, box);
  const values = new Float32Array((inner.rgba.length / 4) * 3);
  for (let at = 0; at < values.length; at++) values[at] = inner.rgba[Math.floor(at / 3) * 4 + (at % 3)] ?? 0;
  const visible = maskWhere(inner.rgba.length / 4, (index) => (inner.rgba[index * 4 + 3] ?? 0) > 250);
  if (!visible.includes(1)) return inner;
  const around = smoothField(values, visible, inner);
  const rgba = inner.rgba.slice();
  visible.forEach((is, index) => {
    for (let c = 0; c < 3 && !is; c++) rgba[index * 4 + c] = Math.round(around[index * 3 + c] ?? 0);
  });
  return { ...inner, rgba };
}

function withAlphaOf({ rgba }: RgbaPicture, cut: Uint8Array): Uint8Array {
  return cut.map((value, at) => (at % 4 === 3 ? Math.min(value, rgba[at] ?? 0) : value));
}

/** The part of a grid over the whole picture that lies in a box of it. */
function cropGrid(grid: ValueGrid | undefined, { left, top, right, bottom }: Box, size: Size): ValueGrid | undefined {
  if (!grid) return undefined;
  const values = resample(grid, size.width, size.height);
  const rows = Array.from({ length: bottom - top }, (_, y) => {
    const from = (top + y) * size.width;
    return values.subarray(from + left, from + right);
  });
  const inner = new Float32Array((right - left) * rows.length);
  rows.forEach((row, y) => {
    inner.set(row, y * row.length);
  });
  return { width: right - left, height: rows.length, values: inner };
}
