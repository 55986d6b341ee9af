import { AppError } from '../errors.ts';

interface Property {
  readonly type: Scalar;
  /** Byte offset in a row. */
  readonly offset: number;
}

/** Where the Gaussians of a PLY file are: `count` rows of `stride` bytes from byte `start`. */
export interface PlyHeader {
  readonly count: number;
  readonly stride: number;
  readonly start: number;
  readonly properties: ReadonlyMap<string, Property>;
}

const SIZES = {
  char: 1,
  int8: 1,
  uchar: 1,
  uint8: 1,
  short: 2,
  int16: 2,
  ushort: 2,
  uint16: 2,
  int: 4,
  int32: 4,
  uint: 4,
  uint32: 4,
  float: 4,
  float32: 4,
  double: 8,
  float64: 8,
} as const;
type Scalar = keyof typeof SIZES;

/** Real headers have a few kilobytes; without a bound, any large file would be searched for the end of one. */
const MAX_HEADER = 65536;

const isScalar = (type: string): type is Scalar => Object.hasOwn(SIZES, type);

/** The header of a binary little-endian PLY file whose first element is `vertex`; the rows lie inside the file. */
export function parsePlyHeader(bytes: Uint8Array, name: string): PlyHeader {
  const broken = (problem: string): AppError =>
    new AppError('bad-input', `${name} ${problem}; export it again as a binary Gaussian splat PLY.`);
  const { lines, start } = headerLines(bytes, broken);
  const properties = new Map<string, Property>();
  let count: number | undefined;
  let stride = 0;
  for (const line of lines) {
    const [keyword, ...words] = line.trim().split(/\s+/);
    if (keyword === 'format' && words[0] !== 'binary_little_endian') throw broken('is not binary little-endian');
    if (keyword === 'element') {
      if (count !== undefined) break; // what follows the vertices is of no interest
      if (words[0] !== 'vertex' || !/^\d{1,15}$/.test(words[1] ?? '')) throw broken('does not begin with its vertices');
      count = Number(words[1]);
    }
    if (keyword !== 'property') continue;
    const [type = '', property = ''] = words;
    if (count === undefined || !isScalar(type)) throw broken(`has an unknown property ${JSON.stringify(line.trim())}`);
    if (properties.has(property)) throw broken(`lists the property ${JSON.stringify(property)} twice`);
    properties.set(property, { type, offset: stride });
    stride += SIZES[type];
  }
  if (count === undefined) throw broken('has no vertices');
  if (count * stride > bytes.byteLength - start) {
    throw broken(`is cut off: ${count} rows need ${count * stride} bytes, ${bytes.byteLength - start} are there`);
  }
  return { count, stride, start, properties };
}

function headerLines(bytes: Uint8Array, broken: (problem: string) => AppError): { lines: string[]; start: number } {
  // One character a byte: a header may hold any encoding in its comments, and offsets must stay those of bytes.
  let text = '';
  for (const byte of bytes.subarray(0, MAX_HEADER)) text += String.fromCharCode(byte);
  if (!/^ply\r?\n/.test(text)) throw broken('is no PLY file');
  const end = /\nend_header\r?\n/.exec(text);
  if (!end) throw broken('has no complete header');
  return { lines: text.slice(0, end.index).split('\n').slice(1), start: end.index + end[0].length };
}

/** Where a column of floats is; throws an `AppError` where it is missing or of another type. */
export function columnOf({ properties }: PlyHeader, property: string, name: string): Property {
  const column = properties.get(property);
  if (!column) {
    throw new AppError('bad-input', `${name} has no property ${property}; it must be a Gaussian splat PLY.`);
  }
  if (!/^(float|double)/.test(column.type)) {
    throw new AppError('bad-input', `${name} stores ${property} as ${column.type}; export it with float properties.`);
  }
  return column;
}

/** Hands over every number of a column; throws an `AppError` that says field and row where one is not finite. */
export function readColumn(
  bytes: Uint8Array,
  header: PlyHeader,
  property: string,
  name: string,
  take: (row: number, value: number) => void,
): void {
  const { type, offset } = columnOf(header, property, name);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let row = 0; row < header.count; row++) {
    const at = header.start + row * header.stride + offset;
    const value = Math.fround(SIZES[type] === 8 ? view.getFloat64(at, true) : view.getFloat32(at, true));
    if (!Number.isFinite(value)) {
      throw new AppError('bad-input', `${name} has no finite number for ${property} in row ${row}; export it again.`);
    }
    take(row, value);
  }
}
