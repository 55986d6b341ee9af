import { AppError } from '../errors.ts';
import { duplicateKey, isRecord, parseJson } from './json.ts';

/** How each element type is held in JavaScript: 16-bit floats as bit patterns, 8-bit floats as bytes. */
interface Elements {
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

export type Dtype = keyof Elements;

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

interface Entry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** The bound the format's reference implementation sets on its JSON header, in bytes. */
const MAX_HEADER = 100_000_000;
const LENGTH_BYTES = 8;
const METADATA = '__metadata__';

function damaged(problem: string, cause?: unknown): AppError {
  return new AppError('bad-input', `This is no complete safetensors file: ${problem}; write or fetch it again.`, cause);
}

const isDtype = (value: unknown): value is Dtype => typeof value === 'string' && Object.hasOwn(ARRAYS, value);

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/**
 * Reads a safetensors file (little-endian, as are all machines the studio runs on). Tensors are views into `bytes`
 * where their alignment allows it and copies elsewhere. Throws an `AppError` naming the tensor that does not add up.
 */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  const { header, data } = splitFile(bytes);
  const metadata = readMetadata(header[METADATA]);
  const entries = Object.entries(header)
    .filter(([name]) => name !== METADATA)
    .map(([name, value]) => readEntry(name, value))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkTiling(entries, data.byteLength);
  const tensors = new Map(entries.map((e) => [e.name, makeTensor(e.dtype, e.shape, data.subarray(e.begin, e.end))]));
  return { tensors, metadata };
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

function splitFile(bytes: Uint8Array): { header: Readonly<Record<string, unknown>>; data: Uint8Array } {
  if (bytes.byteLength < LENGTH_BYTES) throw damaged(`it has only ${bytes.byteLength} bytes`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getBigUint64(0, true));
  if (length > MAX_HEADER || length > bytes.byteLength - LENGTH_BYTES) {
    throw damaged(`its header claims ${length} bytes but the file has ${bytes.byteLength}`);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length));
  } catch (cause) {
    throw damaged('its header is no UTF-8 text', cause);
  }
  const header = parseJson(text, 'The header of the safetensors file');
  if (!isRecord(header)) throw damaged('its header is no JSON object');
  const twice = duplicateKey(text);
  if (twice !== undefined) throw damaged(`tensor ${JSON.stringify(twice)} is listed twice`);
  return { header, data: bytes.subarray(LENGTH_BYTES + length) };
}

function readMetadata(value: unknown): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  if (value === undefined) return metadata;
  if (!isRecord(value)) throw damaged('its metadata is no JSON object');
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') throw damaged(`metadata ${JSON.stringify(key)} is no string`);
    metadata.set(key, text);
  }
  return metadata;
}

function readEntry(name: string, value: unknown): Entry {
  if (!isRecord(value)) throw damaged(`tensor ${JSON.stringify(name)} has no description`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isDtype(dtype))
    throw damaged(`tensor ${JSON.stringify(name)} has the unknown element type ${JSON.stringify(dtype)}`);
  if (!Array.isArray(shape) || !shape.every(isSize)) throw damaged(`tensor ${JSON.stringify(name)} has no valid shape`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) {
    throw damaged(`tensor ${JSON.stringify(name)} has no valid data_offsets`);
  }
  const [begin = 0, end = 0] = offsets;
  const size = product(shape) * ARRAYS[dtype].BYTES_PER_ELEMENT;
  if (!isSize(size) || end - begin !== size) {
    throw damaged(
      `tensor ${JSON.stringify(name)} of ${dtype} [${shape.join(', ')}] cannot lie at bytes ${begin} to ${end}`,
    );
  }
  return { name, dtype, shape, begin, end };
}

/** The format demands that the tensors tile the data: no overlap, no gap, nothing behind. `entries` are in order. */
function checkTiling(entries: readonly Entry[], dataLength: number): void {
  let end = 0;
  for (const entry of entries) {
    if (entry.begin !== end) {
      throw damaged(`tensor ${JSON.stringify(entry.name)} begins at byte ${entry.begin} of the data, not at ${end}`);
    }
    end = entry.end;
    if (end > dataLength) {
      throw damaged(`tensor ${JSON.stringify(entry.name)} ends at byte ${end}, beyond the ${dataLength} bytes of data`);
    }
  }
  if (end !== dataLength) throw damaged(`${dataLength - end} bytes follow the last tensor`);
}

function makeTensor(dtype: Dtype, shape: readonly number[], bytes: Uint8Array): Tensor {
  const array = ARRAYS[dtype];
  const aligned = bytes.byteOffset % array.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  const data = new array(aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.length / array.BYTES_PER_ELEMENT);
  // The table pairs each element type with its array, which the checker cannot follow through a variable.
  return { dtype, shape, data } as Tensor;
}
