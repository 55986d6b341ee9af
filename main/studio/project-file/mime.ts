export type Mime = 'image/png' | 'image/jpeg' | 'image/webp' | 'video/mp4' | 'video/webm' | 'application/octet-stream';

const ascii = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));

const startsWith = (bytes: Uint8Array, ...magic: readonly number[]): boolean =>
  magic.every((value, index) => bytes[index] === value);

/** What the first bytes (12 are enough) say a file is; only what pages may show, all else is `application/octet-stream`. */
export function mimeOf(bytes: Uint8Array): Mime {
  if (startsWith(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png';
  if (startsWith(bytes, 0xff, 0xd8, 0xff)) return 'image/jpeg';
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return 'image/webp';
  if (ascii(bytes, 4, 8) === 'ftyp') return 'video/mp4';
  if (startsWith(bytes, 0x1a, 0x45, 0xdf, 0xa3)) return 'video/webm';
  return 'application/octet-stream';
}
