/** Element types of tensors in graphs, by the names that ONNX Runtime uses for them in JavaScript. */
export type ElementType = 'float32' | 'float16' | 'bfloat16' | 'float64' | 'int32' | 'int64' | 'uint8' | 'bool';

/** Bytes of one element. */
export const ELEMENT_SIZE: Readonly<Record<ElementType, number>> = {
  float32: 4,
  float16: 2,
  bfloat16: 2,
  float64: 8,
  int32: 4,
  int64: 8,
  uint8: 1,
  bool: 1,
};

/** Numbers of a known shape, row-major, little-endian. */
export interface Tensor {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly bytes: Uint8Array;
}

export const elementCount = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1);

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Throws a RangeError when the values do not fill the shape. */
export function floatTensor(values: readonly number[] | Float32Array, dims: readonly number[]): Tensor {
  const data = values instanceof Float32Array ? values : Float32Array.from(values);
  return filled({ type: 'float32', dims, bytes: bytesOf(data) });
}

export function int32Tensor(values: readonly number[] | Int32Array, dims: readonly number[]): Tensor {
  const data = values instanceof Int32Array ? values : Int32Array.from(values);
  return filled({ type: 'int32', dims, bytes: bytesOf(data) });
}

/** Whole numbers as int64, the type in which ONNX wants shapes, axes and indices. */
export function int64Tensor(values: readonly number[], dims: readonly number[]): Tensor {
  return filled({ type: 'int64', dims, bytes: bytesOf(BigInt64Array.from(values, BigInt)) });
}

function filled(tensor: Tensor): Tensor {
  const size = elementCount(tensor.dims) * ELEMENT_SIZE[tensor.type];
  if (size === tensor.bytes.length) return tensor;
  throw new RangeError(`${tensor.bytes.length} bytes do not fill ${tensor.type}[${tensor.dims.join(', ')}].`);
}

/** The elements of a float32 or int32 tensor, copied so that they are aligned. */
export function numbersOf({ type, bytes }: Tensor): Float32Array | Int32Array {
  const copy = new Uint8Array(bytes).buffer; // slice() of a Buffer would not copy
  if (type === 'float32') return new Float32Array(copy);
  if (type === 'int32') return new Int32Array(copy);
  throw new TypeError(`A tensor of ${type} has no plain numbers.`);
}

/** `tensor` with its axes in the order `axes`: axis i of the result is axis axes[i] of the source. float32 only. */
export function transpose(tensor: Tensor, axes: readonly number[]): Tensor {
  const source = numbersOf(tensor);
  const strides = tensor.dims.map((_, axis) => elementCount(tensor.dims.slice(axis + 1)));
  const dims = axes.map((axis) => tensor.dims[axis] ?? 1);
  const steps = axes.map((axis) => strides[axis] ?? 0);
  const result = new Float32Array(source.length);
  const index = dims.map(() => 0);
  for (let to = 0, from = 0; to < result.length; to++) {
    result[to] = source[from] ?? 0;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      const step = steps[axis] ?? 0;
      index[axis] = (index[axis] ?? 0) + 1;
      from += step;
      if ((index[axis] ?? 0) < (dims[axis] ?? 0)) break;
      from -= step * (dims[axis] ?? 0);
      index[axis] = 0;
    }
  }
  return floatTensor(result, dims);
}
