import type { VaeConfig } from '../configs.ts';
import { copyBox, emptyVolume, rowStart, type Volume, type VolumeSize } from './volume.ts';

/** Size of tiles in pixels, and which share of a tile its neighbour covers as well. */
export interface Tiling {
  readonly height: number;
  readonly width: number;
  readonly overlapHeight: number;
  readonly overlapWidth: number;
}

/** What the published pipeline uses: half the size that the network was trained for. */
export const defaultTiling = ({ sampleHeight, sampleWidth }: VaeConfig): Tiling => ({
  height: Math.floor(sampleHeight / 2),
  width: Math.floor(sampleWidth / 2),
  overlapHeight: 1 / 6,
  overlapWidth: 1 / 5,
});

/** Tiles along one axis. */
export interface AxisTiles {
  /** Start and size of each tile in the source. */
  readonly tiles: readonly { readonly start: number; readonly size: number }[];
  /** How many of a tile's first results are blended with its neighbour's last. */
  readonly blend: number;
  /** How many of a tile's results are kept. */
  readonly keep: number;
}

/**
 * Tiles of `tile` elements over an axis of `length`; the last are smaller. `resultTile` is what a whole tile becomes. All
 * products are truncated as the published code does it. Throws a RangeError where the kept parts would not meet.
 */
export function axisTiles(length: number, tile: number, resultTile: number, overlap: number): AxisTiles {
  const step = Math.floor(tile * (1 - overlap));
  const blend = Math.floor(resultTile * overlap);
  const keep = resultTile - blend;
  if (step < 1 || step * resultTile !== keep * tile) {
    throw new RangeError(`Tiles of ${tile} that overlap by ${overlap} leave gaps or no step; choose other tiles.`);
  }
  const tiles: { start: number; size: number }[] = [];
  for (let start = 0; start < length; start += step) tiles.push({ start, size: Math.min(tile, length - start) });
  return { tiles, blend, keep };
}

/** One whole tile along an axis that is not tiled. */
export const wholeAxis = (length: number): AxisTiles => ({
  tiles: [{ start: 0, size: length }],
  blend: 0,
  keep: Infinity,
});

/**
 * Puts tiles [row][column] together, in reading order: each is blended in place with the one above, then with the one to its
 * left, and gives its first `keep` rows and columns. Later tiles see blended neighbours. A row of tiles is let go when the next
 * one is blended.
 */
export function joinTiles(rows: Volume[][], down: AxisTiles, across: AxisTiles, size: VolumeSize): Volume {
  const result = emptyVolume(size);
  let y = 0;
  for (const [r, row] of rows.entries()) {
    let x = 0;
    for (const [c, tile] of row.entries()) {
      const [above, left] = [rows[r - 1]?.[c], row[c - 1]];
      if (above) blendDown(above, tile, down.blend);
      if (left) blendAcross(left, tile, across.blend);
      const [height, width] = [Math.min(down.keep, tile.height), Math.min(across.keep, tile.width)];
      const box = { frames: tile.frames, height, width };
      copyBox(tile, { frame: 0, y: 0, x: 0 }, result, { frame: 0, y, x }, box);
      x += width;
    }
    y += Math.min(down.keep, row[0]?.height ?? 0);
    if (r > 0) rows[r - 1] = [];
  }
  return result;
}

/** The first rows of `tile` become a mixture of the last rows of `above` and themselves. */
function blendDown(above: Volume, tile: Volume, most: number): void {
  const extent = Math.min(above.height, tile.height, most);
  for (let c = 0; c < tile.channels; c++) {
    for (let f = 0; f < tile.frames; f++) {
      for (let y = 0; y < extent; y++) {
        const from = rowStart(above, c, f, above.height - extent + y);
        const to = rowStart(tile, c, f, y);
        for (let x = 0; x < tile.width; x++) mix(above, from + x, tile, to + x, y / extent);
      }
    }
  }
}

/** The first columns of `tile` become a mixture of the last columns of `left` and themselves. */
function blendAcross(left: Volume, tile: Volume, most: number): void {
  const extent = Math.min(left.width, tile.width, most);
  const rows = tile.channels * tile.frames * tile.height;
  for (let row = 0; row < rows; row++) {
    const from = (row + 1) * left.width - extent;
    for (let x = 0; x < extent; x++) mix(left, from + x, tile, row * tile.width + x, x / extent);
  }
}

function mix(before: Volume, from: number, after: Volume, to: number, share: number): void {
  after.data[to] = (before.data[from] ?? 0) * (1 - share) + (after.data[to] ?? 0) * share;
}
