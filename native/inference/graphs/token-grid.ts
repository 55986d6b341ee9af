import { AppError } from '../../../core/errors.ts';
import type { TransformerConfig } from '../configs.ts';

/** Rows and columns of tokens: a picture of latents in patches. */
export interface TokenGrid {
  readonly height: number;
  readonly width: number;
}

/** Tokens of a latent picture. Throws an `AppError` where patches do not fill it. */
export function tokenGrid({ patchSize }: TransformerConfig, height: number, width: number): TokenGrid {
  const whole = (size: number): boolean => Number.isSafeInteger(size / patchSize) && size > 0;
  if (whole(height) && whole(width)) return { height: height / patchSize, width: width / patchSize };
  const step = 8 * patchSize;
  throw new AppError('bad-input', `A picture must be a multiple of ${step} pixels wide and high; choose such a size.`);
}

/** The grid of the picture size that the network was trained on. */
export const trainedGrid = ({ sampleHeight, sampleWidth, patchSize }: TransformerConfig): TokenGrid => ({
  height: Math.floor(sampleHeight / patchSize),
  width: Math.floor(sampleWidth / patchSize),
});
