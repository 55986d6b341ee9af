import { AppError } from '../../../../core/errors.ts';
import { elementCount, floatTensor, type Tensor } from '../../../onnx/tensor.ts';
import { Called, Global, STORAGE, type Value } from './pickle.ts';

/** Ways to read one element as a number, and its bytes. */
interface Elements {
  readonly size: number;
  readonly read: (view: DataView, at: number) => number;
}

const STORAGES: Readonly<Record<string, Elements>> = {
  'torch.FloatStorage': { size: 4, read: (view, at) => view.getFloat32(at, true) },
  'torch.DoubleStorage': { size: 8, read: (view, at) => view.getFloat64(at, true) },
  'torch.HalfStorage': { size: 2, read: (view, at) => halfToNumber(view.getUint16(at, true)) },
  'torch.BFloat16Storage': { size: 2, read: (view, at) => bfloatToNumber(view.getUint16(at, true)) },
};

const scratch = new DataView(new ArrayBuffer(4));

function bfloatToNumber(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}

function halfToNumber(bits: number): number {
  const [exponent, fraction, sign] = [(bits >> 10) & 31, bits & 1023, bits >> 15 ? -1 : 1];
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const damaged = (problem: string): AppError =>
  new AppError('bad-input', `its pickle is damaged (${problem}); fetch it again`);

/** Where a tensor's numbers lie among those of a file. */
export interface StorageKey {
  readonly elements: Elements;
  readonly key: string;
  /** How many elements the storage claims to have. */
  readonly count: number;
}

/** The bytes of a storage, of which there may be more than it needs. */
export type Storages = (storage: StorageKey) => Uint8Array;

/** A place in a storage as a pickle gives it: ('storage', type, key, device, count). */
export function readStorage(value: Value | undefined): StorageKey {
  if (!(value instanceof Called) || value.name !== STORAGE) throw damaged('a tensor has no storage');
  const [kind, type, key, , count, part] = value.args;
  const elements = type instanceof Global ? STORAGES[type.name] : undefined;
  if (kind !== STORAGE || !elements || typeof key !== 'string' || !isSize(count)) throw damaged('a storage is odd');
  if (part !== undefined && part !== null) throw damaged('a storage is a view of another, as PyTorch no longer writes');
  return { elements, key, count };
}

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

function sizes(value: Value | undefined): readonly number[] {
  if (Array.isArray(value) && value.length <= 8 && value.every(isSize)) return value;
  throw damaged('a shape or stride is odd');
}

/** The tensor that a call of a pickle asks for, as float32 and row-major however it was stored; undefined: it is none. */
export function rebuildTensor(value: Value, storages: Storages): Tensor | undefined {
  let call = value;
  while (call instanceof Called && call.name === 'torch._utils._rebuild_parameter') call = call.args[0] ?? null;
  if (!(call instanceof Called) || call.name !== 'torch._utils._rebuild_tensor_v2') return undefined;
  const [place, offset, shape, stride] = call.args;
  const storage = readStorage(place);
  const [dims, strides] = [sizes(shape), sizes(stride)];
  if (!isSize(offset) || dims.length !== strides.length) throw damaged('a tensor is odd');
  const bytes = storages(storage);
  checkBounds(dims, strides, offset, Math.floor(bytes.length / storage.elements.size));
  return copyStrided(bytes, storage.elements, dims, strides, offset);
}

/**
 * Besides the last element lying within the storage, a tensor must have no more elements than that: strides of 0 would else let
 * a file of a few bytes ask for any amount of memory.
 */
function checkBounds(dims: readonly number[], strides: readonly number[], offset: number, count: number): void {
  const elements = elementCount(dims);
  if (elements === 0) return;
  const last = dims.reduce((sum, dim, axis) => sum + (dim - 1) * (strides[axis] ?? 0), offset);
  if (!(last < count) || !(elements <= count)) throw damaged('a tensor reaches beyond its numbers');
}

function copyStrided(
  bytes: Uint8Array,
  { size, read }: Elements,
  dims: readonly number[],
  strides: readonly number[],
  offset: number,
): Tensor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const result = new Float32Array(elementCount(dims));
  const index = dims.map(() => 0);
  for (let to = 0, from = offset; to < result.length; to++) {
    result[to] = read(view, from * size);
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      const stride = strides[axis] ?? 0;
      index[axis] = (index[axis] ?? 0) + 1;
      from += stride;
      if ((index[axis] ?? 0) < (dims[axis] ?? 0)) break;
      from -= stride * (dims[axis] ?? 0);
      index[axis] = 0;
    }
  }
  return floatTensor(result, dims);
}
