import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPicture } from './read-picture.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'read-picture-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Left half red, right half blue. */
const halves = (width = 40, height = 20): Sharp => {
  const pixels = Buffer.alloc(width * height * 3);
  for (let p = 0; p < width * height; p++) pixels[p * 3 + (p % width < width / 2 ? 0 : 2)] = 255;
  return sharp(pixels, { raw: { width, height, channels: 3 } });
};

async function save(name: string, bytes: Uint8Array | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

describe('readPicture', () => {
  it.each(['png', 'jpeg', 'webp', 'tiff', 'gif'] as const)('reads %s', async (format) => {
    const { width, height, rgba } = await readPicture(
      await save(`halves.${format}`, await halves().toFormat(format).toBuffer()),
    );
    expect([width, height, rgba.length]).toEqual([40, 20, 3200]);
    expect(rgba[0]).toBeGreaterThan(230);
    expect(rgba[39 * 4 + 2]).toBeGreaterThan(230);
    expect(rgba[3]).toBe(255);
  });

  it('turns a photo the way its camera was held', async () => {
    const path = await save('turned.jpg', await halves().withMetadata({ orientation: 6 }).jpeg().toBuffer());
    const { width, height, rgba } = await readPicture(path);
    expect([width, height]).toEqual([20, 40]);
    expect(rgba[0]).toBeGreaterThan(230); // what was left is above
    expect(rgba[39 * 20 * 4 + 2]).toBeGreaterThan(230);
  });

  it('scales large pictures down, and small ones never up', async () => {
    const path = await save('large.png', await halves(400, 200).png().toBuffer());
    expect(await readPicture(path, { maxSide: 100 })).toMatchObject({ width: 100, height: 50 });
    expect(await readPicture(path, { maxSide: 1000 })).toMatchObject({ width: 400, height: 200 });
  });

  it('refuses what is no picture, a damaged one and a document, naming the file', async () => {
    const png = await halves().png().toBuffer();
    await expect(readPicture(await save('text.png', 'hello'))).rejects.toThrow(/text\.png is no picture/);
    await expect(readPicture(await save('cut.png', png.subarray(0, 80)))).rejects.toThrow(/cut\.png is a damaged/);
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>';
    await expect(readPicture(await save('a.svg', svg))).rejects.toThrow('of kind svg');
    await expect(readPicture(join(folder, 'none.png'))).rejects.toThrow('is not there');
  });
});
