import { expect, test } from 'vitest';
import type { RgbPicture } from '../../media/picture-tasks.ts';
import { cropToPicture, mirrorRows, pictureToCrop, sampleCrop, sampleInto, wholePicture } from './crop.ts';

/** A picture whose red is 10 x column + row. */
const ramp = (width: number, height: number): RgbPicture => {
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) rgb[(y * width + x) * 3] = 10 * x + y;
  return { width, height, rgb };
};

const reds = (crop: Float32Array): number[] =>
  Array.from({ length: crop.length / 3 }, (_, p) => Math.round((crop[p * 3] ?? 0) * 100) / 100);

test('the whole picture at its own size is the picture', () => {
  const picture = ramp(3, 3);
  expect(reds(sampleCrop(picture, wholePicture(picture), 3, 255))).toEqual([0, 10, 20, 1, 11, 21, 2, 12, 22]);
});

test('a quarter turn clockwise takes columns for rows', () => {
  const crop = sampleCrop(ramp(3, 3), { x: 1.5, y: 1.5, side: 3, angle: Math.PI / 2 }, 3, 255);
  // what stood at the right is on top, because the crop's upright points there
  expect(reds(crop)).toEqual([20, 21, 22, 10, 11, 12, 0, 1, 2]);
});

test('between pixels colours are mixed, outside is black, and values end at `white`', () => {
  const white: RgbPicture = { width: 2, height: 2, rgb: new Uint8Array(12).fill(255) };
  const half = sampleCrop(white, { x: 0, y: 1, side: 2, angle: 0 }, 2);
  expect(reds(half)).toEqual([0, 1, 0, 1]);
  expect(reds(sampleCrop(ramp(2, 1), { x: 1, y: 0.5, side: 1, angle: 0 }, 1, 255))).toEqual([5]);
});

test('whole numbers are rounded, halves up', () => {
  const crop = { x: 1.25, y: 0.5, side: 1, angle: 0 };
  const sample = (red: number): number | undefined => {
    const rgb = Uint8Array.from([0, 0, 0, red, 0, 0]);
    return sampleInto(new Int32Array(3), { width: 2, height: 1, rgb }, crop, 1, 255)[0];
  };
  // three quarters of the right pixel
  expect([1, 2, 3].map(sample)).toEqual([1, 2, 2]);
});

test('at the borders of a turned crop nothing comes from the other side of the picture', () => {
  const rgb = new Uint8Array(4 * 3 * 3);
  for (let y = 0; y < 3; y++) rgb.fill(255, (y * 4 + 3) * 3, (y * 4 + 4) * 3);
  const reds8 = reds(sampleCrop({ width: 4, height: 3, rgb }, { x: 0, y: 1.5, side: 4, angle: Math.PI }, 8));
  expect(Math.max(...reds8)).toBe(0);
});

test('a picture much finer than the crop is averaged', () => {
  const rgb = new Uint8Array(16 * 16 * 3).map((_, i) => (Math.floor(i / 3) % 2 === 0 ? 200 : 0));
  const crop = sampleCrop({ width: 16, height: 16, rgb }, { x: 8, y: 8, side: 16, angle: 0 }, 4, 255);
  for (const red of reds(crop)) expect(red).toBeCloseTo(100, 0);
});

test('places are found back', () => {
  const crop = { x: 40, y: -7, side: 90, angle: 0.7 };
  const [x, y] = cropToPicture(crop, 0.2, 0.9);
  const [u, v] = pictureToCrop(crop, x, y);
  expect([u, v]).toEqual([expect.closeTo(0.2), expect.closeTo(0.9)]);
});

test('a mirror turns the rows around, colours kept', () => {
  const pixels = Int32Array.from([
    ...[1, 2, 3],
    ...[4, 5, 6],
    ...[7, 8, 9],
    ...Array.from({ length: 18 }, (_, i) => 10 + i),
  ]);
  const before = Int32Array.from(pixels);
  mirrorRows(pixels, 3);
  expect([...pixels.subarray(0, 9)]).toEqual([7, 8, 9, 4, 5, 6, 1, 2, 3]);
  mirrorRows(pixels, 3);
  expect(pixels).toEqual(before);
});
