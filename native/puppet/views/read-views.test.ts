import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RING_VIEWS, ringCameras } from '../../../core/ring.ts';
import { temporaryFolder } from '../../../test/helpers/temporary-folder.ts';
import { encodePng } from '../../media/png.ts';
import { readViews } from './read-views.ts';

type Paint = (x: number, y: number) => readonly number[];

/** A picture of some size, RGB or RGBA. */
function png(width: number, height: number, paint: Paint): Uint8Array {
  const pixels = Array.from({ length: width * height }, (_, p) => paint(p % width, Math.floor(p / width)));
  return encodePng(Uint8Array.from(pixels.flat()), width, height);
}

/** White with a block in the middle, whose red is the view's number. */
const block =
  (width: number, height: number, view: number): Paint =>
  (x, y) =>
    Math.abs(x - width / 2) < height / 5 && Math.abs(y - height / 2) < height / 3
      ? [view * 10, 90, 30]
      : [255, 255, 255];

interface Wanted {
  readonly size?: readonly [number, number];
  readonly name?: (view: number) => string;
  readonly paint?: (view: number) => Paint;
}

async function folderOf({ size: [width, height] = [24, 24], name = (view) => `view${view}.png`, paint }: Wanted = {}) {
  const folder = await temporaryFolder();
  for (let view = 0; view < RING_VIEWS; view++) {
    await writeFile(join(folder, name(view)), png(width, height, paint?.(view) ?? block(width, height, view)));
  }
  return folder;
}

describe('readViews', () => {
  it('reads the ring in the order of its numbers, not of the alphabet', async () => {
    const clip = await readViews(await folderOf());
    expect([clip.width, clip.height, clip.frames]).toEqual([24, 24, 1]);
    expect(clip.cameras).toEqual(ringCameras(24));
    expect(clip.images.map(([rgb]) => rgb?.[(12 * 24 + 12) * 3])).toEqual(
      Array.from({ length: RING_VIEWS }, (_, view) => view * 10),
    );
  });

  it.each([
    ['two digits', (view: number) => `view${String(view).padStart(2, '0')}.png`],
    ['underscores', (view: number) => `view_${view}.PNG`],
    ['nothing but numbers', (view: number) => `${view}.png`],
  ])('knows names with %s', async (_, name) => {
    expect((await readViews(await folderOf({ name }))).images).toHaveLength(RING_VIEWS);
  });

  it('takes no notice of other files', async () => {
    const folder = await folderOf();
    await writeFile(join(folder, 'notes.txt'), 'view0');
    await writeFile(
      join(folder, 'contact-sheet.png'),
      png(4, 4, () => [0, 0, 0]),
    );
    await mkdir(join(folder, 'view99'));
    expect((await readViews(folder)).images).toHaveLength(RING_VIEWS);
  });

  it('takes the middle square of 3:2 pictures', async () => {
    const clip = await readViews(await folderOf({ size: [72, 48] }));
    expect([clip.width, clip.height]).toEqual([48, 48]);
    const row = clip.images[5]?.[0]?.subarray(24 * 48 * 3, 25 * 48 * 3) ?? new Uint8Array();
    expect(row.filter((_, i) => i % 3 === 0).reduce((sum, red) => sum + (red === 50 ? 1 : 0), 0)).toBe(19);
    expect([row[0], row[23 * 3]]).toEqual([255, 50]);
  });

  it('puts transparent pictures on white', async () => {
    const paint = (view: number): Paint => {
      const opaque = block(24, 24, view);
      return (x, y) => (opaque(x, y)[1] === 90 ? [...opaque(x, y), x < 12 ? 255 : 128] : [0, 0, 0, 0]);
    };
    const [rgb] = (await readViews(await folderOf({ paint }))).images[4] ?? [];
    const at = (x: number): number[] => Array.from(rgb?.subarray((12 * 24 + x) * 3, (12 * 24 + x) * 3 + 3) ?? []);
    expect(at(1)).toEqual([255, 255, 255]);
    expect(at(10)).toEqual([40, 90, 30]);
    expect(at(13)[0]).toBeCloseTo((40 * 128 + 255 * 127) / 255, 0);
  });

  it('scales large pictures down', async () => {
    const folder = await temporaryFolder();
    const large = encodePng(new Uint8Array(1100 * 1000 * 3).fill(255), 1100, 1000);
    for (let view = 0; view < RING_VIEWS; view++) await writeFile(join(folder, `${view}.png`), large);
    const { width, images } = await readViews(folder);
    expect(width).toBeLessThanOrEqual(960);
    expect(images[20]?.[0]).toHaveLength(width * width * 3);
  });

  it('names a view that is missing', async () => {
    const folder = await folderOf();
    await rm(join(folder, 'view13.png'));
    await expect(readViews(folder)).rejects.toThrow(/lacks the picture of view 13; the ring has 21/);
    await expect(readViews(await temporaryFolder())).rejects.toThrow('view 0');
  });

  it('names twins', async () => {
    const folder = await folderOf();
    await writeFile(
      join(folder, 'view04.png'),
      png(24, 24, () => [255, 255, 255]),
    );
    await expect(readViews(folder)).rejects.toThrow(/has both .*view0?4\.png and view0?4\.png; remove one/);
  });

  it('refuses more views than the ring has', async () => {
    const folder = await folderOf();
    await writeFile(
      join(folder, 'view21.png'),
      png(24, 24, () => [255, 255, 255]),
    );
    await expect(readViews(folder)).rejects.toThrow('has 22 pictures of views');
  });

  it('names the picture whose size differs', async () => {
    const folder = await folderOf();
    await writeFile(join(folder, 'view7.png'), png(26, 26, block(26, 26, 7)));
    await expect(readViews(folder)).rejects.toThrow(/view7\.png is not of the size of the other views/);
  });

  it('names a picture that is damaged, and a folder that is none', async () => {
    const folder = await folderOf();
    await writeFile(join(folder, 'view3.png'), 'no picture');
    await expect(readViews(folder)).rejects.toThrow(/view3\.png is no picture/);
    await expect(readViews(join(folder, 'view3.png'))).rejects.toThrow('is no folder of view pictures');
    await expect(readViews(join(folder, 'nowhere'))).rejects.toThrow('is no folder of view pictures');
  });

  it('names a folder that is called like a picture', async () => {
    const folder = await folderOf();
    await rename(join(folder, 'view2.png'), join(folder, 'other.png'));
    await mkdir(join(folder, 'view2.png'));
    await expect(readViews(folder)).rejects.toThrow('view2.png');
  });
});
