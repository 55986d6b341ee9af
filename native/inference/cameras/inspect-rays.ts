import type { Camera } from '../../../core/camera.ts';
import { AppError } from '../../../core/errors.ts';
import type { Tensor } from '../../onnx/tensor.ts';
import { floatsOf } from '../pipeline/floats.ts';
import { canvasCamera, raysOf, type RayConvention } from './ray-embedding.ts';

/** How well an embedding follows one convention. */
export interface RayMatch {
  readonly convention: RayConvention;
  /** Root mean square difference of the direction channels. */
  readonly directionError: number;
  /** The same of the moment channels, after `momentScale`. */
  readonly momentError: number;
  /** What the convention's moments must be multiplied by to come nearest: 1 where the world is as large as the ring's. */
  readonly momentScale: number;
}

/** What an embedding [6, height, width] shows of itself, and the conventions, the best one first. */
export interface RayReport {
  /** Lengths of channels 0..2 and of channels 3..5 over all pixels. Directions of unit length show as 1 and 1. */
  readonly lengths: readonly { readonly least: number; readonly most: number }[];
  /** Largest product of the two halves; 0 for true Plücker coordinates, whatever the convention. */
  readonly worstProduct: number;
  /**
   * For each channel whether it is even (1) or odd (-1) about the picture's middle column, to a thousandth of its size, or neither
   * (0). Directions of view 0 are.
   */
  readonly symmetry: readonly (-1 | 0 | 1)[];
  readonly matches: readonly RayMatch[];
}

const CONVENTIONS: readonly RayConvention[] = (['moment, direction', 'direction, moment'] as const).flatMap((order) =>
  (['o x d', 'd x o'] as const).flatMap((moment) =>
    (['world', 'first camera'] as const).flatMap((frame) =>
      (['unit', 'forward 1'] as const).flatMap((direction) =>
        (['height', 'width'] as const).map((field) => ({ order, moment, frame, direction, field })),
      ),
    ),
  ),
);

/**
 * Says which of the likely conventions an embedding follows, from its numbers alone. View 0 cannot tell everything (in its own
 * frame all its moments are 0): ask with another view.
 * @param camera The ring's camera that the embedding is of, and `first` that of view 0; only where they stand counts.
 * Throws an `AppError` where the tensor is no embedding.
 */
export function inspectRays(embedding: Tensor, camera: Camera, first: Camera): RayReport {
  const [channels = 0, height = 0, width = 0] = embedding.dims;
  const values = floatsOf(embedding);
  if (embedding.dims.length !== 3 || channels !== 6 || height * width === 0 || !values.every(Number.isFinite)) {
    const shape = embedding.dims.join(', ');
    throw new AppError(
      'bad-input',
      `A tensor of shape [${shape}] is no ray embedding; it has finite numbers [6, h, w].`,
    );
  }
  const pixels = sampledPixels(width, height);
  const plane = width * height;
  const sample = ofChannels(pixels, ([column, row], channel) => values[channel * plane + row * width + column] ?? NaN);
  const matches = CONVENTIONS.map((convention) => {
    const ray = raysOf(canvasCamera(camera, width, height, convention.field), first, convention);
    const rays = pixels.map(([column, row]) => ray(column, row));
    return match(
      sample,
      ofChannels(rays, (six, channel) => six[channel] ?? NaN),
      convention,
    );
  });
  const error = (m: RayMatch): number => m.directionError + m.momentError + (m.momentScale > 0 ? 0 : 1);
  return {
    lengths: [0, 1].map((half) => lengthsOf(values, half)),
    worstProduct: worstProduct(values),
    symmetry: Array.from({ length: 6 }, (_, channel) =>
      symmetryOf(values.subarray(channel * plane, (channel + 1) * plane), width),
    ),
    matches: matches.sort((a, b) => error(a) - error(b)),
  };
}

/** Pixels, evenly spread, that conventions are compared at. */
const SAMPLES_A_SIDE = 32;

type Pixel = readonly [column: number, row: number];

function sampledPixels(width: number, height: number): Pixel[] {
  const spread = (size: number): number[] => {
    const count = Math.min(size, SAMPLES_A_SIDE);
    return Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * size) / count));
  };
  return spread(height).flatMap((row) => spread(width).map((column): Pixel => [column, row]));
}

/** Six channels one after another, of what belongs to each pixel. */
function ofChannels<T>(items: readonly T[], value: (item: T, channel: number) => number): Float32Array {
  return Float32Array.from({ length: 6 * items.length }, (_, i) => {
    const item = items[i % items.length];
    return item === undefined ? NaN : value(item, Math.floor(i / items.length));
  });
}

function match(values: Float32Array, expected: Float32Array, convention: RayConvention): RayMatch {
  const half = values.length / 2;
  const momentsAt = convention.order === 'moment, direction' ? 0 : half;
  const directionsAt = half - momentsAt;
  const cut = (list: Float32Array, at: number): Float32Array => list.subarray(at, at + half);
  const [moments, wanted] = [cut(values, momentsAt), cut(expected, momentsAt)];
  const power = dot(wanted, wanted);
  const momentScale = power > 0 ? dot(moments, wanted) / power : 1;
  return {
    convention,
    directionError: difference(cut(values, directionsAt), cut(expected, directionsAt), 1),
    momentError: difference(moments, wanted, momentScale),
    momentScale,
  };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

function difference(a: Float32Array, b: Float32Array, scale: number): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] ?? 0) - scale * (b[i] ?? 0)) ** 2;
  return Math.sqrt(sum / a.length);
}

function lengthsOf(values: Float32Array, half: number): { least: number; most: number } {
  const plane = values.length / 6;
  let [least, most] = [Infinity, 0];
  for (let i = half * 3 * plane; i < (half * 3 + 1) * plane; i++) {
    const length = Math.hypot(values[i] ?? 0, values[i + plane] ?? 0, values[i + 2 * plane] ?? 0);
    least = Math.min(least, length);
    most = Math.max(most, length);
  }
  return { least, most };
}

function worstProduct(values: Float32Array): number {
  const plane = values.length / 6;
  let worst = 0;
  for (let i = 0; i < plane; i++) {
    let product = 0;
    for (let k = 0; k < 3; k++) product += (values[k * plane + i] ?? 0) * (values[(k + 3) * plane + i] ?? 0);
    worst = Math.max(worst, Math.abs(product));
  }
  return worst;
}

function symmetryOf(channel: Float32Array, width: number): -1 | 0 | 1 {
  let [even, odd, most] = [0, 0, 0];
  channel.forEach((value, i) => {
    const mirrored = channel[i - (i % width) + width - 1 - (i % width)] ?? 0;
    even = Math.max(even, Math.abs(value - mirrored));
    odd = Math.max(odd, Math.abs(value + mirrored));
    most = Math.max(most, Math.abs(value));
  });
  if (even <= most / 1000) return 1;
  return odd <= most / 1000 ? -1 : 0;
}
