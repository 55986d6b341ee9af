import { AppError } from '../errors.ts';
import { duplicateKey, isRecord, parseJson } from './json.ts';

/** Bytes of one element of every type that the format knows and we do. */
const ELEMENT_BYTES = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
} as const;

export type Dtype = keyof typeof ELEMENT_BYTES;

/** Where a tensor lies: bytes `begin` to `end` of the data, which follows the header. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  /** In the order in which they lie in the file, without gap or overlap. */
  readonly entries: readonly TensorEntry[];
  readonly metadata: ReadonlyMap<string, string>;
  /** Place in the file where the data begins. */
  readonly dataBegin: number;
  /** Bytes that the data must have. */
  readonly dataLength: number;
}

/** Bytes at the beginning of a file that hold the length of the header. */
export const LENGTH_BYTES = 8;
export const METADATA = '__metadata__';

/** The bound the format's reference implementation sets on its JSON header, in bytes. */
const MAX_HEADER = 100_000_000;

export const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

export const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

const isDtype = (value: unknown): value is Dtype => typeof value === 'string' && Object.hasOwn(ELEMENT_BYTES, value);

function damaged(problem: string, cause?: unknown): AppError {
  return new AppError('bad-input', `This is no complete safetensors file: ${problem}; write or fetch it again.`, cause);
}

/**
 * Bytes from the beginning of a file of `fileSize` bytes to the end of its header. `start` holds the first `LENGTH_BYTES` of
 * the file or more. Throws an `AppError` where the header cannot lie within the file.
 */
export function headerEnd(start: Uint8Array, fileSize: number): number {
  if (start.byteLength < LENGTH_BYTES) throw damaged(`it has only ${start.byteLength} bytes`);
  const length = Number(new DataView(start.buffer, start.byteOffset, LENGTH_BYTES).getBigUint64(0, true));
  if (length > MAX_HEADER || length > fileSize - LENGTH_BYTES) {
    throw damaged(`its header claims ${length} bytes but the file has ${fileSize}`);
  }
  return LENGTH_BYTES + length;
}

/**
 * Reads the header of a file; `start` is the file up to its `headerEnd`. What lies behind is not looked at: `checkDataLength`
 * compares it with the length of the file. Throws an `AppError` naming the tensor that does not add up.
 */
export function readHeader(start: Uint8Array): SafetensorsHeader {
  const json = parseHeader(start.subarray(LENGTH_BYTES));
  const metadata = readMetadata(json[METADATA]);
  const entries = Object.entries(json)
    .filter(([name]) => name !== METADATA)
    .map(([name, value]) => readEntry(name, value))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  return { entries, metadata, dataBegin: start.byteLength, dataLength: checkTiling(entries) };
}

/** Throws an `AppError` unless the tensors fill the data of a file of `fileSize` bytes exactly. */
export function checkDataLength({ entries, dataBegin, dataLength }: SafetensorsHeader, fileSize: number): void {
  const present = fileSize - dataBegin;
  const beyond = entries.find(({ end }) => end > present);
  if (beyond) {
    throw damaged(
      `tensor ${JSON.stringify(beyond.name)} ends at byte ${beyond.end}, beyond the ${present} bytes of data`,
    );
  }
  if (dataLength !== present) throw damaged(`${present - dataLength} bytes follow the last tensor`);
}

function parseHeader(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw damaged('its header is no UTF-8 text', cause);
  }
  const header = parseJson(text, 'The header of the safetensors file');
  if (!isRecord(header)) throw damaged('its header is no JSON object');
  const twice = duplicateKey(text);
  if (twice !== undefined) throw damaged(`tensor ${JSON.stringify(twice)} is listed twice`);
  return header;
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

function readEntry(name: string, value: unknown): TensorEntry {
  if (!isRecord(value)) throw damaged(`tensor ${JSON.stringify(name)} has no description`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isDtype(dtype))
    throw damaged(`tensor ${JSON.stringify(name)} has the unknown element type ${JSON.stringify(dtype)}`);
  if (!Array.isArray(shape) || !shape.every(isSize)) throw damaged(`tensor ${JSON.stringify(name)} has no valid shape`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) {
    throw damaged(`tensor ${JSON.stringify(name)} has no valid data_offsets`);
  }
  const [begin = 0, end = 0] = offsets;
  const size = product(shape) * ELEMENT_BYTES[dtype];
  if (!isSize(size) || end - begin !== size) {
    throw damaged(
      `tensor ${JSON.stringify(name)} of ${dtype} [${shape.join(', ')}] cannot lie at bytes ${begin} to ${end}`,
    );
  }
  return { name, dtype, shape, begin, end };
}

/** The format demands that the tensors tile the data: no overlap, no gap. `entries` are in order; gives back the data's length. */
function checkTiling(entries: readonly TensorEntry[]): number {
  let end = 0;
  for (const entry of entries) {
    if (entry.begin !== end) {
      throw damaged(`tensor ${JSON.stringify(entry.name)} begins at byte ${entry.begin} of the data, not at ${end}`);
    }
    end = entry.end;
  }
  return end;
}
