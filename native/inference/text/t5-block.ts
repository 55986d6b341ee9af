import { MICROSOFT, type Value } from '../../onnx/graph-builder.ts';
import type { TextEncoderConfig } from '../configs.ts';
import type { ModuleBuilder } from '../graphs/module-builder.ts';

/** How many texts of how many tokens a graph takes at once. */
export interface TextSize {
  readonly prompts: number;
  readonly tokens: number;
}

/**
 * What the feed-forward network is scaled down by inside where it computes in float16: with T5's weights both the gated
 * product and what `wo` makes of it go beyond 65504, the largest float16. A power of two, so that nothing is rounded.
 */
const FLOAT16_HEADROOM = 64;

/**
 * One block of the encoder at this place, `module` at "encoder.block.N". The stream [prompts * tokens, width] is float32 whatever the graph
 * computes in: its sum over the blocks is beyond float16, and bfloat16 would lose what later blocks add.
 */
export function encoderBlock(
  module: ModuleBuilder,
  stream: Value,
  bias: Value,
  config: TextEncoderConfig,
  size: TextSize,
): Value {
  const attended = module.at('layer.0', (m) => withSelfAttention(m, stream, bias, config, size));
  return module.at('layer.1', (m) => withFeedForward(m, attended, config, size));
}

/** The stream and what the self-attention at "layer.0" adds to it; `bias` is float32 [1, heads, tokens, tokens]. */
export function withSelfAttention(
  module: ModuleBuilder,
  stream: Value,
  bias: Value,
  config: TextEncoderConfig,
  { prompts, tokens }: TextSize,
): Value {
  const { heads, headSize, width } = config;
  const [rows, inner] = [prompts * tokens, heads * headSize];
  const normed = rmsNorm(module, 'layer_norm', stream, config);
  const added = module.at('SelfAttention', (m) => {
    const linear = (name: string): Value =>
      m.at(name, (at) => at.linear(normed, [rows, width], inner, { bias: false }));
    const byHead = (value: Value, perm: readonly number[]): Value =>
      m.transpose(m.reshape(value, [prompts, tokens, heads, headSize]), perm);
    const [q, k, v] = [
      byHead(linear('q'), [0, 2, 1, 3]),
      byHead(linear('k'), [0, 2, 3, 1]),
      byHead(linear('v'), [0, 2, 1, 3]),
    ];
    // T5 does not divide by the root of the head size: its first weights were drawn that much smaller. No mask either: padding is attended to.
    const scores = m.op('Add', [m.cast(m.op('MatMul', [q, k]), m.precision, 'float32'), bias]);
    const shares = m.cast(m.op('Softmax', [scores], { axis: -1 }), 'float32', m.precision);
    const together = m.reshape(m.transpose(m.op('MatMul', [shares, v]), [0, 2, 1, 3]), [rows, inner]);
    return m.at('o', (at) => at.linear(together, [rows, inner], width, { bias: false }));
  });
  return module.op('Add', [stream, module.cast(added, module.precision, 'float32')]);
}

/** The stream and what the feed-forward network at "layer.1" adds to it: wo(gelu(wi_0 x) * wi_1 x), GELU in its tanh form. */
function withFeedForward(
  module: ModuleBuilder,
  stream: Value,
  config: TextEncoderConfig,
  { prompts, tokens }: TextSize,
): Value {
  const { width, feedForward } = config;
  const rows = prompts * tokens;
  const headroom = module.precision === 'float16' ? FLOAT16_HEADROOM : 1;
  const scaled = (m: ModuleBuilder, value: Value, factor: number): Value =>
    factor === 1 ? value : m.op('Mul', [value, m.number(factor)]);
  const normed = rmsNorm(module, 'layer_norm', stream, config);
  const added = module.at('DenseReluDense', (m) => {
    const widen = (name: string): Value =>
      m.at(name, (at) => at.linear(normed, [rows, width], feedForward, { bias: false }));
    const gate = scaled(m, m.op(`${MICROSOFT}FastGelu`, [widen('wi_0')]), 1 / headroom);
    const product = m.op('Mul', [gate, widen('wi_1')]);
    return m.at('wo', (at) => at.linear(product, [rows, feedForward], width, { bias: false }));
  });
  return module.op('Add', [
    stream,
    scaled(module.as('float32'), module.cast(added, module.precision, 'float32'), headroom),
  ]);
}

/**
 * The norm `name` at this place of float32 [..., width], in the type that the graph computes in: each token is divided by the root of
 * its mean square and multiplied by a weight; no mean is taken off and nothing is added.
 */
export function rmsNorm(
  module: ModuleBuilder,
  name: string,
  value: Value,
  { width, normEps }: TextEncoderConfig,
): Value {
  const normed = module.as('float32').at(name, (m) => {
    const square = m.op('ReduceMean', [m.op('Mul', [value, value]), m.graph.ints([-1])], { keepdims: 1 });
    const root = m.op('Sqrt', [m.op('Add', [square, m.number(normEps)])]);
    return m.op('Mul', [m.op('Div', [value, root]), m.weight('weight', [width])]);
  });
  return module.cast(normed, 'float32', module.precision);
}
