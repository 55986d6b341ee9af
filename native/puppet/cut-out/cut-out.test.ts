import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../test/helpers/random.ts';
import { AppError } from '../../../core/errors.ts';
import type { RgbaPicture } from '../../media/png.ts';
import { cutOut, type CutOut, type CutOutOptions } from './cut-out.ts';

type Colour = readonly [number, number, number];
type Shape = (x: number, y: number) => boolean;

const SIDE = 160;

/** A square picture by the colours of figure and background, edges smoothed over 4x4 samples; opaque. */
function paint(shape: Shape, figure: Colour, background: (x: number, y: number) => Colour): RgbaPicture {
  const rgba = new Uint8Array(SIDE * SIDE * 4);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const cover = coverage(shape, x, y);
      const back = background(x, y);
      const colour = figure.map((value, c) => Math.round(value * cover + (back[c] ?? 0) * (1 - cover)));
      rgba.set([...colour, 255], (y * SIDE + x) * 4);
    }
  }
  return { width: SIDE, height: SIDE, rgba };
}

function coverage(shape: Shape, x: number, y: number): number {
  let inside = 0;
  for (let k = 0; k < 16; k++) if (shape(x + ((k % 4) + 0.5) / 4, y + (Math.floor(k / 4) + 0.5) / 4)) inside++;
  return inside / 16;
}

const disc = (cx: number, cy: number, rx: number, ry = rx): Shape => {
  return (x, y) => Math.hypot((x - cx) / rx, (y - cy) / ry) < 1;
};
const bar = (left: number, top: number, right: number, bottom: number): Shape => {
  return (x, y) => x >= left && x < right && y >= top && y < bottom;
};
const any = (...shapes: readonly Shape[]): Shape => {
  return (x, y) => shapes.some((shape) => shape(x, y));
};
const less = (shape: Shape, hole: Shape): Shape => {
  return (x, y) => shape(x, y) && !hole(x, y);
};
const ring = (shape: Shape, inner: Shape): Shape => less(shape, inner);

const person = any(disc(80, 34, 15), bar(62, 48, 98, 100), bar(64, 98, 76, 140), bar(84, 98, 96, 140));
const white = (): Colour => [255, 255, 255];
const alphaAt = ({ rgba }: { rgba: Uint8Array }, x: number, y: number): number => rgba[(y * SIDE + x) * 4 + 3] ?? 0;

/** Intersection over union of alpha and the painted shape, both as shares of pixels. */
function iou(result: CutOut, shape: Shape): number {
  let [both, either] = [0, 0];
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const [a, b] = [alphaAt(result, x, y) / 255, coverage(shape, x, y)];
      both += Math.min(a, b);
      either += Math.max(a, b);
    }
  }
  return both / either;
}

const expectRefusal = async (picture: RgbaPicture, says: RegExp, options?: CutOutOptions): Promise<void> => {
  const error: unknown = await cutOut(picture, options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(AppError);
  expect(error).toMatchObject({ code: 'bad-input', message: expect.stringMatching(says) as string });
};

describe('a plain background', () => {
  it('is told from light grey clothes on white', async () => {
    const result = await cutOut(paint(person, [244, 244, 244], white));
    expect(result.how).toBe('border');
    expect(result.warnings).toEqual([]);
    expect(iou(result, person)).toBeGreaterThan(0.96);
  });

  it('may be a gradient with a vignette', async () => {
    const shade = (x: number, y: number): number => 1 - 0.5 * (((x - 80) / 160) ** 2 + ((y - 80) / 160) ** 2) - y / 900;
    const picture = paint(person, [90, 60, 50], (x, y) => [200 * shade(x, y), 210 * shade(x, y), 240 * shade(x, y)]);
    expect(iou(await cutOut(picture), person)).toBeGreaterThan(0.98);
  });

  it('may be noisy paper', async () => {
    const random = seededRandom(5);
    const grain = (): number => (random() - 0.5) * 14;
    const picture = paint(person, [60, 90, 160], () => [225 + grain(), 220 + grain(), 205 + grain()]);
    expect(iou(await cutOut(picture), person)).toBeGreaterThan(0.97);
  });

  it('leaves nothing of its colour in the soft rim', async () => {
    const result = await cutOut(paint(person, [200, 30, 30], () => [20, 180, 60]));
    let soft = 0;
    for (let index = 0; index < SIDE * SIDE; index++) {
      const [r = 0, g = 0, , a = 0] = result.rgba.subarray(index * 4, index * 4 + 4);
      if (a < 30) continue;
      if (a < 225) soft++;
      expect(g).toBeLessThan(60);
      expect(r).toBeGreaterThan(170);
    }
    expect(soft).toBeGreaterThan(40);
  });

  it('shows through between arm and body, while the whites of eyes stay', async () => {
    const arm = less(any(person, disc(104, 74, 26)), disc(110, 74, 11, 12));
    const eyes = any(disc(75, 33, 2.5), disc(86, 33, 2.5));
    const result = await cutOut(paint(less(arm, eyes), [120, 70, 40], white));
    expect(alphaAt(result, 110, 74)).toBe(0);
    expect(alphaAt(result, 75, 33)).toBe(255);
    expect(alphaAt(result, 86, 33)).toBe(255);
  });

  it('keeps its shadows on the ground', async () => {
    const shaded = (x: number, y: number): Colour => {
      const value = 255 * (1 - 0.3 * Math.exp(-2 * Math.hypot((x - 80) / 45, (y - 141) / 10) ** 2));
      return [value, value, value];
    };
    const result = await cutOut(paint(person, [170, 60, 60], shaded));
    expect(iou(result, person)).toBeGreaterThan(0.96);
  });

  it('may have specks, a frame and a far line of writing', async () => {
    const frame = less(bar(4, 4, 156, 156), bar(6, 6, 154, 154));
    const clutter = any(frame, bar(20, 20, 23, 23), bar(112, 146, 118, 149), bar(121, 146, 127, 149));
    const result = await cutOut(paint(any(person, clutter), [40, 40, 80], white));
    expect(iou(result, person)).toBeGreaterThan(0.95);
  });

  it('warns of a figure that is cut off, and of a second one', async () => {
    const cut = await cutOut(paint(any(person, bar(62, 98, 98, 160)), [60, 60, 60], white));
    expect(cut.warnings).toEqual([expect.stringContaining('cut off at the bottom')]);
    const pair = (x: number, y: number): boolean => person(x * 1.2 + 30, y) || person(x * 1.2 - 60, y);
    const two = await cutOut(paint(pair, [60, 60, 60], white));
    expect(two.warnings).toEqual([expect.stringContaining('more than one character')]);
  });
});

describe('a drawing', () => {
  const outline = any(
    ring(disc(80, 36, 24), disc(80, 36, 21.5)),
    ring(bar(60, 60, 100, 110), bar(62.5, 62.5, 97.5, 107.5)),
    bar(20, 70, 62, 72),
    bar(20, 80, 62, 82),
    bar(18, 70, 20, 82),
    bar(78, 108, 80.5, 148),
  );
  const filled = any(disc(80, 36, 24), bar(60, 60, 100, 110), bar(18, 70, 62, 82), bar(78, 108, 80.5, 148));
  const paper = (x: number, y: number): Colour => [200 + x / 8, 196 + x / 8, 190 - y / 8];

  it('is filled within its outline; lines and thin limbs stay', async () => {
    const result = await cutOut(paint(outline, [50, 40, 60], paper));
    expect(result.how).toBe('drawing');
    expect(iou(result, filled)).toBeGreaterThan(0.93);
    expect(alphaAt(result, 40, 76)).toBe(255);
    expect(alphaAt(result, 79, 140)).toBeGreaterThan(200);
  });

  it('may have a chink in its outline', async () => {
    const result = await cutOut(paint(less(outline, bar(97, 80, 101, 82)), [50, 40, 60], paper));
    expect(alphaAt(result, 80, 85)).toBe(255);
    expect(alphaAt(result, 130, 85)).toBe(0);
  });
});

describe('transparency and masks', () => {
  const withAlpha = (picture: RgbaPicture, shape: Shape): RgbaPicture => {
    const rgba = picture.rgba.map((value, at) =>
      at % 4 === 3 ? Math.round(255 * coverage(shape, (at >> 2) % SIDE, Math.floor((at >> 2) / SIDE))) : value,
    );
    return { ...picture, rgba };
  };
  const plain = paint(person, [180, 90, 40], white);

  it('keeps the alpha of a picture that has one', async () => {
    const result = await cutOut(withAlpha(plain, any(person, bar(5, 5, 7, 7))));
    expect(result.how).toBe('alpha');
    expect(iou(result, person)).toBeGreaterThan(0.999);
  });

  it('looks into a picture with a transparent margin', async () => {
    const result = await cutOut(withAlpha(plain, bar(6, 6, 154, 154)));
    expect(result.how).toBe('border');
    expect(iou(result, person)).toBeGreaterThan(0.98);
  });

  it("takes the artist's word, by brightness or by opacity", async () => {
    const half = bar(0, 0, 160, 80);
    for (const mask of [paint(half, [255, 255, 255], () => [0, 0, 0]), withAlpha(plain, half)]) {
      const result = await cutOut(plain, { mask });
      expect(result.how).toBe('mask');
      expect(iou(result, half)).toBeGreaterThan(0.999);
    }
  });

  it('refuses masks that say nothing', async () => {
    await expectRefusal(plain, /mask shows no character/, { mask: paint(person, [0, 0, 0], () => [0, 0, 0]) });
    await expectRefusal(plain, /mask shows no background/, { mask: paint(person, [255, 255, 255], white) });
    const small = { width: 20, height: 40, rgba: new Uint8Array(20 * 40 * 4) };
    await expectRefusal(plain, /make both the same size/, { mask: small });
  });
});

describe('a photo', () => {
  const random = seededRandom(9);
  const patches = Array.from({ length: 400 }, () => [random(), random(), random()].map((v) => 40 + 90 * v));
  const clutter = (x: number, y: number): Colour => {
    const [r = 0, g = 0, b = 0] = patches[Math.floor(y / 8) * 20 + Math.floor(x / 8)] ?? [];
    return [r, g, b];
  };
  const photo = paint(person, [235, 200, 60], clutter);
  const coarse = (shape: Shape) => () => {
    const values = Float32Array.from({ length: 40 * 40 }, (_, k) =>
      coverage(shape, (k % 40) * 4, Math.floor(k / 40) * 4),
    );
    return Promise.resolve({ width: 40, height: 40, values });
  };

  it('is cut along its edges from the coarse mask of a detector', async () => {
    const moved: Shape = (x, y) => person(x + 3, y + 2);
    const result = await cutOut(photo, { personMask: coarse(moved) });
    expect(result.how).toBe('person');
    expect(iou(result, person)).toBeGreaterThan(0.93);
  });

  it('is refused without one, and the message names the remedy', async () => {
    await expectRefusal(photo, /transparent background, or give a mask/);
    await expectRefusal(photo, /give a mask/, { personMask: () => Promise.resolve(undefined) });
    await expectRefusal(photo, /give a mask/, { personMask: coarse(() => false) });
  });
});

describe('pictures without a character', () => {
  it.each([
    ['one colour', () => paint(() => false, [0, 0, 0], white), /give a mask/],
    ['a speck', () => paint(bar(80, 80, 83, 83), [0, 0, 0], white), /give a mask/],
    ['all transparent', () => ({ width: 64, height: 64, rgba: new Uint8Array(64 * 64 * 4) }), /transparent nearly/],
    ['one pixel', () => ({ width: 1, height: 1, rgba: new Uint8Array([1, 2, 3, 255]) }), /use a larger one/],
    ['too large', () => ({ width: 12_000, height: 1, rgba: new Uint8Array(48_000) }), /scale it down/],
    ['too few bytes', () => ({ width: 100, height: 100, rgba: new Uint8Array(10) }), /10 bytes/],
    ['no size', () => ({ width: NaN, height: 4, rgba: new Uint8Array(0) }), /NaN/],
  ])('are refused: %s', async (_, picture, says) => {
    await expectRefusal(picture(), says);
  });
});
