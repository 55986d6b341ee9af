import onnxProto, { type onnx as proto } from 'onnx-proto';
import { ELEMENT_SIZE, elementCount, floatTensor, int64Tensor, type ElementType, type Tensor } from './tensor.ts';

const { onnx } = onnxProto;

/** The operator set that graphs are written in. */
const OPSET = 18;
/** Operators beyond the standard that ONNX Runtime brings, written as MICROSOFT + name. */
export const MICROSOFT = 'com.microsoft.';
/** The file format that the operator set came with; newer ones are refused by older runtimes for no gain. */
const IR_VERSION = 8;

/** A tensor within a graph, by its name. An empty one leaves out an optional input. */
export type Value = string;

/** A size, or the name of one that is known when the graph runs. */
export type Dimension = number | string;

/** Plain numbers are whole (an ONNX attribute is an integer or a float, and a JavaScript number does not say which). */
export type Attribute =
  number | string | readonly number[] | { readonly float: number } | { readonly floats: readonly number[] };

export type Attributes = Readonly<Record<string, Attribute>>;

/** Weights that stay in another file, which must lie in the folder of the graph's own file or below. */
export interface ExternalTensor {
  readonly type: ElementType;
  readonly dims: readonly number[];
  /** Path relative to the graph's file, with forward slashes. */
  readonly location: string;
  /** Place of the first byte in that file. */
  readonly offset: number;
}

const DATA_TYPE: Readonly<Record<ElementType, number>> = {
  float32: onnx.TensorProto.DataType.FLOAT,
  float16: onnx.TensorProto.DataType.FLOAT16,
  bfloat16: onnx.TensorProto.DataType.BFLOAT16,
  float64: onnx.TensorProto.DataType.DOUBLE,
  int32: onnx.TensorProto.DataType.INT32,
  int64: onnx.TensorProto.DataType.INT64,
  uint8: onnx.TensorProto.DataType.UINT8,
  bool: onnx.TensorProto.DataType.BOOL,
};

/** ONNX's number for an element type, as the attribute `to` of Cast wants it. */
export const dataType = (type: ElementType): number => DATA_TYPE[type];

/**
 * Writes an ONNX graph: inputs, weights and operations are added in the order of computing, each call gives back the name of
 * what it made, and `encode` is the file.
 */
export class GraphBuilder {
  readonly #name: string;
  /** Nodes as they are in the file: as objects, those of a large graph take half a gigabyte. */
  readonly #nodes = new ByteList();
  readonly #initializers: proto.ITensorProto[] = [];
  readonly #inputs: proto.IValueInfoProto[] = [];
  readonly #outputs: proto.IValueInfoProto[] = [];
  readonly #constants = new Map<string, Value>();
  readonly #taken = new Set<string>();
  readonly #next = new Map<string, number>();
  readonly #domains = new Set<string>();
  #scope = '';

  constructor(name: string) {
    this.#name = name;
  }

  /** What `build` adds gets names below `name`, so that an error of the runtime tells where it is. */
  within<T>(name: string, build: () => T): T {
    const outer = this.#scope;
    this.#scope = `${outer}${name}/`;
    try {
      return build();
    } finally {
      this.#scope = outer;
    }
  }

  /** An input of the graph, by exactly this name. */
  input(name: string, type: ElementType, dims: readonly Dimension[]): Value {
    this.#inputs.push(valueInfo(this.#take(name), type, dims));
    return name;
  }

  /** Gives `value` out of the graph, by exactly this name; without `dims` the runtime works them out. */
  output(name: string, value: Value, type: ElementType, dims?: readonly Dimension[]): void {
    this.#addNode({ opType: 'Identity', name: `output ${name}`, input: [value], output: [this.#take(name)] });
    this.#outputs.push(valueInfo(name, type, dims));
  }

  /** Weights within the file. */
  weights(name: string, { type, dims, bytes }: Tensor): Value {
    const full = this.#free(name);
    this.#initializers.push({ name: full, dataType: DATA_TYPE[type], dims: [...dims], rawData: bytes });
    return full;
  }

  /** Weights that are read from another file when the graph is loaded. */
  externalWeights(name: string, { type, dims, location, offset }: ExternalTensor): Value {
    const full = this.#free(name);
    const length = elementCount(dims) * ELEMENT_SIZE[type];
    const externalData = Object.entries({ location, offset, length }).map(([key, value]) => ({
      key,
      value: `${value}`,
    }));
    const dataLocation = onnx.TensorProto.DataLocation.EXTERNAL;
    this.#initializers.push({ name: full, dataType: DATA_TYPE[type], dims: [...dims], dataLocation, externalData });
    return full;
  }

  /** A constant; the same one is stored once. */
  constant(tensor: Tensor): Value {
    const key = `${tensor.type} ${tensor.dims.join()} ${Buffer.from(tensor.bytes).toString('latin1')}`;
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const name = this.weights('constant', tensor);
    this.#constants.set(key, name);
    return name;
  }

  /** Whole numbers as a list (int64): axes, shapes, sizes. */
  ints(values: readonly number[]): Value {
    return this.constant(int64Tensor(values, [values.length]));
  }

  /** One float32 without a dimension. */
  float(value: number): Value {
    return this.constant(floatTensor([value], []));
  }

  /** Adds an operation with one output; `type` of a domain of its own is written as "domain.Type". */
  op(type: string, inputs: readonly Value[], attributes: Attributes = {}): Value {
    const [output = ''] = this.ops(type, inputs, attributes, 1);
    return output;
  }

  /** Adds an operation with `count` outputs. */
  ops(type: string, inputs: readonly Value[], attributes: Attributes, count: number): Value[] {
    const output = Array.from({ length: count }, () => this.#free(splitType(type)[1]));
    const attribute = Object.entries(attributes).map(([name, value]) => attributeProto(name, value));
    const [domain, opType] = splitType(type);
    if (domain !== '') this.#domains.add(domain);
    this.#addNode({ opType, domain, name: `node ${output[0] ?? ''}`, input: [...inputs], output, attribute });
    return output;
  }

  /** The graph as the bytes of an .onnx file. */
  encode(): Uint8Array {
    const model = onnx.ModelProto.encode({
      irVersion: IR_VERSION,
      producerName: 'CharacterShot Studio',
      opsetImport: [{ domain: '', version: OPSET }, ...[...this.#domains].map((domain) => ({ domain, version: 1 }))],
    }).finish();
    const rest = onnx.GraphProto.encode({
      ...{ name: this.#name, initializer: this.#initializers, input: this.#inputs, output: this.#outputs },
    }).finish();
    const nodes = this.#nodes.bytes;
    return joined([model, fieldHead(MODEL_GRAPH, nodes.length + rest.length), nodes, rest]);
  }

  /** A message is the sum of its fields, so that a graph of this node alone can be put beside those of the others. */
  #addNode(node: proto.INodeProto): void {
    this.#nodes.push(onnx.GraphProto.encode({ node: [node] }).finish());
  }

  #take(name: string): string {
    if (this.#taken.has(name)) throw new Error(`The graph ${this.#name} has two values named ${name}.`);
    this.#taken.add(name);
    return name;
  }

  #free(name: string): string {
    const base = this.#scope + name;
    let free = base;
    // From where the last search ended: large graphs have thousands of the same name.
    let n = this.#next.get(base) ?? 2;
    for (; this.#taken.has(free); n++) free = `${base} ${n}`;
    this.#next.set(base, n);
    return this.#take(free);
  }
}

/** Bytes that grow at the end. */
class ByteList {
  #buffer = new Uint8Array(2 ** 12);
  #length = 0;

  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  push(bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#buffer.length) {
      const larger = new Uint8Array(2 * (this.#length + bytes.length));
      larger.set(this.bytes);
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }
}

/** Number of the field `graph` in ModelProto. */
const MODEL_GRAPH = 7;
/** Of a field that begins with its length. */
const LENGTH_DELIMITED = 2;

/** What stands before `length` bytes of a protobuf field: its number and kind, and the length in sevens of bits. */
function fieldHead(field: number, length: number): Uint8Array {
  const bytes = [(field << 3) | LENGTH_DELIMITED];
  let rest = length;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Uint8Array.from([...bytes, rest]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** "domain.Type" in its two parts; standard operators have the empty domain. */
function splitType(type: string): [domain: string, opType: string] {
  const dot = type.lastIndexOf('.');
  return [type.slice(0, Math.max(0, dot)), type.slice(dot + 1)];
}

function valueInfo(name: string, type: ElementType, dims?: readonly Dimension[]): proto.IValueInfoProto {
  if (!dims) return { name, type: { tensorType: { elemType: DATA_TYPE[type] } } };
  const dim = dims.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: DATA_TYPE[type], shape: { dim } } } };
}

function attributeProto(name: string, value: Attribute): proto.IAttributeProto {
  const { AttributeType } = onnx.AttributeProto;
  if (typeof value === 'string') return { name, type: AttributeType.STRING, s: Buffer.from(value) };
  if (typeof value === 'number') return { name, type: AttributeType.INT, i: whole(name, value) };
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float };
  if ('floats' in value) return { name, type: AttributeType.FLOATS, floats: [...value.floats] };
  return { name, type: AttributeType.INTS, ints: value.map((item) => whole(name, item)) };
}

function whole(name: string, value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw new TypeError(`The attribute ${name} is given as ${value}; write {float: ${value}} for a float.`);
}
