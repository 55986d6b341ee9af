import { inflateSync } from 'node:zlib';

/** Bytes before the first chunk, and around the data of each: length, type, checksum. */
const SIGNATURE_BYTES = 8;
const CHUNK_BYTES = 12;

/**
 * Decodes the common kind of PNG, 8-bit colour without interlacing (`channels` 3 or 4), to RGBA: a clip has hundreds of
 * them, and this takes a third of the time of the library. Damage is found by the checksum of the compressed data.
 * Throws plain errors; gives nothing where a chunk makes single colours transparent.
 */
export function decodeTruecolour(
  bytes: Uint8Array,
  width: number,
  height: number,
  channels: 3 | 4,
): Uint8Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  for (let at = SIGNATURE_BYTES; at + CHUNK_BYTES <= bytes.length; at += view.getUint32(at) + CHUNK_BYTES) {
    const type = view.getUint32(at + 4);
    if (type === 0x74524e53) return undefined; // tRNS
    if (type === 0x49444154) parts.push(bytes.subarray(at + 8, at + 8 + view.getUint32(at))); // IDAT
  }
  const stride = width * channels;
  const rawSize = (stride + 1) * height;
  const raw = inflateSync(Buffer.concat(parts), { maxOutputLength: rawSize });
  if (raw.length !== rawSize) throw new Error(`${raw.length} of ${rawSize} bytes`);
  const pixels = new Uint8Array(stride * height);
  for (let row = 0; row < height; row++) {
    const from = row * (stride + 1);
    const line = pixels.subarray(row * stride, (row + 1) * stride);
    const above = row > 0 ? pixels.subarray((row - 1) * stride, row * stride) : new Uint8Array(stride);
    unfilter(raw[from] ?? 0, raw.subarray(from + 1, from + 1 + stride), above, line, channels);
  }
  return channels === 4 ? pixels : withAlpha(pixels);
}

/** Undoes the filter of one line; `step` is the distance to the pixel on the left. */
function unfilter(kind: number, line: Uint8Array, above: Uint8Array, out: Uint8Array, step: number): void {
  if (kind === 0) out.set(line);
  else if (kind === 1) {
    for (let i = 0; i < line.length; i++) out[i] = byte(line, i) + (i < step ? 0 : byte(out, i - step));
  } else if (kind === 2) {
    for (let i = 0; i < line.length; i++) out[i] = byte(line, i) + byte(above, i);
  } else if (kind === 3) {
    for (let i = 0; i < line.length; i++) {
      out[i] = byte(line, i) + (((i < step ? 0 : byte(out, i - step)) + byte(above, i)) >> 1);
    }
  } else if (kind === 4) {
    for (let i = 0; i < line.length; i++) {
      const left = i < step ? 0 : byte(out, i - step);
      out[i] = byte(line, i) + paeth(left, byte(above, i), i < step ? 0 : byte(above, i - step));
    }
  } else throw new Error(`filter ${kind}`);
}

const byte = (array: Uint8Array, index: number): number => array[index] ?? 0;

/** The neighbour that is nearest to left + above - aboveLeft; ties in this order. */
function paeth(left: number, above: number, aboveLeft: number): number {
  const [toLeft, toAbove] = [Math.abs(above - aboveLeft), Math.abs(left - aboveLeft)];
  const toAboveLeft = Math.abs(left + above - 2 * aboveLeft);
  if (toLeft <= toAbove && toLeft <= toAboveLeft) return left;
  return toAbove <= toAboveLeft ? above : aboveLeft;
}

function withAlpha(rgb: Uint8Array): Uint8Array {
  const rgba = new Uint8Array((rgb.length / 3) * 4);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    rgba[to] = byte(rgb, from);
    rgba[to + 1] = byte(rgb, from + 1);
    rgba[to + 2] = byte(rgb, from + 2);
    rgba[to + 3] = 255;
  }
  return rgba;
}
