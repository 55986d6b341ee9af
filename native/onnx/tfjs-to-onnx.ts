import { AppError } from '../../core/errors.ts';
import { GraphBuilder, type Value } from './graph-builder.ts';
import type { ElementType, Tensor } from './tensor.ts';
import type { TfjsModel, TfjsNode } from './tfjs-model.ts';
import { TFJS_OPERATIONS } from './tfjs-operations.ts';

const ELEMENT_TYPES: Readonly<Record<string, ElementType>> = { DT_FLOAT: 'float32', DT_INT32: 'int32' };

/** Raised when the same model becomes another graph, so that stored conversions are made anew. */
export const CONVERTER_VERSION = 1;

/**
 * Writes a TensorFlow.js graph model as ONNX. Inputs keep their names and their NHWC shapes, a batch of unknown size becomes
 * one; outputs keep the names of the signature. Throws an `AppError` that names an operation it does not know.
 */
export function convertTfjsModel(model: TfjsModel, name: string): Uint8Array {
  const graph = new GraphBuilder(name);
  const nodes = new Map(model.nodes.map((node) => [node.name, node]));
  /** The graph's values for every output of a node that was converted. */
  const done = new Map<string, readonly Value[]>();
  const constantOf = (input: string): Tensor => {
    const tensor = model.weights.get(input);
    if (tensor) return tensor;
    throw new AppError('failed', `The model ${name} cannot be converted: ${input} is not constant.`);
  };
  const valueOf = (input: string): Value => {
    const [source = '', output = '0'] = input.split(':');
    const value = done.get(source)?.[Number(output)];
    if (value !== undefined) return value;
    const constant = graph.weights(source, constantOf(source));
    done.set(source, [constant]);
    return constant;
  };
  const convert = (node: TfjsNode): readonly Value[] => {
    if (node.op === 'Placeholder') {
      const type = ELEMENT_TYPES[node.attributes.type('dtype')] ?? 'float32';
      const dims = node.attributes.shape('shape').map((size) => (size === -1 ? 1 : size));
      return [graph.input(node.name, type, dims)];
    }
    const operation = Object.hasOwn(TFJS_OPERATIONS, node.op) ? TFJS_OPERATIONS[node.op] : undefined;
    if (!operation) throw new AppError('failed', `The model ${name} cannot be converted: ${node.op} is not known.`);
    return operation({
      graph,
      node,
      value: (i) => valueOf(input(node, i)),
      constant: (i) => constantOf(input(node, i)),
    });
  };
  const input = (node: TfjsNode, index: number): string => {
    const found = node.inputs[index];
    if (found !== undefined) return found;
    throw new AppError('failed', `The model ${name} cannot be converted: ${node.name} lacks input ${index}.`);
  };
  for (const node of inOrder([...model.outputs.values()], nodes)) {
    if (node.op !== 'Const') done.set(node.name, convert(node));
  }
  for (const [output, node] of model.outputs) graph.output(output, valueOf(node), 'float32');
  return graph.encode();
}

/** The nodes that the outputs need, each after those it needs itself. Walks without recursion: graphs are deep. */
function inOrder(outputs: readonly string[], nodes: ReadonlyMap<string, TfjsNode>): TfjsNode[] {
  const ordered = new Set<TfjsNode>();
  const seen = new Set<TfjsNode>();
  const waiting = [...outputs].reverse();
  for (let name = waiting.at(-1); name !== undefined; name = waiting.at(-1)) {
    const node = nodes.get(name.split(':', 1)[0] ?? '');
    if (!node || seen.has(node)) {
      if (node) ordered.add(node);
      waiting.pop();
      continue;
    }
    seen.add(node);
    waiting.push(...node.inputs.filter((input) => !input.startsWith('^')).reverse());
  }
  return [...ordered];
}
