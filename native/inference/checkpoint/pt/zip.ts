import { AppError } from '../../../../core/errors.ts';

const END = 0x06054b50;
const END_64_LOCATOR = 0x07064b50;
const END_64 = 0x06064b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const MAX_COMMENT = 0xffff;
const WIDE = 0xffffffff;
const WIDE_FIELDS = 1;

const damaged = (problem: string): AppError =>
  new AppError('bad-input', `it is a damaged or incomplete zip file (${problem}); fetch it again`);

/**
 * The stored files of a zip file by name, as views into `bytes`. PyTorch writes without compression, so that nothing else is read.
 * Throws an `AppError` whose message is a part of a sentence.
 */
export function readZip(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return readDirectory(view, bytes);
  } catch (error) {
    if (error instanceof RangeError) throw damaged('its directory points outside');
    throw error;
  }
}

function readDirectory(view: DataView, bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const { count, offset } = findDirectory(view);
  const files = new Map<string, Uint8Array>();
  let at = offset;
  for (let n = 0; n < count; n++) {
    if (view.getUint32(at, true) !== ENTRY) throw damaged('its directory is broken');
    const [nameLength, extraLength] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true)];
    const name = new TextDecoder().decode(slice(bytes, at + 46, nameLength));
    if (view.getUint16(at + 8, true) & 1) throw damaged(`${name} is encrypted`);
    if (view.getUint16(at + 10, true) !== 0) throw damaged(`${name} is compressed, which PyTorch never does`);
    const { size, place } = sizeAndPlace(view, at, at + 46 + nameLength, extraLength);
    if (files.has(name)) throw damaged(`${name} is there twice`);
    if (view.getUint32(place, true) !== LOCAL) throw damaged(`${name} is not where it should be`);
    const begin = place + 30 + view.getUint16(place + 26, true) + view.getUint16(place + 28, true);
    files.set(name, slice(bytes, begin, size));
    at += 46 + nameLength + extraLength + view.getUint16(at + 32, true);
  }
  return files;
}

function findDirectory(view: DataView): { count: number; offset: number } {
  let end = view.byteLength - END_BYTES;
  const last = Math.max(0, end - MAX_COMMENT);
  while (end >= last && view.getUint32(end, true) !== END) end--;
  if (end < last) throw damaged('its end is missing');
  const locator = end - 20;
  if (locator >= 0 && view.getUint32(locator, true) === END_64_LOCATOR) {
    const wide = whole(view, locator + 8);
    if (view.getUint32(wide, true) !== END_64) throw damaged('its directory is broken');
    return { count: whole(view, wide + 32), offset: whole(view, wide + 48) };
  }
  return { count: view.getUint16(end + 10, true), offset: view.getUint32(end + 16, true) };
}

/** Size and place of an entry, from the 64-bit fields where the 32-bit ones are full. */
function sizeAndPlace(view: DataView, entry: number, extra: number, length: number): { size: number; place: number } {
  const narrow = { packed: view.getUint32(entry + 20, true), size: view.getUint32(entry + 24, true) };
  let [size, place] = [narrow.size, view.getUint32(entry + 42, true)];
  for (let at = extra; at + 4 <= extra + length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== WIDE_FIELDS) continue;
    let field = at + 4;
    if (size === WIDE) [size, field] = [whole(view, field), field + 8];
    if (narrow.packed === WIDE) field += 8;
    if (place === WIDE) place = whole(view, field);
    break;
  }
  return { size, place };
}

function whole(view: DataView, at: number): number {
  const value = Number(view.getBigUint64(at, true));
  if (!Number.isSafeInteger(value)) throw damaged('it claims absurd sizes');
  return value;
}

function slice(bytes: Uint8Array, begin: number, length: number): Uint8Array {
  if (begin + length > bytes.length) throw damaged('a part of it is missing');
  return bytes.subarray(begin, begin + length);
}
