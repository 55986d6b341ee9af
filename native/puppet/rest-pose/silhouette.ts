import sharp from 'sharp';
import type { RgbaPicture } from '../../media/png.ts';

/** A cut-out's outline on a small grid: enough to see where head, hands and feet are. */
export interface Silhouette {
  readonly width: number;
  readonly height: number;
  /** 1 where the character is, [height, width]. */
  readonly inside: Uint8Array;
  /** Pixels of the picture a cell. */
  readonly cell: number;
}

/** Cells along the longer side. */
const CELLS = 160;
const SOLID = 128;

export async function silhouetteOf({ width, height, rgba }: RgbaPicture): Promise<Silhouette> {
  const cell = Math.max(width, height) / CELLS;
  const { data, info } = await sharp(rgba, { raw: { width, height, channels: 4 } })
    .extractChannel(3)
    .resize({
      width: Math.max(1, Math.round(width / cell)),
      height: Math.max(1, Math.round(height / cell)),
      fit: 'fill',
    })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const inside = Uint8Array.from(data, (alpha) => (alpha >= SOLID ? 1 : 0));
  return { width: info.width, height: info.height, inside, cell };
}

/** Rows and columns that the character covers, the last ones included; undefined for an empty picture. */
export function extentOf({ width, inside }: Silhouette) {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  inside.forEach((value, p) => {
    if (!value) return;
    const [x, y] = [p % width, Math.floor(p / width)];
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
  });
  return Number.isFinite(left)
    ? { left, right, top, bottom, width: right - left + 1, height: bottom - top + 1 }
    : undefined;
}
