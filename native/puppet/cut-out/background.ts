import type { Mask, Size } from './raster.ts';
import { smoothField } from './smooth.ts';

/** What the background would look like everywhere, in OKLab. */
export interface Background {
  /** [height, width, 3] */
  readonly colours: Float32Array;
  /** Standard deviation of the background's pixels around it, robust. */
  readonly noise: number;
  /** Share of the border's pixels that it explains. */
  readonly explained: number;
}

/** Polynomial in x and y (each -1..1 over the picture): how many of the terms 1, x, y, x^2, xy, y^2 count. */
const TERMS = 6;
/** Terms of the rounds of fitting: the plain colour first, or outliers would bend the surface. */
const ROUNDS = [1, 3, 3, 3, 6, 6, 6, 6] as const;
const FIRST_REACH = 0.1;
const LEAST_REACH = 0.015;
const MAX_SAMPLES = 6000;
/** Colours of the border are counted in cubes of this side to find the commonest. */
const CUBE = 0.04;

/**
 * The background by the picture's border: a polynomial surface through its commonest colour, drawn on as far as colours
 * follow it, so that a character that touches the border does not pull at it.
 * @param lab [height, width, 3], OKLab
 */
export function fitBackground(lab: Float32Array, size: Size): Background {
  const samples = borderSamples(size);
  const fitted = Float64Array.from({ length: TERMS * 3 }, () => 0);
  commonestColour(lab, samples).forEach((value, channel) => (fitted[channel * TERMS] = value));
  let reach = FIRST_REACH;
  let noise = 0;
  for (const terms of ROUNDS) {
    const near = samples.filter((index) => residual(lab, index, fitted, size) < reach);
    fitSurface(lab, near, terms, size, fitted);
    const residuals = near.map((index) => residual(lab, index, fitted, size));
    noise = median(residuals) / 1.54;
    reach = Math.min(Math.max(4 * noise, LEAST_REACH), FIRST_REACH);
  }
  const explained = samples.filter((index) => residual(lab, index, fitted, size) < Math.max(reach, 0.03)).length;
  const colours = new Float32Array(lab.length);
  for (let index = 0; index < lab.length / 3; index++) {
    for (let channel = 0; channel < 3; channel++) {
      colours[index * 3 + channel] = surfaceAt(fitted, channel, index, size);
    }
  }
  return { colours, noise, explained: explained / samples.length };
}

/** The background bent smoothly to the pixels that are known to belong to it. */
export function refineBackground(lab: Float32Array, known: Mask, size: Size, before: Background): Background {
  // What the surface lacks is smoother than the background itself, and bridges the figure with smaller errors.
  const lack = smoothField(
    lab.map((value, at) => value - (before.colours[at] ?? 0)),
    known,
    size,
    64,
  );
  const colours = lack.map((value, at) => value + (before.colours[at] ?? 0));
  const residuals: number[] = [];
  const step = Math.max(1, Math.floor(known.length / 20_000));
  for (let index = 0; index < known.length; index += step) {
    if (known[index]) residuals.push(distanceAt(lab, colours, index));
  }
  return { ...before, colours, noise: median(residuals) / 1.54 };
}

/** Distance of two OKLab pictures at a pixel. */
export function distanceAt(a: Float32Array, b: Float32Array, index: number): number {
  const i = index * 3;
  const l = (a[i] ?? 0) - (b[i] ?? 0);
  const u = (a[i + 1] ?? 0) - (b[i + 1] ?? 0);
  const v = (a[i + 2] ?? 0) - (b[i + 2] ?? 0);
  // Math.hypot guards against overflow and takes ten times as long.
  return Math.sqrt(l * l + u * u + v * v);
}

function borderSamples({ width, height }: Size): number[] {
  const band = Math.max(2, Math.round(Math.min(width, height) * 0.015));
  const samples: number[] = [];
  for (let y = 0; y < height; y++) {
    const whole = y < band || y >= height - band;
    for (let x = 0; x < width; x++) {
      if (whole || x < band || x >= width - band) samples.push(y * width + x);
    }
  }
  // A stride that shares no factor with the band's width, or whole columns would be left out.
  const step = Math.ceil(samples.length / MAX_SAMPLES) | 1;
  return samples.filter((_, position) => position % step === 0);
}

function commonestColour(lab: Float32Array, samples: readonly number[]): number[] {
  const counts = new Map<string, number>();
  const cubeOf = (index: number, shift: number): string =>
    [0, 1, 2].map((channel) => Math.floor((lab[index * 3 + channel] ?? 0) / CUBE + shift)).join();
  // Two sets of cubes, half a cube apart: a colour at the edge of one is inside the other.
  for (const shift of [0, 0.5]) {
    for (const index of samples) {
      const key = `${shift}:${cubeOf(index, shift)}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  let best = '';
  for (const [key, count] of counts) if (count > (counts.get(best) ?? 0)) best = key;
  const shift = best.startsWith('0:') ? 0 : 0.5;
  const members = samples.filter((index) => `${shift}:${cubeOf(index, shift)}` === best);
  return [0, 1, 2].map((channel) => median(members.map((index) => lab[index * 3 + channel] ?? 0)));
}

/** Writes the surface of least squares into `fitted`; leaves it where too few samples are at hand. */
function fitSurface(
  lab: Float32Array,
  samples: readonly number[],
  terms: number,
  size: Size,
  fitted: Float64Array,
): void {
  if (samples.length < terms * 4) return;
  const columns = terms + 3;
  const matrix = new Float64Array(terms * columns);
  for (const index of samples) {
    const basis = basisAt(index, size);
    for (let r = 0; r < terms; r++) {
      const weight = basis[r] ?? 0;
      for (let c = 0; c < columns; c++) {
        const value = c < terms ? (basis[c] ?? 0) : (lab[index * 3 + c - terms] ?? 0);
        matrix[r * columns + c] = (matrix[r * columns + c] ?? 0) + weight * value;
      }
    }
  }
  // A touch of ridge keeps the system solvable when the samples lie on one side only.
  for (let r = 1; r < terms; r++) {
    matrix[r * columns + r] = (matrix[r * columns + r] ?? 0) + 1e-4 * samples.length;
  }
  eliminate(matrix, terms, columns);
  fitted.fill(0);
  for (let r = 0; r < terms; r++) {
    for (let channel = 0; channel < 3; channel++) {
      fitted[channel * TERMS + r] = (matrix[r * columns + terms + channel] ?? 0) / (matrix[r * columns + r] ?? 1);
    }
  }
}

/** Gauss-Jordan on a positive definite matrix with right-hand sides beside it. */
function eliminate(matrix: Float64Array, rows: number, columns: number): void {
  for (let pivot = 0; pivot < rows; pivot++) {
    for (let r = 0; r < rows; r++) {
      if (r === pivot) continue;
      const factor = (matrix[r * columns + pivot] ?? 0) / (matrix[pivot * columns + pivot] ?? 1);
      for (let c = pivot; c < columns; c++) {
        matrix[r * columns + c] = (matrix[r * columns + c] ?? 0) - factor * (matrix[pivot * columns + c] ?? 0);
      }
    }
  }
}

function basisAt(index: number, { width, height }: Size): number[] {
  const x = (((index % width) + 0.5) / width) * 2 - 1;
  const y = ((Math.floor(index / width) + 0.5) / height) * 2 - 1;
  return [1, x, y, x * x, x * y, y * y];
}

function surfaceAt(fitted: Float64Array, channel: number, index: number, { width, height }: Size): number {
  const x = (((index % width) + 0.5) / width) * 2 - 1;
  const y = ((Math.floor(index / width) + 0.5) / height) * 2 - 1;
  const f = channel * TERMS;
  const [c, cx, cy] = [fitted[f] ?? 0, fitted[f + 1] ?? 0, fitted[f + 2] ?? 0];
  return (
    c + cx * x + cy * y + (fitted[f + 3] ?? 0) * x * x + (fitted[f + 4] ?? 0) * x * y + (fitted[f + 5] ?? 0) * y * y
  );
}

function residual(lab: Float32Array, index: number, fitted: Float64Array, size: Size): number {
  let sum = 0;
  for (let channel = 0; channel < 3; channel++) {
    sum += ((lab[index * 3 + channel] ?? 0) - surfaceAt(fitted, channel, index, size)) ** 2;
  }
  return Math.sqrt(sum);
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.floor(sorted.length * share)] ?? 0;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);
