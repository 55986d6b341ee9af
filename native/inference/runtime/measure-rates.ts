import { GraphBuilder, MICROSOFT, type Value } from '../../onnx/graph-builder.ts';
import { dataType } from '../../onnx/graph-builder.ts';
import { floatTensor, type Tensor } from '../../onnx/tensor.ts';
import type { Precision } from '../graphs/module-builder.ts';
import type { Graph, Runtime, Tensors } from './session.ts';

/** What a device computes in a second, in floating point operations, by what the networks are made of. */
export interface Rates {
  readonly linear: number;
  readonly attention: number;
  readonly convolution: number;
}

export interface MeasureOptions {
  readonly precision?: Precision;
  /** Edge of the matrices; graphics cards need 4096 to be busy. */
  readonly size?: number;
}

/** Matrix products in a row, so that carrying the numbers to the device and back counts little. */
const CHAIN = 6;
const HEAD_SIZE = 64;
const HEADS = 8;

/** Measures a device in less than a second (on a processor): the better of two short runs of each kind. */
export async function measureRates(
  runtime: Runtime,
  { precision = 'float32', size = 768 }: MeasureOptions = {},
): Promise<Rates> {
  return {
    linear: await rateOf(runtime, linearProbe(precision, size)),
    attention: await rateOf(runtime, attentionProbe(precision, size)),
    convolution: await rateOf(runtime, convolutionProbe(precision, size / 8)),
  };
}

/** The rate of matrix products alone, which is most of the work. */
export const measureGemmRate = (
  runtime: Runtime,
  { precision = 'float32', size = 1024 }: MeasureOptions = {},
): Promise<number> => rateOf(runtime, linearProbe(precision, size));

interface Probe {
  readonly graph: Graph;
  readonly inputs: Tensors;
  readonly flops: number;
}

async function rateOf(runtime: Runtime, { graph, inputs, flops }: Probe): Promise<number> {
  const session = await runtime.load(graph);
  try {
    let best = Infinity;
    for (let attempt = 0; attempt < 2; attempt++) {
      const start = performance.now();
      await session.run(inputs);
      best = Math.min(best, performance.now() - start);
    }
    return flops / (best / 1000);
  } finally {
    await session.release();
  }
}

function linearProbe(precision: Precision, size: number): Probe {
  return probe('matrix products', precision, { a: [size, size], b: [size, size] }, (graph, { a = '', b = '' }) => {
    let product = a;
    for (let n = 0; n < CHAIN; n++) product = graph.op('Gemm', [product, b], { transB: 1 });
    return { result: product, flops: CHAIN * 2 * size ** 3 };
  });
}

function attentionProbe(precision: Precision, tokens: number): Probe {
  // bfloat16 is not among the types of this operator; the graphs of the networks cast there too.
  const type = precision === 'bfloat16' ? 'float16' : precision;
  const dims = [1, tokens, HEADS * HEAD_SIZE];
  return probe('attention', type, { q: dims, k: dims }, (graph, { q = '', k = '' }) => ({
    result: graph.op(`${MICROSOFT}MultiHeadAttention`, [q, k, k], { num_heads: HEADS }),
    flops: 4 * tokens * tokens * HEADS * HEAD_SIZE,
  }));
}

function convolutionProbe(precision: Precision, edge: number): Probe {
  const type = precision === 'bfloat16' ? 'float16' : precision;
  const [channels, frames] = [32, 2];
  const dims = { x: [1, channels, frames + 2, edge, edge], w: [channels, channels, 3, 3, 3] };
  return probe('convolutions', type, dims, (graph, { x = '', w = '' }) => ({
    result: graph.op('Conv', [x, w], { kernel_shape: [3, 3, 3], pads: [0, 1, 1, 0, 1, 1] }),
    flops: 2 * 27 * channels * channels * frames * edge * edge,
  }));
}

/** A graph in `precision` whose inputs are float32, and numbers for it that stay finite. */
function probe(
  name: string,
  precision: Precision,
  dims: Readonly<Record<string, readonly number[]>>,
  build: (graph: GraphBuilder, inputs: Readonly<Record<string, Value>>) => { result: Value; flops: number },
): Probe {
  const graph = new GraphBuilder(name);
  const cast = (value: Value, to: Precision): Value =>
    precision === 'float32' ? value : graph.op('Cast', [value], { to: dataType(to) });
  const inputs = Object.fromEntries(
    Object.entries(dims).map(([input, shape]) => [input, cast(graph.input(input, 'float32', shape), precision)]),
  );
  const { result, flops } = build(graph, inputs);
  // A sum is enough to come back.
  graph.output('sum', graph.op('ReduceSum', [cast(result, 'float32')], { keepdims: 0 }), 'float32', []);
  const tensors = Object.entries(dims).map(([input, shape]) => [input, ramp(shape)] as const);
  return { graph: { name, model: graph.encode(), folder: '/' }, inputs: Object.fromEntries(tensors), flops };
}

function ramp(dims: readonly number[]): Tensor {
  const count = dims.reduce((product, dim) => product * dim, 1);
  return floatTensor(
    Float32Array.from({ length: count }, (_, index) => ((index % 251) - 125) / 125 / 32),
    dims,
  );
}
