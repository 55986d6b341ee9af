import type { RgbPicture } from '../../media/picture-tasks.ts';
import { floatTensor, type Tensor } from '../../onnx/tensor.ts';
import { floatsOf } from './floats.ts';

export type { RgbPicture };

/** Pictures of one size as a video for the coder: [1, 3, frames, height, width], 0..255 as -1..1. */
export function videoOf(pictures: readonly RgbPicture[]): Tensor {
  const { width, height } = sizeOf(pictures);
  const plane = width * height;
  const values = new Float32Array(3 * pictures.length * plane);
  pictures.forEach(({ rgb }, frame) => {
    for (let channel = 0; channel < 3; channel++) {
      const at = (channel * pictures.length + frame) * plane;
      for (let i = 0; i < plane; i++) values[at + i] = Math.fround((rgb[i * 3 + channel] ?? 0) / 255) * 2 - 1;
    }
  });
  return floatTensor(values, [1, 3, pictures.length, height, width]);
}

function sizeOf(pictures: readonly RgbPicture[]): { width: number; height: number } {
  const [first] = pictures;
  if (!first || pictures.some(({ width, height }) => width !== first.width || height !== first.height)) {
    throw new RangeError('A video is made of one or more pictures of one size.');
  }
  return first;
}

/** What the coder decoded, about -1..1, as brightness clamped to 0..1; same shape. */
export function brightnessOf(video: Tensor): Tensor {
  return floatTensor(
    floatsOf(video).map((x) => Math.min(1, Math.max(0, x / 2 + 0.5))),
    video.dims,
  );
}

/** The first `count` frames of what the coder decoded, [1, 3, frames, height, width]; halves are rounded to even as numpy does. */
export function picturesOf(video: Tensor, count = video.dims[2] ?? 0): RgbPicture[] {
  const [, , frames = 0, height = 0, width = 0] = video.dims;
  const values = floatsOf(video);
  const plane = width * height;
  return Array.from({ length: Math.min(count, frames) }, (_, frame) => {
    const rgb = new Uint8Array(plane * 3);
    for (let channel = 0; channel < 3; channel++) {
      const at = (channel * frames + frame) * plane;
      for (let i = 0; i < plane; i++) rgb[i * 3 + channel] = levelOf(values[at + i] ?? 0);
    }
    return { width, height, rgb };
  });
}

function levelOf(value: number): number {
  const exact = Math.fround(Math.min(1, Math.max(0, Math.fround(value / 2 + 0.5))) * 255);
  const rounded = Math.round(exact);
  return rounded - exact === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}
