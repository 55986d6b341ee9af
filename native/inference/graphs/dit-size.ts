import type { TransformerConfig } from '../configs.ts';
import { tokenGrid, type TokenGrid } from './token-grid.ts';

/** `4d`: views see each other. `2d`: one view. */
export type DitKind = '4d' | '2d';

/** What a run of the transformer is given. */
export interface DitInputSize {
  readonly kind: DitKind;
  /** Predictions at once: 2 for both halves of guidance, or 1 to run them one after the other in half the memory. */
  readonly batch: number;
  /** Of the group; 1 in 2D. */
  readonly views: number;
  /** Latent frames, the reference picture included. */
  readonly frames: number;
  /** Of the latents. */
  readonly height: number;
  readonly width: number;
}

/** All sizes that the graphs of the transformer have. */
export interface DitSize extends DitInputSize {
  readonly grid: TokenGrid;
  /** Tokens of one latent frame. */
  readonly tokens: number;
  readonly textTokens: number;
  readonly channels: number;
  readonly timeSize: number;
}

/** Throws an `AppError` where the picture is not whole patches. */
export function ditSize(config: TransformerConfig, input: DitInputSize): DitSize {
  const grid = tokenGrid(config, input.height, input.width);
  if (input.kind === '2d' && input.views !== 1)
    throw new RangeError(`The 2D transformer has one view, not ${input.views}.`);
  return {
    ...input,
    grid,
    tokens: grid.height * grid.width,
    textTokens: config.textTokens,
    channels: config.heads * config.headSize,
    timeSize: config.timeEmbedSize,
  };
}

/** Shapes of what goes into the transformer; those of 2D have no axis of views. */
export function inputDims(size: DitSize, config: TransformerConfig): Readonly<Record<string, readonly number[]>> {
  const { kind, batch, views, frames, height, width, tokens, textTokens, channels } = size;
  const { inChannels, textSize } = config;
  const time = { time: [batch, channels] };
  if (kind === '2d') {
    return { hidden: [batch, frames, inChannels, height, width], text: [batch, textTokens, textSize], ...time };
  }
  return {
    hidden: [batch, views, frames, inChannels, height, width],
    text: [batch, views, textTokens, textSize],
    frame_text: [batch, frames, textTokens, textSize],
    camera: [batch, views, tokens, channels],
    ...time,
  };
}

/** Shape of the prediction. */
export function outputDims({ kind, batch, views, frames, height, width }: DitSize, { outChannels }: TransformerConfig) {
  const rest = [frames, outChannels, height, width];
  return kind === '2d' ? [batch, ...rest] : [batch, views, ...rest];
}
