import type { AnimationSampler } from '@gltf-transform/core';

/** One animated property: values at increasing times. */
export interface Track {
  readonly times: Float64Array;
  /** [times, size], or [times, 3, size] (tangent in, value, tangent out) of a cubic spline. */
  readonly values: Float64Array;
  readonly size: 3 | 4;
  readonly interpolation: 'LINEAR' | 'STEP' | 'CUBICSPLINE';
}

/** The track of a sampler; undefined where it is no track of that size. Values of 4 are quaternions. */
export function trackOf(sampler: AnimationSampler, size: 3 | 4): Track | undefined {
  const [input, output] = [sampler.getInput(), sampler.getOutput()];
  const interpolation = sampler.getInterpolation();
  if (!input || output?.getElementSize() !== size) return undefined;
  const times = Float64Array.from({ length: input.getCount() }, (_, i) => input.getScalar(i));
  const values = new Float64Array(output.getCount() * size);
  const element: number[] = [];
  for (let i = 0; i < output.getCount(); i++) values.set(output.getElement(i, element), i * size);
  const needed = times.length * (interpolation === 'CUBICSPLINE' ? 3 : 1) * size;
  const isSound = times.length > 0 && values.length >= needed && times.every((time) => Number.isFinite(time));
  return isSound ? { times, values, size, interpolation } : undefined;
}

/** The value at a time; before the first and after the last key that key's. */
export function sampleTrack(track: Track, time: number): number[] {
  const { times, interpolation } = track;
  const next = firstAfter(times, time);
  if (next === 0) return keyOf(track, 0);
  if (next === times.length) return keyOf(track, times.length - 1);
  const [from, to] = [times[next - 1] ?? 0, times[next] ?? 0];
  const part = to > from ? (time - from) / (to - from) : 0;
  if (interpolation === 'STEP') return keyOf(track, next - 1);
  if (interpolation === 'CUBICSPLINE') return spline(track, next - 1, part, to - from);
  const [a, b] = [keyOf(track, next - 1), keyOf(track, next)];
  return track.size === 4 ? slerp(a, b, part) : a.map((value, c) => value + ((b[c] ?? 0) - value) * part);
}

function firstAfter(times: Float64Array, time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const between = (low + high) >> 1;
    if ((times[between] ?? Infinity) <= time) low = between + 1;
    else high = between;
  }
  return low;
}

const row = ({ values, size }: Track, index: number): number[] => [
  ...values.subarray(index * size, (index + 1) * size),
];

const keyOf = (track: Track, key: number): number[] =>
  row(track, track.interpolation === 'CUBICSPLINE' ? key * 3 + 1 : key);

function spline(track: Track, key: number, t: number, seconds: number): number[] {
  const [value, out] = [row(track, key * 3 + 1), row(track, key * 3 + 2)];
  const [arriving, next] = [row(track, key * 3 + 3), row(track, key * 3 + 4)];
  const [t2, t3] = [t * t, t * t * t];
  return value.map(
    (from, c) =>
      (2 * t3 - 3 * t2 + 1) * from +
      (t3 - 2 * t2 + t) * seconds * (out[c] ?? 0) +
      (3 * t2 - 2 * t3) * (next[c] ?? 0) +
      (t3 - t2) * seconds * (arriving[c] ?? 0),
  );
}

/** The shorter way between two rotations. */
function slerp(a: readonly number[], b: readonly number[], part: number): number[] {
  const cosine = a.reduce((sum, value, c) => sum + value * (b[c] ?? 0), 0);
  const sign = cosine < 0 ? -1 : 1;
  const angle = Math.acos(Math.min(1, Math.abs(cosine)));
  // Nearly the same rotation: the sines below would be 0 / 0.
  if (angle < 1e-6) return a.map((value, c) => value + (sign * (b[c] ?? 0) - value) * part);
  const [from, to] = [Math.sin((1 - part) * angle), sign * Math.sin(part * angle)];
  return a.map((value, c) => (from * value + to * (b[c] ?? 0)) / Math.sin(angle));
}
