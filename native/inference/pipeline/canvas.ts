import { AppError } from '../../../core/errors.ts';
import type { Size } from '../../../core/poses/draw/draw-skeleton.ts';
import { resizePicture } from './resize-picture.ts';
import type { RgbPicture } from './pixels.ts';

export interface Place extends Size {
  readonly x: number;
  readonly y: number;
}

/** What lies around the content: white around pictures, black around poses. */
export const WHITE = 255;
export const BLACK = 0;

/** Longest side of what is laid on a canvas. */
const MAX_SIDE = 16_384;

/**
 * Where content of this size lies on the networks' canvas (720x480). Training pasted square pictures of 480x480 into the
 * middle, so a square of any size fills that middle square; other shapes are fitted into it. What has the canvas' own shape, to
 * half a pixel, is taken to be laid out already, as the published examples are, and fills it.
 */
export function placeOn(canvas: Size, { width, height }: Size): Place {
  if (!(width > 0 && height > 0 && width <= MAX_SIDE && height <= MAX_SIDE)) {
    throw new AppError('bad-input', `Content of ${width}x${height} pixels cannot be laid out; use 1 to ${MAX_SIDE}.`);
  }
  const isLaidOut = Math.abs(width * (canvas.height / height) - canvas.width) <= 0.5;
  if (isLaidOut) return { x: 0, y: 0, width: canvas.width, height: canvas.height };
  const scale = Math.min(canvas.width, canvas.height) / Math.max(width, height);
  const placed = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  return {
    ...placed,
    x: Math.floor((canvas.width - placed.width) / 2),
    y: Math.floor((canvas.height - placed.height) / 2),
  };
}

/** `picture` on the canvas, scaled by Pillow's bicubic filter, with `background` (0..255) around it. */
export function toCanvas(picture: RgbPicture, canvas: Size, background: number): RgbPicture {
  const { x, y, width, height } = placeOn(canvas, picture);
  const { rgb: content } = resizePicture(picture, width, height);
  if (width === canvas.width && height === canvas.height) return { width, height, rgb: content };
  const rgb = new Uint8Array(canvas.width * canvas.height * 3).fill(background);
  for (let row = 0; row < height; row++) {
    rgb.set(content.subarray(row * width * 3, (row + 1) * width * 3), ((y + row) * canvas.width + x) * 3);
  }
  return { width: canvas.width, height: canvas.height, rgb };
}

/** The middle square of a canvas, in `size` x `size` pixels: what the ring's cameras see. */
export function fromCanvas(picture: RgbPicture, size: number): RgbPicture {
  const side = Math.min(picture.width, picture.height);
  const [x, y] = [Math.floor((picture.width - side) / 2), Math.floor((picture.height - side) / 2)];
  const rgb = new Uint8Array(side * side * 3);
  for (let row = 0; row < side; row++) {
    const from = ((y + row) * picture.width + x) * 3;
    rgb.set(picture.rgb.subarray(from, from + side * 3), row * side * 3);
  }
  return resizePicture({ width: side, height: side, rgb }, size, size);
}
