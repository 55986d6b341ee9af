/** A point or direction in space. */
export type Vector = readonly [number, number, number];

export const add = (a: Vector, b: Vector): Vector => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const subtract = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const scale = (a: Vector, factor: number): Vector => [a[0] * factor, a[1] * factor, a[2] * factor];
export const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
export const length = (a: Vector): number => Math.hypot(a[0], a[1], a[2]);
export const distance = (a: Vector, b: Vector): number => length(subtract(a, b));
/** From `a` (at 0) to `b` (at 1). */
export const mix = (a: Vector, b: Vector, t: number): Vector => add(a, scale(subtract(b, a), t));

/** The direction of `a`, or `fallback` where it has none. */
export function normalize(a: Vector, fallback: Vector = [0, 0, 1]): Vector {
  const norm = length(a);
  return norm > 1e-12 ? scale(a, 1 / norm) : fallback;
}
