import type { Value } from '../../onnx/graph-builder.ts';
import { concat, selfAttention, slice, type AttentionKind, type Heads, type RotaryValues } from './attention.ts';
import type { DitSize } from './dit-size.ts';
import { feedForward, layerNorm, modulate, modulation, type Layer } from './layers.ts';
import type { ModuleBuilder } from './module-builder.ts';

/** What goes from block to block. */
export interface Streams {
  /** Picture tokens [batch, views, frames, tokens, channels]. */
  readonly hidden: Value;
  /** Text tokens of every view [batch, views, text tokens, channels]. */
  readonly text: Value;
  /** Text tokens of every frame [batch, frames, text tokens, channels]; 4D only. */
  readonly frameText?: Value;
  /** Embedded time [batch, time size]. */
  readonly temb: Value;
}

/** Takes note of an inner value, which is in `pieces` along an axis; does nothing unless somebody asked for that value. */
export type Observe = (module: ModuleBuilder, name: string, pieces: () => readonly Value[], axis: number) => void;

export interface BlockOptions {
  readonly size: DitSize;
  readonly heads: Heads;
  readonly normEps: number;
  readonly attention: AttentionKind;
  readonly rotary: BlockRotary;
  readonly observe: Observe;
}

/** Tables of a sequence over the frames of one view and of one over the views of one frame (4D only). */
export interface BlockRotary {
  readonly frames: RotaryValues;
  readonly views?: RotaryValues;
}

/** Picture and text tokens of one sequence, [batch, tokens, channels] each. */
interface Tokens {
  readonly image: Value;
  readonly text: Value;
}

/** Axes of the picture stream. */
const VIEW = 1;
const FRAME = 2;

/**
 * A block of the transformer. Sequences do not see each other within a layer: one after the other is cut out of the streams, computed
 * and put back, so that a layer needs the memory of one sequence besides that of the streams.
 */
export function block(module: ModuleBuilder, streams: Streams, options: BlockOptions): Streams {
  const { temb, hidden: before, frameText } = streams;
  const { rotary } = options;
  const perView = attentionLayer(
    module,
    { norm: 'norm1', attention: 'attn1', axis: VIEW },
    rotary.frames,
    temb,
    options,
  );
  const viewed = perView(before, { image: before, text: streams.text });
  if (frameText === undefined || rotary.views === undefined) {
    return feedForwardLayer(module, { temb, hidden: viewed.image, text: viewed.text }, options);
  }
  const names = { norm: 'view_norm1', attention: 'attn2', axis: FRAME };
  const perFrame = attentionLayer(module, names, rotary.views, temb, options);
  // Both attentions look at the same stream; the second adds to what the first has made of it.
  const framed = perFrame(before, { image: viewed.image, text: frameText });
  const result = { temb, hidden: framed.image, text: viewed.text, frameText: framed.text };
  return feedForwardLayer(module, result, options);
}

interface AttentionNames {
  readonly norm: string;
  readonly attention: string;
  /** Each place along this axis of the picture stream is a sequence of its own. */
  readonly axis: number;
}

/**
 * Modulated norm of `source`, attention over it and the text, gated and added to `target`: the picture stream and the text stream of
 * the axis.
 */
function attentionLayer(
  module: ModuleBuilder,
  names: AttentionNames,
  rotary: RotaryValues,
  temb: Value,
  options: BlockOptions,
): (source: Value, target: Tokens) => Tokens {
  const { size, heads, observe } = options;
  const { batch, views, frames, tokens, channels, textTokens } = size;
  const [count, others] = names.axis === VIEW ? [views, frames] : [frames, views];
  const imageTokens = others * tokens;
  const whole = { batch, tokens: textTokens + imageTokens };
  const norm = module.at(names.norm, (m) => modulatedNorm(m, temb, options));
  const attend = module.at(names.attention, (m) => selfAttention(m, heads, whole, rotary, options.attention));
  const cutImage = (stream: Value, i: number): Value =>
    module.reshape(cut(module, stream, names.axis, i, count), [batch, imageTokens, channels]);
  const cutText = (stream: Value, i: number): Value =>
    module.reshape(cut(module, stream, 1, i, count), [batch, textTokens, channels]);
  const imagePiece = names.axis === VIEW ? [batch, 1, frames, tokens, channels] : [batch, views, 1, tokens, channels];

  return (source, target) => {
    const pieces = Array.from({ length: count }, (_, i) => {
      const text = cutText(target.text, i);
      const normed = { image: norm.image(cutImage(source, i)), text: norm.text(text) };
      const attended = parted(module, attend(concat(module, [normed.text, normed.image], 1)), textTokens, imageTokens);
      const image = gated(module, cutImage(target.image, i), norm.gate, attended.image);
      return { normed, attended, image, text: gated(module, text, norm.textGate, attended.text) };
    });
    observeTokens(module, observe, names.norm, pieces.map(({ normed }) => normed), 0); // prettier-ignore
    observeTokens(module, observe, names.attention, pieces.map(({ attended }) => attended), 0); // prettier-ignore
    observe(module, `${names.norm}_gate`, () => pieces.map(() => norm.gate), 0);
    observe(module, `${names.norm}_enc_gate`, () => pieces.map(() => norm.textGate), 0);
    const back = (value: Value, dims: readonly number[]): Value => module.reshape(value, dims);
    return {
      image: concat(module, pieces.map(({ image }) => back(image, imagePiece)), names.axis), // prettier-ignore
      text: concat(module, pieces.map(({ text }) => back(text, [batch, 1, textTokens, channels])), 1), // prettier-ignore
    };
  };
}

/**
 * Modulated norm and the feed-forward network, gated and added: frame by frame, since inside it is four times as wide, and the texts by
 * themselves.
 */
function feedForwardLayer(module: ModuleBuilder, streams: Streams, options: BlockOptions): Streams {
  const { size, observe } = options;
  const { batch, views, frames, tokens, channels, textTokens } = size;
  const norm = module.at('norm2', (m) => modulatedNorm(m, streams.temb, options));
  const layer = module.at('ff', (m) => feedForward(m, channels));
  const pieceDims = [batch, views, 1, tokens, channels];
  const images = Array.from({ length: frames }, (_, i) => {
    const image = module.reshape(cut(module, streams.hidden, FRAME, i, frames), [batch, views * tokens, channels]);
    return changedBy(module, layer, norm.image, norm.gate, image, [batch, views * tokens, channels]);
  });
  const together = (values: readonly Value[]): Value =>
    concat(module, values.map((value) => module.reshape(value, pieceDims)), FRAME); // prettier-ignore
  const changeText = (stream: Value, count: number): Changed => {
    const dims = [batch, count * textTokens, channels];
    return changedBy(module, layer, norm.text, norm.textGate, module.reshape(stream, dims), dims);
  };
  const text = changeText(streams.text, views);
  const frameText = streams.frameText === undefined ? undefined : changeText(streams.frameText, frames);
  const texts = frameText ? [text, frameText] : [text];

  const inOneList = (values: readonly Value[]): Value =>
    module.reshape(together(values), [batch, views * frames * tokens, channels]);
  observe(module, 'norm2_hidden', () => [inOneList(images.map(({ normed }) => normed))], 1);
  observe(module, 'norm2_enc', () => texts.map(({ normed }) => normed), 1);
  observe(module, 'norm2_gate', () => [norm.gate], 1);
  observe(module, 'norm2_enc_gate', () => [norm.textGate], 1);
  observe(module, 'ff_hidden', () => [inOneList(images.map(({ change }) => change))], 1);
  observe(module, 'ff_enc', () => texts.map(({ change }) => change), 1);
  return {
    ...streams,
    hidden: together(images.map(({ result }) => result)),
    text: module.reshape(text.result, [batch, views, textTokens, channels]),
    ...(frameText && { frameText: module.reshape(frameText.result, [batch, frames, textTokens, channels]) }),
  };
}

interface Changed {
  readonly normed: Value;
  readonly change: Value;
  readonly result: Value;
}

function changedBy(
  module: ModuleBuilder,
  layer: Layer,
  norm: (value: Value) => Value,
  gate: Value,
  value: Value,
  dims: readonly number[],
): Changed {
  const normed = norm(value);
  const change = layer(normed, dims);
  return { normed, change, result: gated(module, value, gate, change) };
}

/** One layer norm for pictures and texts, with a shift, a scale and a gate for each that the time decides. */
interface ModulatedNorm {
  readonly image: (value: Value) => Value;
  readonly text: (value: Value) => Value;
  readonly gate: Value;
  readonly textGate: Value;
}

function modulatedNorm(module: ModuleBuilder, temb: Value, { size, normEps }: BlockOptions): ModulatedNorm {
  const [shift = '', scale = '', gate = '', textShift = '', textScale = '', textGate = ''] = modulation(
    module,
    temb,
    size,
    6,
  );
  const norm = module.at('norm', (m) => layerNorm(m, size.channels, normEps));
  const [image, text] = [modulate(module, shift, scale), modulate(module, textShift, textScale)];
  return { image: (value) => image(norm(value)), text: (value) => text(norm(value)), gate, textGate };
}

/** Place `index` of `count` along an axis. */
const cut = (module: ModuleBuilder, stream: Value, axis: number, index: number, count: number): Value =>
  count === 1 ? stream : slice(module, stream, axis, index, index + 1);

const gated = (module: ModuleBuilder, to: Value, gate: Value, value: Value): Value =>
  module.op('Add', [to, module.op('Mul', [value, gate])]);

function parted(module: ModuleBuilder, sequence: Value, text: number, image: number): Tokens {
  const sizes = module.graph.ints([text, image]);
  const [first = '', second = ''] = module.graph.ops('Split', [sequence, sizes], { axis: 1 }, 2);
  return { text: first, image: second };
}

function observeTokens(module: ModuleBuilder, observe: Observe, name: string, pieces: readonly Tokens[], axis: number) {
  observe(module, `${name}_hidden`, () => pieces.map(({ image }) => image), axis);
  observe(module, `${name}_enc`, () => pieces.map(({ text }) => text), axis);
}
