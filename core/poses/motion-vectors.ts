import type { Vector } from './motion.ts';

export const add = (a: Vector, b: Vector): Vector => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const subtract = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const scale = (a: Vector, factor: number): Vector => [a[0] * factor, a[1] * factor, a[2] * factor];
export const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const length = (a: Vector): number => Math.hypot(...a);
export const distance = (a: Vector, b: Vector): number => length(subtract(a, b));
export const middle = (a: Vector, b: Vector): Vector => scale(add(a, b), 0.5);

export const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

/** The direction of a vector; zeros of a vector without one. */
export function unit(a: Vector): Vector {
  const size = length(a);
  return size > 0 && Number.isFinite(size) ? scale(a, 1 / size) : [0, 0, 0];
}

/** What of a vector is at a right angle to a direction. */
export const across = (a: Vector, direction: Vector): Vector => subtract(a, scale(direction, dot(a, direction)));
