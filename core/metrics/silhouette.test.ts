import { describe, expect, it } from 'vitest';
import { colourOutlierShare } from './colour-outliers.ts';
import { detailRatio } from './detail.ts';
import { foregroundMask } from './foreground.ts';
import { rgbPicture, type Picture } from './picture.ts';
import { coveredMask, silhouetteIou, uncoveredShare } from './silhouette.ts';
import { summariseIou, summariseUncovered } from './summary.ts';

const WHITE = [1, 1, 1] as const;

/** A gray picture; levels are rounded to 8 bits. */
function gray(width: number, height: number, level: (x: number, y: number) => number): Picture {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return Math.round(level(pixel % width, Math.floor(pixel / width)));
  });
  return rgbPicture(data, width, height);
}

const row = (...levels: readonly number[]): Picture => gray(levels.length, 1, (x) => levels[x] ?? 0);
const mask = (...pixels: readonly number[]): Uint8Array => Uint8Array.from(pixels);

describe('silhouettes', () => {
  it('overlap by the pixels of both among those of either', () => {
    expect(silhouetteIou(mask(1, 1, 1, 0), mask(0, 1, 1, 1))).toBe(0.5);
    expect(silhouetteIou(mask(1, 0), mask(0, 0))).toBe(0);
    expect(silhouetteIou(mask(0, 0), mask(0, 0))).toBe(1);
  });

  it('of equal pictures agree, however smooth the edges are', () => {
    const disc = gray(40, 40, (x, y) => 255 - 200 * Math.min(1, Math.max(0, 12.3 - Math.hypot(x - 19.6, y - 20.2))));
    expect(silhouetteIou(foregroundMask(disc, WHITE), foregroundMask(disc, WHITE))).toBe(1);
    expect(uncoveredShare(foregroundMask(disc, WHITE), coveredMask(disc, WHITE))).toBe(0);
  });
});

describe('the uncovered share', () => {
  const truth = foregroundMask(row(255, 249, 100, 100, 100), WHITE);

  it('counts pixels of the character where the background shows', () => {
    expect(uncoveredShare(truth, coveredMask(row(255, 255, 251, 249, 0), WHITE))).toBe(0.5);
    expect(uncoveredShare(mask(0, 0), mask(0, 0))).toBe(0);
  });

  it('does not take what has the colour of the background for nothing', () => {
    const rendered = row(255, 252, 255, 100, 100);
    expect(uncoveredShare(truth, coveredMask(rendered, WHITE))).toBe(0.5);
    expect(uncoveredShare(truth, coveredMask(rendered, WHITE, mask(0, 255, 128, 0, 0)))).toBe(0);
    expect(uncoveredShare(truth, coveredMask(rendered, WHITE, mask(0, 127, 128, 0, 0)))).toBe(0.25);
  });
});

describe('colour outliers', () => {
  it('are pixels of the mask with a channel off by more than 64 levels', () => {
    const rendered = rgbPicture(Uint8Array.of(0, 0, 65, 64, 64, 64, 200, 200, 200), 3, 1);
    expect(colourOutlierShare(rendered, row(0, 0, 0), mask(1, 1, 0))).toBe(0.5);
    expect(colourOutlierShare(rendered, row(0, 0, 0), mask(0, 0, 0))).toBeUndefined();
  });
});

describe('the detail ratio', () => {
  const inside = (x: number, y: number): boolean => x >= 3 && x < 17 && y >= 3 && y < 17;
  const waves = (height: number): Picture =>
    gray(20, 20, (x, y) => (inside(x, y) ? 100 + height * (x % 4 < 2 ? 1 : -1) : 255));
  const ratio = (rendered: Picture, truth: Picture): number | undefined =>
    detailRatio([rendered, truth], [foregroundMask(rendered, WHITE), foregroundMask(truth, WHITE)]);

  it('is the height of a texture against that of the truth', () => {
    expect(ratio(waves(20), waves(20))).toBe(1);
    expect(ratio(waves(10), waves(20))).toBeCloseTo(0.5, 12);
    expect(ratio(waves(30), waves(20))).toBeCloseTo(1.5, 12);
  });

  it('does not see the edge of the character', () => {
    const moved = gray(20, 20, (x, y) => (inside(x - 1, y) ? 100 : 255));
    expect(ratio(moved, waves(20))).toBe(0);
  });

  it('does not exist where the truth is flat or the silhouettes have nothing in common', () => {
    expect(ratio(waves(10), waves(0))).toBeUndefined();
    expect(
      ratio(
        gray(20, 20, () => 255),
        waves(20),
      ),
    ).toBeUndefined();
  });
});

describe('summaries over pictures', () => {
  const pictures = (values: readonly number[]) => values.map((value, i) => ({ view: i >> 2, frame: i & 3, value }));

  it('of silhouettes name the worst picture and the value of a twentieth of the pictures', () => {
    const values = Array.from({ length: 40 }, (_, i) => 1 - ((i * 7) % 40) / 100);
    const summary = summariseIou(pictures(values));
    // 7 i = 39 modulo 40 at i = 17.
    expect(summary).toMatchObject({ worst: 0.61, worstView: 4, worstFrame: 1 });
    expect(summary.p5).toBeCloseTo(0.62, 12);
    expect(summary.mean).toBeCloseTo(1 - 0.195, 12);
  });

  it('of uncovered shares count the pictures over 5 %', () => {
    expect(summariseUncovered(pictures([0, 0.05, 0.06, 0.2, 0.2]))).toEqual({
      ...{ mean: 0.51 / 5, worst: 0.2, worstView: 0, worstFrame: 3 },
      ...{ picturesOver5Percent: 3, shareOver5Percent: 0.6 },
    });
  });

  it('need a picture', () => {
    expect(() => summariseIou([])).toThrow(RangeError);
  });
});
