import {
  checkDataLength,
  headerEnd,
  isSize,
  LENGTH_BYTES,
  METADATA,
  product,
  readHeader,
  type Dtype,
} from './safetensors-header.ts';

export type { Dtype } from './safetensors-header.ts';

/** How each element type is held in JavaScript: 16-bit floats as bit patterns, 8-bit floats as bytes. */
interface Elements extends Record<Dtype, ArrayBufferView> {
  F64: Float64Array;
  F32: Float32Array;
  F16: Uint16Array;
  BF16: Uint16Array;
  I64: BigInt64Array;
  I32: Int32Array;
  I16: Int16Array;
  I8: Int8Array;
  U64: BigUint64Array;
  U32: Uint32Array;
  U16: Uint16Array;
  U8: Uint8Array;
  BOOL: Uint8Array;
  F8_E4M3: Uint8Array;
  F8_E5M2: Uint8Array;
}

const ARRAYS = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U64: BigUint64Array,
  U32: Uint32Array,
  U16: Uint16Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
  F8_E4M3: Uint8Array,
  F8_E5M2: Uint8Array,
} as const satisfies { [D in Dtype]: { readonly prototype: Elements[D]; readonly BYTES_PER_ELEMENT: number } };

export interface TensorOf<D extends Dtype> {
  readonly dtype: D;
  readonly shape: readonly number[];
  /** Row-major, as many elements as the product of `shape`. */
  readonly data: Elements[D];
}

/** One tensor; `dtype` tells the kind of `data`. */
export type Tensor = { [D in Dtype]: TensorOf<D> }[Dtype];

export interface Safetensors {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * Reads a safetensors file (little-endian, as are all machines the studio runs on). Tensors are views into `bytes`
 * where their alignment allows it and copies elsewhere. Throws an `AppError` naming the tensor that does not add up.
 */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  const header = readHeader(bytes.subarray(0, headerEnd(bytes, bytes.byteLength)));
  checkDataLength(header, bytes.byteLength);
  const data = bytes.subarray(header.dataBegin);
  const tensors = header.entries.map(
    ({ name, dtype, shape, begin, end }) => [name, makeTensor(dtype, shape, data.subarray(begin, end))] as const,
  );
  return { tensors: new Map(tensors), metadata: header.metadata };
}

/**
 * Writes a safetensors file. The format allows no gaps between tensors, so that wide element types come first, in the
 * order of the map among equals: every tensor is aligned to its elements, and the first one to 8 bytes of the file.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array {
  const ordered = [...tensors].sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  const header: [string, unknown][] = metadata.size > 0 ? [[METADATA, Object.fromEntries(metadata)]] : [];
  let size = 0;
  for (const [name, { dtype, shape, data }] of ordered) {
    if (name === METADATA || !shape.every(isSize) || product(shape) !== data.length) {
      throw new TypeError(`Tensor ${name}: ${data.length} elements do not fill shape [${shape.join(', ')}].`);
    }
    header.push([name, { dtype, shape, data_offsets: [size, size + data.byteLength] }]);
    size += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerLength = Math.ceil(json.length / LENGTH_BYTES) * LENGTH_BYTES;

  const file = new Uint8Array(LENGTH_BYTES + headerLength + size);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.set(json, LENGTH_BYTES);
  file.fill(0x20, LENGTH_BYTES + json.length, LENGTH_BYTES + headerLength);
  let offset = LENGTH_BYTES + headerLength;
  for (const [, { data }] of ordered) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return file;
}

function makeTensor(dtype: Dtype, shape: readonly number[], bytes: Uint8Array): Tensor {
  const array = ARRAYS[dtype];
  const aligned = bytes.byteOffset % array.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  const data = new array(aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.length / array.BYTES_PER_ELEMENT);
  // The table pairs each element type with its array, which the checker cannot follow through a variable.
  return { dtype, shape, data } as Tensor;
}
