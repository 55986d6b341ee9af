import { AppError } from '../../../../core/errors.ts';
import type { Tensor } from '../../../onnx/tensor.ts';
import { Called, Dict, readPickle, type Value } from './pickle.ts';
import { readStorage, rebuildTensor, type StorageKey, type Storages } from './tensors.ts';
import { readZip } from './zip.ts';

/** Deepest nesting of a state dict, and of what lies within the calls of a pickle. */
const MAX_DEPTH = 32;
/** Most numbers of all tensors of a file together: views of the same numbers count each time. */
const MAX_ELEMENTS = 2 ** 28;
/** What a name counts as among them, so that dicts which hold one another many times end soon. */
const ENTRY_COST = 4096;

const damaged = (problem: string): AppError => new AppError('bad-input', `${problem}; fetch it again`);

/**
 * The tensors of a file that torch.save wrote, in its zip format or in the one before, by name: nested dicts are joined by dots, a single
 * tensor has the name ''. All come as float32, from float32, float16, bfloat16 or float64. `file` is named in the `AppError` of
 * what is damaged or asks for anything but tensors; nothing in the file is executed.
 */
export function readPt(bytes: Uint8Array, file: string): ReadonlyMap<string, Tensor> {
  try {
    const { value, storages } = isZip(bytes) ? openZip(bytes) : openLegacy(bytes);
    const tensors = new Map<string, Tensor>();
    collect(value, '', storages, tensors, 0);
    return tensors;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, `${file} cannot be read as a PyTorch file: ${error.message}.`, error);
  }
}

const isZip = (bytes: Uint8Array): boolean => Buffer.from(bytes.subarray(0, 4)).toString('latin1') === 'PK\x03\x04';

interface Opened {
  readonly value: Value;
  readonly storages: Storages;
}

function openZip(bytes: Uint8Array): Opened {
  const files = readZip(bytes);
  const pickle = [...files].find(([name]) => /(^|\/)data\.pkl$/.test(name));
  if (!pickle) throw damaged('it is a zip file without data.pkl');
  const [name, contents] = pickle;
  const folder = name.slice(0, -'data.pkl'.length);
  const order = files.get(`${folder}byteorder`);
  if (order && Buffer.from(order).toString('latin1') !== 'little') throw damaged('its numbers are not little-endian');
  return {
    value: readPickle(contents).value,
    storages: ({ key, elements, count }) => {
      const data = files.get(`${folder}data/${key}`);
      if (data && data.length >= count * elements.size) return data.subarray(0, count * elements.size);
      throw damaged(`its numbers ${JSON.stringify(key.slice(0, 40))} are missing or too few`);
    },
  };
}

/** Four pickles (a mark, a version, a description, the value), the keys of the storages, then the storages in that order. */
function openLegacy(bytes: Uint8Array): Opened {
  const mark = readPickle(bytes);
  if (mark.value !== Number(0x1950a86a20f9469cfc6cn)) throw damaged('it is neither of the two formats of torch.save');
  const version = readPickle(bytes, mark.end);
  const system = readPickle(bytes, version.end);
  if (!(system.value instanceof Dict) || system.value.entries.get('little_endian') !== true) {
    throw damaged('its numbers are not little-endian');
  }
  const root = readPickle(bytes, system.end);
  const keys = readPickle(bytes, root.end);
  if (!Array.isArray(keys.value)) throw damaged('it has no list of numbers');
  const places = legacyPlaces(bytes, keys.value, storageSizes(root.value), keys.end);
  return {
    value: root.value,
    storages: ({ key }) => places.get(key) ?? new Uint8Array(),
  };
}

function legacyPlaces(
  bytes: Uint8Array,
  keys: readonly Value[],
  known: ReadonlyMap<string, StorageKey>,
  begin: number,
): ReadonlyMap<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const places = new Map<string, Uint8Array>();
  let at = begin;
  for (const key of keys) {
    const storage = typeof key === 'string' ? known.get(key) : undefined;
    if (!storage) throw damaged('it lists numbers that no tensor has');
    if (at + 8 > bytes.length) throw damaged('it ends early');
    const count = Number(view.getBigUint64(at, true));
    const end = at + 8 + count * storage.elements.size;
    if (count !== storage.count || !(end <= bytes.length)) throw damaged('its numbers are missing or too few');
    places.set(storage.key, bytes.subarray(at + 8, end));
    at = end;
  }
  return places;
}

/** All storages that the tensors of a value lie in; each value is looked at once, also where a pickle refers to itself. */
function storageSizes(root: Value): ReadonlyMap<string, StorageKey> {
  const found = new Map<string, StorageKey>();
  const seen = new Set<Value>();
  const left: Value[] = [root];
  for (let value = left.pop(); value !== undefined; value = left.pop()) {
    if (typeof value !== 'object' || seen.has(value)) continue;
    seen.add(value);
    if (value instanceof Dict) for (const item of value.entries.values()) left.push(item);
    if (!(value instanceof Called)) continue;
    if (value.name === 'storage') {
      const storage = readStorage(value);
      found.set(storage.key, storage);
    } else {
      for (const item of value.args) left.push(item);
    }
  }
  return found;
}

function collect(
  value: Value,
  name: string,
  storages: Storages,
  tensors: Map<string, Tensor>,
  depth: number,
  left = { elements: MAX_ELEMENTS },
): void {
  if (depth > MAX_DEPTH) throw damaged('its dicts are nested without end');
  const tensor = rebuildTensor(value, storages);
  if (tensor) {
    left.elements -= tensor.bytes.length / 4 + 1;
    if (left.elements < 0) throw damaged('its tensors are far larger than those of a camera guider');
    if (tensors.has(name)) throw damaged(`it has the tensor ${JSON.stringify(name.slice(0, 100))} twice`);
    tensors.set(name, tensor);
    return;
  }
  if (!(value instanceof Dict)) {
    throw damaged(
      name === ''
        ? 'it holds neither a tensor nor a state dict'
        : `its ${JSON.stringify(name.slice(0, 100))} is no tensor`,
    );
  }
  for (const [key, item] of value.entries) {
    if (typeof key !== 'string') throw damaged('a key of its state dict is no name');
    left.elements -= ENTRY_COST;
    if (left.elements < 0) throw damaged('its state dict is nested without end');
    collect(item, name === '' ? key : `${name}.${key}`, storages, tensors, depth + 1, left);
  }
}
