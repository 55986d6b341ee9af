import { expect, test } from 'vitest';
import { AppError } from '../errors.ts';
import { readSafetensors, writeSafetensors, type Tensor } from './safetensors.ts';

const f32 = (...values: number[]): Tensor => ({
  dtype: 'F32',
  shape: [values.length],
  data: Float32Array.from(values),
});

/** A file with the given header text and data. */
function file(header: string, data = new Uint8Array()): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

const entry = (shape: readonly number[], begin: number, end: number): string =>
  JSON.stringify({ dtype: 'F32', shape, data_offsets: [begin, end] });

test('what is written is read back: all kinds of elements, empty tensors, odd names, metadata', () => {
  const tensors = new Map<string, Tensor>([
    ['bytes', { dtype: 'U8', shape: [3], data: Uint8Array.of(1, 2, 255) }],
    ['__proto__', f32(1.5, -2)],
    ['ünï "quoted"', { dtype: 'I32', shape: [1, 2], data: Int32Array.of(-1, 7) }],
    ['empty', { dtype: 'F32', shape: [0, 4], data: new Float32Array() }],
    ['scalar', { dtype: 'I64', shape: [], data: BigInt64Array.of(-5n) }],
    ['half', { dtype: 'F16', shape: [1], data: Uint16Array.of(0x3c00) }],
  ]);
  const bytes = writeSafetensors(tensors, new Map([['format', 'pt']]));
  const back = readSafetensors(bytes);
  expect(new Map([...back.tensors].sort())).toEqual(new Map([...tensors].sort()));
  expect(back.metadata).toEqual(new Map([['format', 'pt']]));
});

test('the data begins at a multiple of 8 bytes, so that tensors are views', () => {
  const bytes = writeSafetensors(new Map([['a', f32(1, 2)]]));
  expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
  expect(readSafetensors(bytes).tensors.get('a')?.data.buffer).toBe(bytes.buffer);
});

test('a file that lies at an odd address of its buffer is copied', () => {
  const bytes = writeSafetensors(new Map([['a', f32(1, 2)]]));
  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  expect(readSafetensors(shifted.subarray(1)).tensors.get('a')).toEqual(f32(1, 2));
});

test.each<[string, Uint8Array, RegExp]>([
  ['no header', Uint8Array.of(1, 2, 3), /only 3 bytes/],
  ['a header longer than the file', Uint8Array.of(255, 0, 0, 0, 0, 0, 0, 0), /claims 255 bytes/],
  ['a header beyond all bounds', new Uint8Array(8).fill(255), /claims/],
  ['a header that is no JSON', file('{'), /header/],
  ['a header that is no object', file('[]'), /no JSON object/],
  ['a tensor listed twice', file(`{"a":${entry([0], 0, 0)},"\\u0061":${entry([0], 0, 0)}}`), /"a" is listed twice/],
  ['an unknown type', file('{"a":{"dtype":"toString","shape":[],"data_offsets":[0,0]}}'), /"a".*"toString"/],
  ['a negative size', file(`{"a":${entry([-1], 0, 0)}}`), /"a" has no valid shape/],
  ['a size that overflows', file(`{"a":${entry([2 ** 40, 2 ** 40], 0, 4)}}`), /"a".*cannot lie/],
  ['sizes that do not match', file(`{"a":${entry([2], 0, 4)}}`, new Uint8Array(4)), /"a".*cannot lie/],
  ['a tensor outside', file(`{"a":${entry([2], 0, 8)}}`, new Uint8Array(4)), /"a" ends at byte 8/],
  [
    'tensors that overlap',
    file(`{"a":${entry([2], 0, 8)},"b":${entry([1], 4, 8)}}`, new Uint8Array(8)),
    /"b" begins at byte 4 of the data, not at 8/,
  ],
  ['bytes left over', file(`{"a":${entry([1], 0, 4)}}`, new Uint8Array(5)), /1 bytes follow/],
  ['metadata that is no text', file('{"__metadata__":{"a":1}}'), /metadata "a"/],
])('refused: %s', (_, bytes, message) => {
  expect(() => readSafetensors(bytes)).toThrow(message);
  expect(() => readSafetensors(bytes)).toThrow(AppError);
});

test('a tensor whose data does not fill its shape is not written', () => {
  const bad: Tensor = { dtype: 'F32', shape: [3], data: new Float32Array(2) };
  expect(() => writeSafetensors(new Map([['a', bad]]))).toThrow(/Tensor a/);
});
