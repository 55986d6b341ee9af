import { AppError } from '../../core/errors.ts';
import { dataType, type Attributes, type GraphBuilder, type Value } from './graph-builder.ts';
import { numbersOf, transpose, type Tensor } from './tensor.ts';
import type { TfjsNode } from './tfjs-model.ts';

/** What a converter of one operation sees. */
export interface Conversion {
  readonly graph: GraphBuilder;
  readonly node: TfjsNode;
  /** An input of the node as a value of the graph. */
  readonly value: (index: number) => Value;
  /** An input of the node that must be constant. */
  readonly constant: (index: number) => Tensor;
}

type Operation = (conversion: Conversion) => readonly Value[];

const TO_NCHW = [0, 3, 1, 2];
const TO_NHWC = [0, 2, 3, 1];

/** Runs `build` between a change to ONNX's channel order and back; the runtime removes the pairs that meet. */
function inNchw({ graph }: Conversion, input: Value, build: (input: Value) => Value): Value {
  const result = build(graph.op('Transpose', [input], { perm: TO_NCHW }));
  return graph.op('Transpose', [result], { perm: TO_NHWC });
}

/** The two spatial ones of four NHWC numbers. */
const spatial = (numbers: readonly number[]): number[] => numbers.slice(1, 3);

function windowAttributes({ node }: Conversion): Attributes {
  const padding = node.attributes.text('padding');
  if (padding !== 'SAME' && padding !== 'VALID') throw unsupported(node, `padding ${padding}`);
  const format = node.attributes.text('data_format');
  if (format !== 'NHWC') throw unsupported(node, `layout ${format}`);
  return {
    strides: spatial(node.attributes.ints('strides')),
    auto_pad: padding === 'SAME' ? 'SAME_UPPER' : 'VALID',
  };
}

const unsupported = ({ op, name }: TfjsNode, what: string): AppError =>
  new AppError('failed', `A model cannot be converted: ${op} ${name} has ${what}.`);

/** The bias and activation that TensorFlow fused into a node; extra inputs start at `first`. */
function fused(conversion: Conversion, result: Value, first: number): Value {
  const { graph, node, value } = conversion;
  let next = first;
  return node.attributes.texts('fused_ops').reduce((input, operation) => {
    if (operation === 'BiasAdd') return graph.op('Add', [input, value(next++)]);
    if (operation === 'Prelu') return graph.op('PRelu', [input, value(next++)]);
    if (operation === 'Relu') return graph.op('Relu', [input]);
    if (operation === 'Relu6') return relu6(graph, input);
    throw unsupported(node, `the fused operation ${operation}`);
  }, result);
}

const relu6 = (graph: GraphBuilder, input: Value): Value => graph.op('Clip', [input, graph.float(0), graph.float(6)]);

function convolution(conversion: Conversion): Value {
  const { graph, node, value, constant } = conversion;
  const weights = graph.weights('weights', transpose(constant(1), [3, 2, 0, 1])); // HWIO to OIHW
  const attributes = { ...windowAttributes(conversion), dilations: spatial(node.attributes.ints('dilations')) };
  return inNchw(conversion, value(0), (input) => graph.op('Conv', [input, weights], attributes));
}

function depthwise(conversion: Conversion): Value {
  const { graph, node, value, constant } = conversion;
  const filter = constant(1);
  const [height = 0, width = 0, channels = 0, multiplier = 0] = filter.dims;
  const { bytes, type } = transpose(filter, [2, 3, 0, 1]);
  const weights = graph.weights('weights', { type, bytes, dims: [channels * multiplier, 1, height, width] });
  const dilations = spatial(node.attributes.ints('dilations'));
  const attributes = { ...windowAttributes(conversion), dilations, group: channels };
  return inNchw(conversion, value(0), (input) => graph.op('Conv', [input, weights], attributes));
}

/** TensorFlow's transposed convolution: (size of the result, filter HWOI, input). */
const transposedConvolution: Operation = (conversion) => {
  const { graph, value, constant } = conversion;
  const weights = graph.weights('weights', transpose(constant(1), [3, 2, 0, 1])); // HWOI to IOHW
  const attributes = { ...windowAttributes(conversion), output_shape: spatial(integers(constant(0))) };
  return [inNchw(conversion, value(2), (input) => graph.op('ConvTranspose', [input, weights], attributes))];
};

const pool =
  (type: 'MaxPool' | 'AveragePool'): Operation =>
  (conversion) => {
    const attributes = {
      ...windowAttributes(conversion),
      kernel_shape: spatial(conversion.node.attributes.ints('ksize')),
    };
    const input = conversion.value(0);
    return [inNchw(conversion, input, (nchw) => conversion.graph.op(type, [nchw], attributes))];
  };

const resize: Operation = (conversion) => {
  const { graph, node, value, constant } = conversion;
  const corners = node.attributes.flag('align_corners') ? 'align_corners' : 'asymmetric';
  const mode = node.attributes.flag('half_pixel_centers') ? 'half_pixel' : corners;
  const size = graph.ints(integers(constant(1)));
  const attributes = { mode: 'linear', coordinate_transformation_mode: mode };
  return [
    inNchw(conversion, value(0), (input) => {
      // All four sizes: the runtime (1.30) loses two of them when it moves a Transpose across a Resize with axes.
      const sizes = graph.op('Concat', [graph.op('Shape', [input], { start: 0, end: 2 }), size], { axis: 0 });
      return graph.op('Resize', [input, '', '', sizes], attributes);
    }),
  ];
};

const pad: Operation = ({ graph, value, constant }) => {
  const pairs = integers(constant(1));
  const [before, after] = [0, 1].map((side) => pairs.filter((_, index) => index % 2 === side));
  return [graph.op('Pad', [value(0), graph.ints([...(before ?? []), ...(after ?? [])])])];
};

const integers = (tensor: Tensor): number[] => Array.from(numbersOf(tensor));

const integer = (tensor: Tensor): number => integers(tensor)[0] ?? 0;

const matrixProduct: Operation = (conversion) => {
  const { graph, node, value } = conversion;
  if (node.attributes.flag('transpose_a') || node.attributes.flag('transpose_b')) {
    throw unsupported(node, 'a transposed factor');
  }
  return [fused(conversion, graph.op('MatMul', [value(0), value(1)]), 2)];
};

const cast: Operation = ({ graph, node, value }) => {
  const target = { DT_FLOAT: 'float32', DT_INT32: 'int32' }[node.attributes.type('DstT')];
  if (target === 'float32' || target === 'int32') return [graph.op('Cast', [value(0)], { to: dataType(target) })];
  throw unsupported(node, 'an unknown target type');
};

const argMax: Operation = ({ graph, value, constant }) => {
  const index = graph.op('ArgMax', [value(0)], { axis: integer(constant(1)), keepdims: 0 });
  return [graph.op('Cast', [index], { to: dataType('int32') })];
};

/** Rounds down, as TensorFlow does; ONNX's division of whole numbers rounds towards 0. */
const floorDivision: Operation = ({ graph, value }) => {
  const rest = graph.op('Mod', [value(0), value(1)]);
  return [graph.op('Div', [graph.op('Sub', [value(0), rest]), value(1)])];
};

const unpack: Operation = ({ graph, node, value }) => {
  const [axis, count] = [node.attributes.int('axis'), node.attributes.int('num')];
  const parts = graph.ops('Split', [value(0)], { axis, num_outputs: count }, count);
  return parts.map((part) => graph.op('Squeeze', [part, graph.ints([axis])]));
};

const pack: Operation = ({ graph, node, value }) => {
  const axis = node.attributes.int('axis');
  const parts = node.inputs.map((_, i) => graph.op('Unsqueeze', [value(i), graph.ints([axis])]));
  return [graph.op('Concat', parts, { axis })];
};

const concat: Operation = ({ graph, node, value, constant }) => {
  const last = node.inputs.length - 1;
  const parts = node.inputs.slice(0, last).map((_, i) => value(i));
  return [graph.op('Concat', parts, { axis: integer(constant(last)) })];
};

const mean: Operation = ({ graph, node, value, constant }) => {
  const keepdims = node.attributes.flag('keep_dims') ? 1 : 0;
  return [graph.op('ReduceMean', [value(0), graph.ints(integers(constant(1)))], { keepdims })];
};

const gather: Operation = ({ graph, value }) => {
  const indices = graph.op('Cast', [value(1)], { to: dataType('int64') });
  return [graph.op('GatherND', [value(0), indices])];
};

const squaredDifference: Operation = ({ graph, value }) => {
  const difference = graph.op('Sub', [value(0), value(1)]);
  return [graph.op('Mul', [difference, difference])];
};

/** An operation that ONNX has too, with the same inputs. */
const same =
  (type: string): Operation =>
  ({ graph, node, value }) => [
    graph.op(
      type,
      node.inputs.map((_, i) => value(i)),
    ),
  ];

/** How each operation of TensorFlow is written in ONNX: those that the pose, hand, face and mask models use. */
export const TFJS_OPERATIONS: Readonly<Record<string, Operation>> = {
  Add: same('Add'),
  AddN: same('Sum'),
  AddV2: same('Add'),
  ArgMax: argMax,
  AvgPool: pool('AveragePool'),
  Cast: cast,
  ConcatV2: concat,
  Conv2D: (conversion) => [convolution(conversion)],
  Conv2DBackpropInput: transposedConvolution,
  DepthwiseConv2dNative: (conversion) => [depthwise(conversion)],
  ExpandDims: ({ graph, value, constant }) => [graph.op('Unsqueeze', [value(0), graph.ints(integers(constant(1)))])],
  FloorDiv: floorDivision,
  FusedDepthwiseConv2dNative: (conversion) => [fused(conversion, depthwise(conversion), 2)],
  GatherNd: gather,
  Identity: same('Identity'),
  MaxPool: pool('MaxPool'),
  Mean: mean,
  Mul: same('Mul'),
  Pack: pack,
  Pad: pad,
  Prelu: same('PRelu'),
  RealDiv: same('Div'),
  Relu: same('Relu'),
  Relu6: ({ graph, value }) => [relu6(graph, value(0))],
  Reshape: ({ graph, value, constant }) => [graph.op('Reshape', [value(0), graph.ints(integers(constant(1)))])],
  ResizeBilinear: resize,
  Sigmoid: same('Sigmoid'),
  Sqrt: same('Sqrt'),
  SquaredDifference: squaredDifference,
  Squeeze: ({ graph, node, value }) => [
    graph.op('Squeeze', [value(0), graph.ints(node.attributes.ints('squeeze_dims'))]),
  ],
  Sub: same('Sub'),
  Unpack: unpack,
  _FusedConv2D: (conversion) => [fused(conversion, convolution(conversion), 2)],
  _FusedMatMul: matrixProduct,
};
