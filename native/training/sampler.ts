/**
 * Which pictures an iteration looks at, as a pure function of the seed and the iteration's number: a run that goes on
 * from a checkpoint sees the same pictures as one that was never interrupted.
 */

/** 32 random bits of (seed, stream, index): two rounds of a multiply-xorshift mix over the three numbers. */
export function randomBits(seed: number, stream: number, index: number): number {
  let h = 0x9e3779b9 ^ seed;
  for (const value of [stream, index, index / 0x100000000]) {
    h = Math.imul(h ^ value, 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 15), 0xc2b2ae35);
    h ^= h >>> 16;
  }
  return h >>> 0;
}

/** Uniform in [0, 1). */
export const randomUniform = (seed: number, stream: number, index: number): number =>
  randomBits(seed, stream, index) / 0x100000000;

/** A permutation of 0..count-1 (Fisher and Yates). */
export function randomPermutation(seed: number, stream: number, count: number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(randomUniform(seed, stream, i) * (i + 1));
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  return order;
}

/** What may be drawn: the window's frames, and how often one of the newly opened ones instead. */
export interface FrameChoice {
  readonly low: number;
  readonly high: number;
  readonly fresh: readonly number[];
  /** Share of iterations that look at a fresh frame; the rest draw from the whole window. */
  readonly focus: number;
  /** Frames that are never drawn: there is nothing to see in them. */
  readonly without?: readonly number[];
}

/** The frames of a choice that can be drawn, ascending. */
export function drawableFrames({ low, high, without = [] }: FrameChoice): number[] {
  return Array.from({ length: high - low + 1 }, (_, i) => low + i).filter((frame) => !without.includes(frame));
}

const VIEWS = 1;
const FRAMES = 2;
const FOCUS = 3;

/**
 * (view, frame) pairs of iterations first .. first + count - 1. Every view comes once before any comes twice. At least one
 * frame must be drawable.
 */
export function drawSamples(
  seed: number,
  views: readonly number[],
  frames: FrameChoice,
  first: number,
  count: number,
): Int32Array {
  const samples = new Int32Array(2 * count);
  const window = drawableFrames(frames);
  const fresh = frames.fresh.filter((frame) => window.includes(frame));
  let cycle = -1;
  let order: number[] = [];
  for (let k = 0; k < count; k++) {
    const iteration = first + k;
    if (Math.floor(iteration / views.length) !== cycle) {
      cycle = Math.floor(iteration / views.length);
      order = randomPermutation(seed, VIEWS + 16 * cycle, views.length);
    }
    samples[2 * k] = views[order[iteration % views.length] ?? 0] ?? 0;
    const pool = fresh.length > 0 && randomUniform(seed, FOCUS, iteration) < frames.focus ? fresh : window;
    const u = randomUniform(seed, FRAMES, iteration);
    samples[2 * k + 1] = pool[Math.floor(u * pool.length)] ?? frames.low;
  }
  return samples;
}
