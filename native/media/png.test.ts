import { deflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { contactSheet } from './contact-sheet.ts';
import { composite } from './picture-tasks.ts';
import { decodePng, encodePng, readPngSize } from './png.ts';

const RGBA = Uint8Array.of(255, 0, 0, 255, 0, 255, 0, 128, 0, 0, 255, 0, 9, 8, 7, 255);

test('RGB and RGBA pictures are read back as they were written', () => {
  expect(decodePng(encodePng(RGBA, 2, 2), 'a.png')).toEqual({ width: 2, height: 2, rgba: RGBA });
  const rgb = Uint8Array.of(1, 2, 3, 4, 5, 6);
  expect([...decodePng(encodePng(rgb, 2, 1), 'a.png').rgba]).toEqual([1, 2, 3, 255, 4, 5, 6, 255]);
});

test('every line filter is undone as the library does it', () => {
  const size = 37;
  const data = Buffer.from(Array.from({ length: size * size * 4 }, (_, i) => (i * i * 7) % 253));
  for (const filterType of [0, 1, 2, 3, 4]) {
    for (const colorType of [2, 6] as const) {
      const image = new PNG({ width: size, height: size });
      image.data = data;
      const bytes = PNG.sync.write(image, { filterType, colorType });
      expect(decodePng(bytes, 'a.png').rgba).toEqual(Uint8Array.from(PNG.sync.read(bytes).data));
    }
  }
});

/** A PNG file from its raw rows; `palette` in RGB. */
function png(
  size: number,
  depth: number,
  colorType: number,
  rows: readonly number[],
  palette?: readonly number[],
): Uint8Array {
  const table = Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c;
  });
  const crc = (bytes: Uint8Array): number =>
    ~bytes.reduce((c, byte) => (table[(c ^ byte) & 255] ?? 0) ^ (c >>> 8), 0xffffffff) >>> 0;
  const chunk = (type: string, data: Uint8Array): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([depth, colorType], 8);
  return Buffer.concat([
    Buffer.of(137, 80, 78, 71, 13, 10, 26, 10),
    chunk('IHDR', header),
    ...(palette ? [chunk('PLTE', Buffer.from(palette))] : []),
    chunk('IDAT', deflateSync(Buffer.from(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

test.each<[string, Uint8Array, readonly number[]]>([
  ['16-bit grey', png(1, 16, 0, [0, 0x80, 0x00]), [128, 128, 128, 255]],
  ['16-bit colour', png(1, 16, 2, [0, 255, 255, 0, 0, 128, 0]), [255, 0, 128, 255]],
  ['grey with alpha', png(1, 8, 4, [0, 7, 9]), [7, 7, 7, 9]],
  ['1-bit grey', png(1, 1, 0, [0, 0x80]), [255, 255, 255, 255]],
  ['palette', png(1, 8, 3, [0, 1], [1, 2, 3, 4, 5, 6]), [4, 5, 6, 255]],
])('%s is read as 8-bit RGBA', (_, bytes, pixel) => {
  const { rgba } = decodePng(bytes, 'a.png');
  rgba.forEach((value, i) => {
    expect(Math.abs(value - (pixel[i] ?? NaN))).toBeLessThanOrEqual(1);
  });
});

test.each<[string, Uint8Array, RegExp]>([
  ['cut off', encodePng(RGBA, 2, 2).subarray(0, 60), /^view00\/a\.png is a damaged or incomplete PNG picture; write/],
  ['another format', Buffer.from('\xff\xd8\xff\xe0 a JPEG picture', 'latin1'), /is no PNG picture; convert/],
  ['empty', new Uint8Array(), /damaged/],
  ['a size its bytes cannot fill', png(16000, 8, 6, [0, 0]), /damaged/],
  ['too large a size', png(100_000, 8, 6, [0]), /100000x100000 pixels; scale it down/],
])('refused: %s', (_, bytes, message) => {
  expect(() => decodePng(bytes, 'view00/a.png')).toThrow(message);
  expect(() => decodePng(bytes, 'view00/a.png')).toThrow(AppError);
});

test('transparent pixels show the background', () => {
  const { rgb } = composite({ width: 2, height: 2, rgba: RGBA }, [1, 1, 1]);
  expect([...rgb]).toEqual([255, 0, 0, 127, 255, 127, 255, 255, 255, 9, 8, 7]);
});

test('a contact sheet tiles pictures with a margin', () => {
  const picture = (value: number): { width: number; height: number; rgb: Uint8Array } => ({
    width: 4,
    height: 3,
    rgb: new Uint8Array(36).fill(value),
  });
  const sheet = contactSheet([picture(10), picture(20), picture(30)], { columns: 2, margin: 1, background: [0, 0, 0] });
  expect(readPngSize(sheet, 'sheet')).toEqual({ width: 11, height: 9 });
  const { data } = PNG.sync.read(Buffer.from(sheet));
  const at = (x: number, y: number): number => data[(y * 11 + x) * 4] ?? NaN;
  expect([at(0, 0), at(1, 1), at(4, 3), at(5, 1), at(6, 1), at(1, 5), at(6, 5)]).toEqual([0, 10, 10, 0, 20, 30, 0]);
});
