import { add, dot, length, scale, subtract, type Vector } from '../vector.ts';

export const middle = (a: Vector, b: Vector): Vector => scale(add(a, b), 0.5);

/** The direction of a vector; zeros of a vector without one. */
export function unit(a: Vector): Vector {
  const size = length(a);
  return size > 0 && Number.isFinite(size) ? scale(a, 1 / size) : [0, 0, 0];
}

/** What of a vector is at a right angle to a direction. */
export const across = (a: Vector, direction: Vector): Vector => subtract(a, scale(direction, dot(a, direction)));
