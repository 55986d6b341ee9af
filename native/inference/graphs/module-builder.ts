import { dataType, type Dimension, type GraphBuilder, type Value } from '../../onnx/graph-builder.ts';
import { elementCount, floatTensor, type ElementType } from '../../onnx/tensor.ts';
import type { WeightSource } from '../weights.ts';

/** The type that a graph computes in. Its inputs and outputs are `EDGE_TYPE` of it: JavaScript has no bfloat16. */
export type Precision = 'float32' | 'float16' | 'bfloat16';

export const EDGE_TYPE = { float32: 'float32', float16: 'float16', bfloat16: 'float32' } as const satisfies Record<
  Precision,
  ElementType
>;

/**
 * Writes the layers of a network into a graph. It stands at one place of the state dict ("transformer_blocks.0.attn1"): `at`
 * goes down, `weight` takes what lies there, and nodes are named alike.
 */
export class ModuleBuilder {
  readonly graph: GraphBuilder;
  readonly weights: WeightSource;
  readonly precision: Precision;
  readonly path: string;

  constructor(graph: GraphBuilder, weights: WeightSource, precision: Precision, path = '') {
    this.graph = graph;
    this.weights = weights;
    this.precision = precision;
    this.path = path;
  }

  /** Runs `build` one or several levels down the state dict: at('attn1', ...), at('ff.net.2', ...). */
  at<T>(name: string, build: (module: ModuleBuilder) => T): T {
    const path = this.path === '' ? name : `${this.path}.${name}`;
    return this.graph.within(name, () => build(new ModuleBuilder(this.graph, this.weights, this.precision, path)));
  }

  /** An input of the graph, in the type that the graph computes in. */
  input(name: string, dims: readonly Dimension[]): Value {
    const edge = EDGE_TYPE[this.precision];
    return this.cast(this.graph.input(name, edge, dims), edge, this.precision);
  }

  /** Gives `value`, of the type that the graph computes in, out of the graph. */
  output(name: string, value: Value, dims: readonly Dimension[]): void {
    const edge = EDGE_TYPE[this.precision];
    this.graph.output(name, this.cast(value, this.precision, edge), edge, dims);
  }

  /** This place, for layers that compute in another type than the rest of the graph. */
  as(precision: Precision): ModuleBuilder {
    return new ModuleBuilder(this.graph, this.weights, precision, this.path);
  }

  /** The weight of that name below this module's place, in the type that the graph computes in. */
  weight(name: string, shape: readonly number[]): Value {
    const { value, type } = this.stored(name, shape);
    return this.cast(value, type, this.precision);
  }

  /** That weight in the type in which it is stored: for a table of which some rows are taken, so that only those are converted. */
  stored(name: string, shape: readonly number[]): { readonly value: Value; readonly type: ElementType } {
    const tensor = this.weights.weight(this.path === '' ? name : `${this.path}.${name}`, shape);
    const value = 'bytes' in tensor ? this.graph.weights(name, tensor) : this.graph.externalWeights(name, tensor);
    return { value, type: tensor.type };
  }

  cast(value: Value, from: ElementType, to: ElementType): Value {
    return from === to ? value : this.graph.op('Cast', [value], { to: dataType(to) });
  }

  /** A number as a constant of the type that the graph computes in. */
  number(value: number): Value {
    return this.cast(this.graph.float(value), 'float32', this.precision);
  }

  /** A table as a constant of the type that the graph computes in. */
  table(values: Float32Array, dims: readonly number[]): Value {
    return this.cast(this.graph.constant(floatTensor(values, dims)), 'float32', this.precision);
  }

  op(type: string, inputs: readonly Value[], attributes = {}): Value {
    return this.graph.op(type, inputs, attributes);
  }

  reshape(value: Value, dims: readonly number[]): Value {
    return this.graph.op('Reshape', [value, this.graph.ints(dims)]);
  }

  transpose(value: Value, perm: readonly number[]): Value {
    return this.graph.op('Transpose', [value], { perm });
  }

  /**
   * x W^T + b over the last axis of `value`, which has shape `dims`; weight [out, in] and bias [out] lie at this place. One Gemm
   * that reads the weight as it is stored.
   */
  linear(value: Value, dims: readonly number[], outputs: number, { bias = true } = {}): Value {
    const inputs = dims.at(-1) ?? 0;
    const rows = elementCount(dims.slice(0, -1));
    const flat = dims.length === 2 ? value : this.reshape(value, [rows, inputs]);
    const weight = this.weight('weight', [outputs, inputs]);
    const terms = bias ? [flat, weight, this.weight('bias', [outputs])] : [flat, weight];
    const result = this.op('Gemm', terms, { transB: 1 });
    return dims.length === 2 ? result : this.reshape(result, [...dims.slice(0, -1), outputs]);
  }
}
