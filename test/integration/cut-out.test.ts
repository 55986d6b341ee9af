import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { RgbaPicture } from '../../native/media/png.ts';
import { readPicture } from '../../native/media/read-picture.ts';
import { cutOut } from '../../native/puppet/cut-out/cut-out.ts';

const fixture = (name: string): Promise<RgbaPicture> =>
  readPicture(join(import.meta.dirname, '../fixtures/cut-out', name));

type Mask = Uint8Array;

/** Intersection over union of what is seen in a cut-out and a mask. */
function iou(rgba: Uint8Array, truth: Mask): number {
  let [both, either] = [0, 0];
  truth.forEach((inside, index) => {
    const seen = (rgba[index * 4 + 3] ?? 0) >= 20;
    if (seen && inside) both++;
    if (seen || inside) either++;
  });
  return both / either;
}

/** Where a rendered picture is not pure white. */
const rendered = ({ rgba }: RgbaPicture): Mask =>
  Uint8Array.from({ length: rgba.length / 4 }, (_, index) =>
    rgba.subarray(index * 4, index * 4 + 3).every((value) => value === 255) ? 0 : 1,
  );

/** A rendered picture in front of something else; the white that its edges are mixed with stays a rim of one pixel. */
function inFrontOf(picture: RgbaPicture, mask: Mask, background: (x: number, y: number) => number[]): RgbaPicture {
  const { width, height } = picture;
  const rgba = picture.rgba.slice();
  mask.forEach((inside, index) => {
    if (!inside) rgba.set(background((index % width) / width, Math.floor(index / width) / height), index * 4);
  });
  return { width, height, rgba };
}

async function asJpeg({ rgba, width, height }: RgbaPicture, quality: number): Promise<RgbaPicture> {
  const jpeg = await sharp(rgba, { raw: { width, height, channels: 4 } })
    .jpeg({ quality })
    .toBuffer();
  return { width, height, rgba: await sharp(jpeg).ensureAlpha().raw().toBuffer() };
}

describe('cut-out of a rendered character', () => {
  it('from white, where its shoes are white as well', async () => {
    const picture = await fixture('cyborg.png');
    const result = await cutOut(picture);
    expect(result).toMatchObject({ how: 'border', warnings: [] });
    expect(iou(result.rgba, rendered(picture))).toBeGreaterThan(0.97);
  });

  it.each([
    ['a colour', () => [0, 160, 60]],
    ['a grey gradient', (_: number, y: number) => [235 - 40 * y, 235 - 38 * y, 238 - 30 * y]],
    ['a dark vignette', (x: number, y: number) => [0, 1, 2].map(() => 70 - 80 * ((x - 0.5) ** 2 + (y - 0.5) ** 2))],
  ])('from %s', async (_, background) => {
    const picture = await fixture('cyborg.png');
    const mask = rendered(picture);
    const result = await cutOut(inFrontOf(picture, mask, background));
    expect(result).toMatchObject({ how: 'border', warnings: [] });
    expect(iou(result.rgba, mask)).toBeGreaterThan(0.95);
  });

  it('from a JPEG of middling quality', async () => {
    const picture = await fixture('cyborg.png');
    expect(iou((await cutOut(await asJpeg(picture, 60))).rgba, rendered(picture))).toBeGreaterThan(0.93);
  });
});

describe("cut-out of a child's drawing", () => {
  it('fills head, arms, body and skirt, and keeps its thin arms', async () => {
    const [picture, mask] = await Promise.all([fixture('drawing.png'), fixture('drawing-mask.png')]);
    const truth = Uint8Array.from({ length: mask.rgba.length / 4 }, (_, index) =>
      (mask.rgba[index * 4] ?? 0) > 127 ? 1 : 0,
    );
    const result = await cutOut(picture);
    expect(result.how).toBe('drawing');
    expect(iou(result.rgba, truth)).toBeGreaterThan(0.87);
  });
});
