import { beforeAll, expect, it } from 'vitest';
import type { Clip } from '../../core/clip.ts';
import { perturbClip, SLIGHT, type Perturbation } from './perturb-clip.ts';

const SIDE = 96;
const WHITE = [255, 255, 255] as const;
const RED = [180, 40, 30] as const;
/** The character: a box, in pixels. */
const [LEFT, RIGHT, TOP, BOTTOM] = [30, 66, 20, 76];

const box = (): Uint8Array =>
  Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % SIDE, Math.floor(i / 3 / SIDE), i % 3];
    const isInside = x >= LEFT && x < RIGHT && y >= TOP && y < BOTTOM;
    return (isInside ? RED[c] : WHITE[c]) ?? 0;
  });

const clip: Clip = {
  ...{ width: SIDE, height: SIDE, fps: 10, frames: 3, background: [1, 1, 1] },
  cameras: [],
  images: [0, 1].map(() => Array.from({ length: 3 }, box)),
};

const NOTHING: Perturbation = { shift: 0, scale: 0, brightness: 0, warp: 0, jpegQuality: 100 };

interface Seen {
  readonly pixels: number;
  /** Middle of the character's pixels. */
  readonly x: number;
  readonly y: number;
  /** Colour in the middle of the picture. */
  readonly colour: readonly number[];
}

function look(rgb: Uint8Array): Seen {
  let [pixels, x, y] = [0, 0, 0];
  for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
    if (WHITE.every((value, c) => Math.abs((rgb[pixel * 3 + c] ?? 0) - value) <= 90)) continue;
    pixels++;
    x += pixel % SIDE;
    y += Math.floor(pixel / SIDE);
  }
  const middle = 3 * (48 * SIDE + 48);
  return { pixels, x: x / pixels, y: y / pixels, colour: [...rgb.subarray(middle, middle + 3)] };
}

const seen = async (seed: number, changes: Partial<Perturbation>): Promise<Seen[]> =>
  (await perturbClip(clip, seed, { ...NOTHING, ...changes })).images.flat().map(look);

const still = look(box());
let perturbed: Clip;
beforeAll(async () => {
  perturbed = await perturbClip(clip, 3);
});

it('same seed gives the same bytes, another seed others; each picture is moved by itself', async () => {
  expect((await perturbClip(clip, 3)).images).toEqual(perturbed.images);
  expect((await perturbClip(clip, 4)).images).not.toEqual(perturbed.images);
  const pictures = perturbed.images.flat().map((rgb) => rgb.join());
  expect(new Set(pictures).size).toBe(6);
});

it('leaves the clip as it is, and its size, cameras and background', () => {
  expect(clip.images.flat().map((rgb) => rgb.join())).toEqual(clip.images.flat().map(() => box().join()));
  expect({ ...perturbed, images: [] }).toEqual({ ...clip, images: [] });
  for (const rgb of perturbed.images.flat()) expect(rgb.length).toBe(SIDE * SIDE * 3);
});

it('beside the moved character there is exactly the background', () => {
  // Shift, warp, scale at the edge of the picture, and a pixel of resampling.
  const reach = Math.ceil(SLIGHT.shift + SLIGHT.warp + (SLIGHT.scale * SIDE) / 2 + 1);
  for (const rgb of perturbed.images.flat()) {
    for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
      const [x, y] = [pixel % SIDE, Math.floor(pixel / SIDE)];
      const isNear = x >= LEFT - reach && x < RIGHT + reach && y >= TOP - reach && y < BOTTOM + reach;
      if (!isNear) expect([...rgb.subarray(pixel * 3, pixel * 3 + 3)]).toEqual([...WHITE]);
    }
  }
});

it('shifts by up to the given number of pixels', async () => {
  const shifts = (await seen(0, { shift: 2 })).flatMap(({ x, y }) => [x - still.x, y - still.y]);
  expect(Math.max(...shifts.map(Math.abs))).toBeLessThanOrEqual(2.1);
  expect(Math.max(...shifts.map(Math.abs))).toBeGreaterThan(1);
  expect(Math.min(...shifts)).toBeLessThan(0);
  expect(Math.max(...shifts)).toBeGreaterThan(0);
});

it('scales about the middle, changes the brightness and warps, each alone', async () => {
  const areas = (await seen(0, { scale: 0.1 })).map(({ pixels }) => Math.sqrt(pixels / still.pixels));
  expect(Math.max(...areas)).toBeGreaterThan(1.03);
  expect(Math.min(...areas)).toBeLessThan(0.97);
  expect(Math.max(...areas.map((area) => Math.abs(area - 1)))).toBeLessThan(0.12);

  const lights = (await seen(0, { brightness: 0.2 })).map(({ colour }) => (colour[0] ?? 0) / RED[0]);
  expect(Math.max(...lights)).toBeGreaterThan(1.05);
  expect(Math.min(...lights)).toBeLessThan(0.95);
  expect(Math.max(...lights.map((light) => Math.abs(light - 1)))).toBeLessThan(0.22);

  const warped = await seen(0, { warp: 3 });
  expect(warped.some(({ x, y }) => Math.hypot(x - still.x, y - still.y) > 0.2)).toBe(true);
  for (const { x, y } of warped) expect(Math.hypot(x - still.x, y - still.y)).toBeLessThan(3);
});

it('without any change only the compression is left', async () => {
  for (const { pixels, colour } of await seen(0, {})) {
    expect(pixels).toBe(still.pixels);
    colour.forEach((value, c) => {
      expect(Math.abs(value - (RED[c] ?? 0))).toBeLessThanOrEqual(2);
    });
  }
});
