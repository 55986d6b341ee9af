import { AppError } from '../../../core/errors.ts';
import type { RgbaPicture } from '../../media/png.ts';
import { readBackdrop } from './backdrop.ts';
import { mainFigure } from './figure.ts';
import { matte } from './matte.ts';
import { toOklab } from './oklab.ts';
import { plainFigure } from './plain.ts';

/** The character without its background. */
export interface CutOut {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
  readonly how: 'alpha' | 'border' | 'drawing' | 'person' | 'mask';
  readonly warnings: readonly string[];
}

export async function cutOut(picture: RgbaPicture): Promise<CutOut> {
  await Promise.resolve();
  const { width, height } = picture;
  const size = { width, height };
  const backdrop = readBackdrop(toOklab(picture), size);
  const found = plainFigure(backdrop);
  if (!found) throw new AppError('bad-input', 'nothing');
  const { mask, warnings } = mainFigure(found.mask, size);
  return { width, height, rgba: matte(picture, mask), how: found.how, warnings };
}
