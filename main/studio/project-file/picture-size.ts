import { mimeOf } from './mime.ts';

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Size in pixels of a PNG or WebP picture by its header; undefined for anything else. The rest of it is not looked at. */
export function pictureSize(bytes: Uint8Array): PictureSize | undefined {
  if (bytes.length < 30) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = sizeIn(view, mimeOf(bytes));
  return size && size.width > 0 && size.height > 0 ? size : undefined;
}

function sizeIn(view: DataView, mime: string): PictureSize | undefined {
  if (mime === 'image/png') return { width: view.getUint32(16), height: view.getUint32(20) };
  if (mime !== 'image/webp') return undefined;
  // "VP8 ", "VP8L", "VP8X" of the WebP container: lossy, lossless, extended.
  switch (view.getUint32(12)) {
    case 0x56503820:
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    case 0x5650384c: {
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 0x56503858:
      return { width: uint24(view, 24) + 1, height: uint24(view, 27) + 1 };
    default:
      return undefined;
  }
}

const uint24 = (view: DataView, at: number): number => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
