import { cross, dot, normalize, scale, subtract, type Vector } from '../../../core/vector.ts';

/** Directions of a part of the trunk: the person's own left, up and forward, orthonormal. */
export interface BodyFrame {
  readonly left: Vector;
  readonly up: Vector;
  readonly forward: Vector;
}

/** The frame whose left is exactly the direction of `left`; `up` gives the rest. */
export function bodyFrame(left: Vector, up: Vector): BodyFrame {
  const side = normalize(left, [1, 0, 0]);
  const square = normalize(subtract(up, scale(side, dot(up, side))), [0, -1, 0]);
  return { left: side, up: square, forward: cross(side, square) };
}
