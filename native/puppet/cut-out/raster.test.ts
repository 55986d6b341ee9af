import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../test/helpers/random.ts';
import { boxOf, componentsOf, dilate, distanceTo, erode, edgePixels, flood } from './raster.ts';

const size = { width: 23, height: 17 };

describe('distanceTo', () => {
  it('is the distance to the nearest pixel, as by trying all', () => {
    const random = seededRandom(3);
    const mask = Uint8Array.from({ length: size.width * size.height }, () => (random() < 0.03 ? 1 : 0));
    const expected = Array.from(mask, (_, from) => {
      let nearest = Infinity;
      mask.forEach((inside, to) => {
        const dx = (from % size.width) - (to % size.width);
        const dy = Math.floor(from / size.width) - Math.floor(to / size.width);
        if (inside) nearest = Math.min(nearest, Math.hypot(dx, dy));
      });
      return nearest;
    });
    expect(mask).toContain(1);
    distanceTo(mask, size).forEach((distance, index) => {
      expect(distance).toBeCloseTo(expected[index] ?? 0, 4);
    });
  });

  it('is far where the mask is empty', () => {
    expect(Math.min(...distanceTo(new Uint8Array(6), { width: 3, height: 2 }))).toBeGreaterThan(1e5);
  });
});

describe('dilate and erode', () => {
  it.each([0.5, 1, 1.5, 2.7, 6])('agree with the distances, radius %d', (radius) => {
    const random = seededRandom(4);
    const mask = Uint8Array.from({ length: size.width * size.height }, () => (random() < 0.05 ? 1 : 0));
    const grown = Array.from(distanceTo(mask, size), (distance) => (distance <= radius ? 1 : 0));
    expect([...dilate(mask, size, radius)]).toEqual(grown);
    const rest = mask.map((inside) => 1 - inside);
    expect([...erode(rest, size, radius)]).toEqual(grown.map((inside) => 1 - inside));
  });
});

describe('flood and componentsOf', () => {
  // Two squares that touch at a corner, the second with a hole.
  const rows = ['##.....', '##.....', '..####.', '..#..#.', '..####.'];
  const square = { width: 7, height: 5 };
  const mask = Uint8Array.from(rows.join(''), (sign) => (sign === '#' ? 1 : 0));

  it('joins over corners, and the flood does not pass them', () => {
    expect(componentsOf(mask, square).map(({ area }) => area)).toEqual([14]);
    const open = mask.map((inside) => 1 - inside);
    const outside = flood(open, edgePixels(square), square);
    expect(outside[3 * 7 + 3]).toBe(0);
    expect(outside[0]).toBe(0);
    expect(outside.reduce((sum, is) => sum + is, 0)).toBe(35 - 14 - 2);
  });

  it('knows the box', () => {
    expect(boxOf(mask, square)).toEqual({ left: 0, top: 0, right: 6, bottom: 5 });
    expect(boxOf(new Uint8Array(35), square)).toBeUndefined();
  });
});
