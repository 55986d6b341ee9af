import { MICROSOFT, type Value } from '../../onnx/graph-builder.ts';
import { elementCount } from '../../onnx/tensor.ts';
import type { ModuleBuilder } from './module-builder.ts';

/** A layer over the last axis of a value of shape `dims`. */
export type Layer = (value: Value, dims: readonly number[]) => Value;

/** The linear layer at this place, to be applied any number of times with weights that are in the graph once. */
export function linearLayer(module: ModuleBuilder, inputs: number, outputs: number): Layer {
  const terms = [module.weight('weight', [outputs, inputs]), module.weight('bias', [outputs])];
  return (value, dims) => {
    const flat = module.reshape(value, [elementCount(dims.slice(0, -1)), inputs]);
    return module.reshape(module.op('Gemm', [flat, ...terms], { transB: 1 }), [...dims.slice(0, -1), outputs]);
  };
}

/** The layer norm at this place. */
export function layerNorm(module: ModuleBuilder, channels: number, epsilon: number): (value: Value) => Value {
  const terms = [module.weight('weight', [channels]), module.weight('bias', [channels])];
  return (value) => module.op('LayerNormalization', [value, ...terms], { axis: -1, epsilon: { float: epsilon } });
}

/** The feed-forward network at this place: four times as wide inside, GELU in its tanh form. */
export function feedForward(module: ModuleBuilder, channels: number): Layer {
  const inner = 4 * channels;
  const widen = module.at('net.0.proj', (m) => linearLayer(m, channels, inner));
  const narrow = module.at('net.2', (m) => linearLayer(m, inner, channels));
  return (value, dims) => {
    const wide = module.op(`${MICROSOFT}FastGelu`, [widen(value, dims)]);
    return narrow(wide, [...dims.slice(0, -1), inner]);
  };
}

export const silu = (module: ModuleBuilder, value: Value): Value =>
  module.op('Mul', [value, module.op('Sigmoid', [value])]);

/**
 * What the time makes of this place's linear layer: `count` lists of channels, each [batch, 1, channels], in the order in which they
 * are stored.
 */
export function modulation(module: ModuleBuilder, temb: Value, size: ModulationSize, count: number): Value[] {
  const { batch, timeSize, channels } = size;
  const layer = module.at('linear', (m) => linearLayer(m, timeSize, count * channels));
  const all = layer(silu(module, temb), [batch, timeSize]);
  const sizes = module.graph.ints(Array.from({ length: count }, () => channels));
  const apart = module.graph.ops('Split', [all, sizes], { axis: 1 }, count);
  return apart.map((value) => module.reshape(value, [batch, 1, channels]));
}

export interface ModulationSize {
  readonly batch: number;
  readonly timeSize: number;
  readonly channels: number;
}

/** value * (1 + scale) + shift */
export function modulate(module: ModuleBuilder, shift: Value, scale: Value): (value: Value) => Value {
  const factor = module.op('Add', [scale, module.number(1)]);
  return (value) => module.op('Add', [module.op('Mul', [value, factor]), shift]);
}
