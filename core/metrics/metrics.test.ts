import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../formats/safetensors.ts';
import { temporalFlicker } from './flicker.ts';
import { foregroundMask, maskedPsnr } from './foreground.ts';
import { rgbPicture, type Picture } from './picture.ts';
import { MAX_PSNR, psnr } from './psnr.ts';
import { msSsim, scaleCount, ssim } from './ssim.ts';

const WHITE = [1, 1, 1] as const;

function gray(width: number, height: number, value: (x: number, y: number) => number): Picture {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return value(pixel % width, Math.floor(pixel / width));
  });
  return rgbPicture(data, width, height);
}

/** Repeatable gray noise of 0..255. */
function noise(width: number, height: number, seed: number): Picture {
  let state = seed;
  const values = Uint8Array.from({ length: width * height }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
  return gray(width, height, (x, y) => values[y * width + x] ?? 0);
}

/** SSIM of the first channel by its definition, window by window: slow, and written for reading. */
function plainSsim(a: Picture, b: Picture): number {
  const weight = (d: number): number => Math.exp((-d * d) / 4.5);
  const norm = [-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5].map(weight).reduce((x, y) => x + y);
  const at = (picture: Picture, x: number, y: number): number =>
    x < 0 || y < 0 || x >= a.width || y >= a.height ? 0 : (picture.data[(y * a.width + x) * 3] ?? 0);
  let total = 0;
  for (let y = 0; y < a.height; y++) {
    for (let x = 0; x < a.width; x++) {
      let [ma, mb, aa, bb, ab] = [0, 0, 0, 0, 0];
      for (let dy = -5; dy <= 5; dy++) {
        for (let dx = -5; dx <= 5; dx++) {
          const w = (weight(dx) * weight(dy)) / norm ** 2;
          const [va, vb] = [at(a, x + dx, y + dy), at(b, x + dx, y + dy)];
          ma += w * va;
          mb += w * vb;
          aa += w * va * va;
          bb += w * vb * vb;
          ab += w * va * vb;
        }
      }
      const [c1, c2] = [2.55 ** 2, 7.65 ** 2];
      const luminance = (2 * ma * mb + c1) / (ma * ma + mb * mb + c1);
      total += (luminance * (2 * (ab - ma * mb) + c2)) / (aa - ma * ma + bb - mb * mb + c2);
    }
  }
  return total / (a.width * a.height);
}

describe('golden values', () => {
  const { tensors } = readSafetensors(
    readFileSync(new URL('../../test/fixtures/golden4d/ssim_l1.safetensors', import.meta.url)),
  );
  const numbers = (name: string): Float32Array => {
    const tensor = tensors.get(name);
    if (tensor?.dtype !== 'F32') throw new Error(`no F32 tensor ${name}`);
    return tensor.data;
  };
  /** [3, 40, 56] to interleaved channels. */
  const picture = (name: string): Picture => {
    const data = Float32Array.from(
      { length: 3 * 40 * 56 },
      (_, i) => numbers(name)[(i % 3) * 2240 + Math.floor(i / 3)] ?? 0,
    );
    return { width: 56, height: 40, channels: 3, data, peak: 1 };
  };

  it('are met by PSNR', () => {
    expect(psnr(picture('in.image'), picture('in.target'))).toBeCloseTo(16.04596652167776, 9);
  });

  it('are met by SSIM', () => {
    // The reference's window is rounded to single precision, which is worth up to 2.4e-6.
    expect(Math.abs(ssim(picture('in.image'), picture('in.target')) - 0.405554859993882)).toBeLessThan(2.4e-6);
  });
});

describe('psnr', () => {
  it('is 20 log10(255 / d) where every level differs by d', () => {
    const a = gray(7, 5, () => 100);
    expect(
      psnr(
        a,
        gray(7, 5, () => 110),
      ),
    ).toBeCloseTo(20 * Math.log10(25.5), 12);
  });

  it('is finite for equal pictures', () => {
    const a = gray(7, 5, () => 100);
    expect(psnr(a, a)).toBe(MAX_PSNR);
  });

  it('refuses pictures of different sizes', () => {
    expect(() =>
      psnr(
        gray(7, 5, () => 0),
        gray(5, 7, () => 0),
      ),
    ).toThrow(RangeError);
  });
});

describe('ssim', () => {
  it('is exactly 1 for equal pictures', () => {
    expect(ssim(noise(20, 17, 1), noise(20, 17, 1))).toBe(1);
  });

  it('of two flat pictures is its luminance factor, within the border', () => {
    // Zero padding darkens the border of both, so the size is taken large against the window.
    const expected = (2 * 100 * 110 + 2.55 ** 2) / (100 ** 2 + 110 ** 2 + 2.55 ** 2);
    expect(
      ssim(
        gray(200, 200, () => 100),
        gray(200, 200, () => 110),
      ),
    ).toBeCloseTo(expected, 3);
  });

  it.each([
    ['noise', noise(23, 19, 3), noise(23, 19, 4)],
    ['a picture smaller than the window', noise(6, 4, 3), noise(6, 4, 4)],
    [
      'one differing pixel before a plain background',
      gray(40, 30, () => 255),
      gray(40, 30, (x, y) => (x === 3 && y === 20 ? 0 : 255)),
    ],
    [
      'two distant differences in one row',
      gray(40, 9, () => 9),
      gray(40, 9, (x, y) => (y === 4 && (x === 1 || x === 38) ? 99 : 9)),
    ],
  ])('agrees with its definition on %s', (_, a, b) => {
    expect(ssim(a, b)).toBeCloseTo(plainSsim(a, b), 6);
  });
});

describe('msSsim', () => {
  it('uses five scales from 161 pixels on, fewer below, none under the window', () => {
    expect([10, 11, 21, 81, 160, 161, 256].map(scaleCount)).toEqual([0, 1, 2, 4, 4, 5, 5]);
  });

  it('is 1 for equal pictures and undefined where no window fits', () => {
    expect(msSsim(noise(176, 161, 1), noise(176, 161, 1))).toBe(1);
    expect(msSsim(noise(30, 10, 1), noise(30, 10, 2))).toBeUndefined();
  });

  it('of two flat pictures is the luminance factor of the coarsest scale, to its weight', () => {
    const luminance = (2 * 100 * 110 + 2.55 ** 2) / (100 ** 2 + 110 ** 2 + 2.55 ** 2);
    expect(
      msSsim(
        gray(176, 176, () => 100),
        gray(176, 176, () => 110),
      ),
    ).toBeCloseTo(luminance ** 0.1333, 6);
  });

  it('forgives noise more the finer it is', () => {
    const plain = gray(176, 176, () => 128);
    const striped = (period: number): Picture => gray(176, 176, (x) => (x % period < period / 2 ? 118 : 138));
    expect(msSsim(plain, striped(2))).toBeGreaterThan(msSsim(plain, striped(16)) ?? 1);
  });
});

describe('foreground', () => {
  const truth = gray(4, 1, (x) => [255, 250, 249, 0][x] ?? 0);

  it('is what differs from the background by more than the threshold', () => {
    expect([...foregroundMask(truth, WHITE)]).toEqual([0, 0, 1, 1]);
  });

  it('PSNR ignores the rest of the picture', () => {
    const rendered = gray(4, 1, (x) => [0, 0, 239, 10][x] ?? 0);
    const mask = foregroundMask(truth, WHITE);
    expect(maskedPsnr(rendered, truth, mask)).toBeCloseTo(20 * Math.log10(25.5), 12);
    expect(maskedPsnr(rendered, truth, new Uint8Array(4))).toBeUndefined();
  });
});

describe('temporalFlicker', () => {
  const truth = [
    gray(4, 1, (x) => [255, 100, 100, 255][x] ?? 0),
    gray(4, 1, (x) => [255, 255, 100, 100][x] ?? 0),
  ] as const;
  const masks = [foregroundMask(truth[0], WHITE), foregroundMask(truth[1], WHITE)] as const;
  const shifted = (picture: Picture, levels: number): Picture => gray(4, 1, (x) => (picture.data[x * 3] ?? 0) - levels);

  it('does not see an error that stands still', () => {
    const rendered = [shifted(truth[0], 20), shifted(truth[1], 20)] as const;
    expect(temporalFlicker({ rendered, truth, masks })).toBe(0);
  });

  it('is the sum of the change over the size of the character', () => {
    const rendered = [truth[0], shifted(truth[1], 6)] as const;
    // Four pixels change by 6 levels too much; the character covers three of them.
    expect(temporalFlicker({ rendered, truth, masks })).toBeCloseTo((4 * 6) / 3, 12);
  });

  it('is undefined without a character', () => {
    const empty = [new Uint8Array(4), new Uint8Array(4)] as const;
    expect(temporalFlicker({ rendered: truth, truth, masks: empty })).toBeUndefined();
  });
});
