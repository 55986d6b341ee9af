import { add, cross, dot, scale, subtract, type Vector } from './vector.ts';

/** A line through `origin` along `direction`, which has unit length. */
export interface Line {
  readonly origin: Vector;
  readonly direction: Vector;
  /** How much the line counts; 1 without it. */
  readonly weight?: number;
}

/** The point with the smallest sum of weighted squared distances to some lines; undefined when all are parallel. */
export function nearestPoint(lines: readonly Line[]): Vector | undefined {
  // Sum over the lines of w (I - d d^T) (x - o) = 0, column by column.
  let columns: [Vector, Vector, Vector] = [
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ];
  let right: Vector = [0, 0, 0];
  for (const { origin, direction, weight = 1 } of lines) {
    const across = (v: Vector): Vector => scale(subtract(v, scale(direction, dot(direction, v))), weight);
    columns = [
      add(columns[0], across([1, 0, 0])),
      add(columns[1], across([0, 1, 0])),
      add(columns[2], across([0, 0, 1])),
    ];
    right = add(right, across(origin));
  }
  const [a, b, c] = columns;
  const whole = dot(a, cross(b, c));
  if (Math.abs(whole) < 1e-9) return undefined;
  return [dot(right, cross(b, c)) / whole, dot(a, cross(right, c)) / whole, dot(a, cross(b, right)) / whole];
}
