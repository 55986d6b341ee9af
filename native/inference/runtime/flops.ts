import type { TextEncoderConfig, TransformerConfig } from '../configs.ts';

/** What a run of the denoiser works on. */
export interface DenoiserShape {
  /** Elements of the batch: 2 with guidance, the negative prompt and the prompt. */
  readonly batch: number;
  /** Views that are made together; 1 for the 2D network. */
  readonly views: number;
  /** Latent frames, the reference frame included. */
  readonly frames: number;
  /** Image tokens of one latent frame. */
  readonly tokens: number;
  readonly textTokens: number;
  /** Whether blocks also attend across the views (the 4D network). */
  readonly acrossViews: boolean;
}

/** Multiplications and additions, counted as two, by what they are part of: rates differ. */
export interface Flops {
  readonly linear: number;
  readonly attention: number;
  readonly convolution: number;
}

export const NO_FLOPS: Flops = { linear: 0, attention: 0, convolution: 0 };

export const totalFlops = ({ linear, attention, convolution }: Flops): number => linear + attention + convolution;

export const scaleFlops = ({ linear, attention, convolution }: Flops, factor: number): Flops => ({
  linear: linear * factor,
  attention: attention * factor,
  convolution: convolution * factor,
});

export const sumFlops = (parts: readonly Flops[]): Flops => ({
  linear: sum(parts.map(({ linear }) => linear)),
  attention: sum(parts.map(({ attention }) => attention)),
  convolution: sum(parts.map(({ convolution }) => convolution)),
});

/** Rows of the streams that the blocks carry: image tokens, text of each view, text of each frame. */
export interface StreamRows {
  readonly image: number;
  readonly viewText: number;
  readonly frameText: number;
}

export function streamRows({ batch, views, frames, tokens, textTokens, acrossViews }: DenoiserShape): StreamRows {
  return {
    image: batch * views * frames * tokens,
    viewText: batch * views * textTokens,
    frameText: acrossViews ? batch * frames * textTokens : 0,
  };
}

export const allRows = ({ image, viewText, frameText }: StreamRows): number => image + viewText + frameText;

/** Width of the feed-forward layers as a multiple of the blocks' own. */
const FEED_FORWARD = 4;

/** One block of the denoiser. Norms, modulation and rotation are left out: together below one in a thousand. */
export function blockFlops(config: TransformerConfig, shape: DenoiserShape): Flops {
  const width = config.heads * config.headSize;
  const rows = streamRows(shape);
  const { batch, views, frames, tokens, textTokens, acrossViews } = shape;
  const overTime = attention(width, batch * views, frames * tokens + textTokens);
  const overViews = acrossViews ? attention(width, batch * frames, views * tokens + textTokens) : NO_FLOPS;
  const feedForward = { ...NO_FLOPS, linear: 4 * width * FEED_FORWARD * width * allRows(rows) };
  return sumFlops([overTime, overViews, feedForward]);
}

/** All blocks once: one step of denoising where `shape.batch` is 2. The layers around them are not a thousandth of it. */
export const denoiserFlops = (config: TransformerConfig, shape: DenoiserShape): Flops =>
  scaleFlops(blockFlops(config, shape), config.layers);

/** Four projections, and scores and weighted values of `sequences` sequences. */
function attention(width: number, sequences: number, length: number): Flops {
  return {
    linear: 8 * width * width * sequences * length,
    attention: 4 * width * length * length * sequences,
    convolution: 0,
  };
}

/** The text encoder on `sequences` texts of `length` tokens. */
export function textFlops(config: TextEncoderConfig, sequences: number, length: number): Flops {
  const { width, heads, headSize, feedForward, layers } = config;
  const inner = heads * headSize;
  const weights = 4 * width * inner + 3 * width * feedForward;
  const perLayer = {
    linear: 2 * weights * sequences * length,
    attention: 4 * inner * length * length * sequences,
    convolution: 0,
  };
  return scaleFlops(perLayer, layers);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
