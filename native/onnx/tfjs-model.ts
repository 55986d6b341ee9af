import { AppError } from '../../core/errors.ts';
import { isRecord, parseJson } from '../../core/formats/json.ts';
import { elementCount, floatTensor, int32Tensor, type Tensor } from './tensor.ts';

/** One operation of a TensorFlow.js graph model, with TensorFlow's names. */
export interface TfjsNode {
  readonly name: string;
  readonly op: string;
  /** Names of other nodes; the second output of one is written "name:1". */
  readonly inputs: readonly string[];
  readonly attributes: TfjsAttributes;
}

export interface TfjsModel {
  /** In the order of the file, which need not be that of computing. */
  readonly nodes: readonly TfjsNode[];
  readonly weights: ReadonlyMap<string, Tensor>;
  /** The node that gives each result, by the name of the result. */
  readonly outputs: ReadonlyMap<string, string>;
}

/** Reads attributes in TensorFlow's JSON spelling; all throw an `AppError` when one is missing or of another kind. */
export interface TfjsAttributes {
  readonly text: (name: string) => string;
  readonly texts: (name: string) => string[];
  readonly flag: (name: string) => boolean;
  readonly int: (name: string) => number;
  readonly ints: (name: string) => number[];
  readonly type: (name: string) => string;
  readonly shape: (name: string) => number[];
}

/** Reads a TensorFlow.js graph model. `name` stands for the model in errors. */
export function readTfjsModel(json: Uint8Array, weights: Uint8Array, name: string): TfjsModel {
  const wrong = (what: string): AppError =>
    new AppError('bad-input', `The model ${name} is damaged (${what}); install the application again.`);
  const root = parseJson(json, name);
  if (!isRecord(root) || !isRecord(root.modelTopology) || !Array.isArray(root.modelTopology.node)) {
    throw wrong('it has no graph');
  }
  const nodes = root.modelTopology.node.map((node: unknown) => readNode(node, wrong));
  const named = isRecord(root.signature) && isRecord(root.signature.outputs) ? root.signature.outputs : {};
  const outputs = new Map(
    Object.entries(named).map(([key, output]) => {
      const node = isRecord(output) && typeof output.name === 'string' ? output.name : key;
      return [key, node.replace(/:0$/, '')];
    }),
  );
  if (outputs.size === 0) throw wrong('it has no outputs');
  return { nodes, weights: readWeights(root.weightsManifest, weights, wrong), outputs };
}

function readNode(node: unknown, wrong: (what: string) => AppError): TfjsNode {
  if (!isRecord(node) || typeof node.name !== 'string' || typeof node.op !== 'string')
    throw wrong('a node has no name');
  const inputs: readonly unknown[] = Array.isArray(node.input) ? node.input : [];
  if (!inputs.every((input) => typeof input === 'string')) throw wrong(`${node.name} has an input without a name`);
  const attributes = attributeReader(isRecord(node.attr) ? node.attr : {}, (attribute) =>
    wrong(`${node.op as string} ${node.name as string} lacks its ${attribute}`),
  );
  return { name: node.name, op: node.op, inputs, attributes };
}

function attributeReader(
  all: Readonly<Record<string, unknown>>,
  missing: (attribute: string) => AppError,
): TfjsAttributes {
  const field = (name: string, kind: string): unknown => (isRecord(all[name]) ? all[name][kind] : undefined);
  const list = (name: string, kind: string): readonly unknown[] => {
    const value = field(name, 'list');
    if (!isRecord(value)) throw missing(name);
    return Array.isArray(value[kind]) ? value[kind] : [];
  };
  const decode = (value: unknown, name: string): string => {
    if (typeof value !== 'string') throw missing(name);
    return Buffer.from(value, 'base64').toString('utf8');
  };
  // 64-bit numbers are strings in this JSON.
  const integer = (value: unknown, name: string): number => {
    const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : NaN;
    if (!Number.isSafeInteger(number)) throw missing(name);
    return number;
  };
  return {
    text: (name) => decode(field(name, 's'), name),
    texts: (name) => list(name, 's').map((value) => decode(value, name)),
    flag: (name) => field(name, 'b') === true,
    int: (name) => integer(field(name, 'i'), name),
    ints: (name) => list(name, 'i').map((value) => integer(value, name)),
    type: (name) => {
      const value = field(name, 'type');
      if (typeof value !== 'string') throw missing(name);
      return value;
    },
    shape: (name) => {
      const shape = field(name, 'shape');
      if (!isRecord(shape) || !Array.isArray(shape.dim)) throw missing(name);
      return shape.dim.map((dim: unknown) => integer(isRecord(dim) ? dim.size : undefined, name));
    },
  };
}

function readWeights(manifest: unknown, bytes: Uint8Array, wrong: (what: string) => AppError): Map<string, Tensor> {
  const groups: readonly unknown[] = Array.isArray(manifest) ? manifest : [];
  const weights = new Map<string, Tensor>();
  let at = 0;
  for (const entry of groups.flatMap((group) => (isRecord(group) ? (group.weights as readonly unknown[]) : []))) {
    if (!isRecord(entry) || typeof entry.name !== 'string' || !isShape(entry.shape)) throw wrong('a weight is unnamed');
    const stored = isRecord(entry.quantization) ? entry.quantization.dtype : entry.dtype;
    const decode = typeof stored === 'string' && Object.hasOwn(DECODERS, stored) ? DECODERS[stored] : undefined;
    if (!decode) throw wrong(`the weight ${entry.name} is of an unknown kind`);
    const length = elementCount(entry.shape) * decode.size;
    if (at + length > bytes.length) throw wrong('its weights are incomplete');
    weights.set(entry.name, decode.read(new Uint8Array(bytes.subarray(at, at + length)).buffer, entry.shape));
    at += length;
  }
  if (at !== bytes.length) throw wrong('its weights do not belong to it');
  return weights;
}

const isShape = (shape: unknown): shape is number[] =>
  Array.isArray(shape) && shape.every((dim) => Number.isSafeInteger(dim) && (dim as number) >= 0);

interface Decoder {
  readonly size: number;
  readonly read: (bytes: ArrayBuffer, shape: readonly number[]) => Tensor;
}

const DECODERS: Readonly<Record<string, Decoder>> = {
  float32: { size: 4, read: (bytes, shape) => floatTensor(new Float32Array(bytes), shape) },
  int32: { size: 4, read: (bytes, shape) => int32Tensor(new Int32Array(bytes), shape) },
  float16: { size: 2, read: (bytes, shape) => floatTensor(fromHalves(new Uint16Array(bytes)), shape) },
};

/** All numbers of half precision, made once: models have millions of weights. */
let halves: Float32Array | undefined;

function fromHalves(bits: Uint16Array): Float32Array {
  const table = (halves ??= Float32Array.from({ length: 65_536 }, (_, value) => fromHalf(value)));
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = table[bits[i] ?? 0] ?? 0;
  return values;
}

/** The number that 16 bits of IEEE 754 half precision mean. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}
