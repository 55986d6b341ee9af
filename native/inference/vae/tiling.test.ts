import { describe, expect, it } from 'vitest';
import { axisTiles, joinTiles, wholeAxis } from './tiling.ts';
import type { Volume } from './volume.ts';

const picture = (rows: readonly (readonly number[])[]): Volume => ({
  channels: 1,
  frames: 1,
  height: rows.length,
  width: rows[0]?.length ?? 0,
  data: Float32Array.from(rows.flat()),
});

describe('axisTiles', () => {
  it('cuts 480x720 as the published pipeline does', () => {
    const starts = [axisTiles(480, 240, 30, 1 / 6), axisTiles(720, 360, 45, 1 / 5)];
    expect(starts).toEqual([
      {
        tiles: [
          { start: 0, size: 240 },
          { start: 200, size: 240 },
          { start: 400, size: 80 },
        ],
        ...{ blend: 5, keep: 25 },
      },
      {
        tiles: [
          { start: 0, size: 360 },
          { start: 288, size: 360 },
          { start: 576, size: 144 },
        ],
        ...{ blend: 9, keep: 36 },
      },
    ]);
    expect(axisTiles(90, 45, 360, 1 / 5)).toMatchObject({ blend: 72, keep: 288 });
  });

  it('refuses tiles whose kept parts do not meet, and tiles without a step', () => {
    expect(() => axisTiles(100, 7, 56, 1 / 3)).toThrow('Tiles of 7');
    expect(() => axisTiles(100, 4, 4, 1)).toThrow(RangeError);
    expect(() => axisTiles(100, 0, 0, 0.2)).toThrow(RangeError);
  });
});

describe('joinTiles', () => {
  it('blends with the left neighbour and lets later tiles see the result', () => {
    const tile = (value: number, width: number): Volume => picture([Array<number>(width).fill(value)]);
    const across = axisTiles(7, 4, 4, 1 / 2);
    const rows = [[tile(0, 4), tile(4, 4), tile(8, 3), tile(12, 1)]];
    const joined = joinTiles(rows, wholeAxis(1), across, { channels: 1, frames: 1, height: 1, width: 7 });
    // Tile 1 begins 0*1, then half of 0 and half of 4; of tile 2 the first element is tile 1's third, unblended.
    expect([...joined.data]).toEqual([0, 0, 0, 2, 4, 6, 8]);
  });

  it('blends downwards before it blends across', () => {
    const [a, b, c, d] = [0, 8, 16, 24].map((value) => picture(Array.from({ length: 2 }, () => [value, value])));
    const axis = { tiles: [], blend: 2, keep: 2 };
    if (!a || !b || !c || !d) throw new Error('no tiles');
    const joined = joinTiles([[a, b], [c, d]], axis, axis, { channels: 1, frames: 1, height: 4, width: 4 }); // prettier-ignore
    expect([...joined.data]).toEqual([0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 2, 8, 8, 8, 11]);
  });
});
