import { fromAxes, type Quaternion } from '../../../core/quaternion.ts';
import { cross, dot, normalize, scale, subtract, type Vector } from '../../../core/vector.ts';

/**
 * The rotation that carries the world's axes onto those of a body part: x to its left, z along `up`, y backwards. `left`
 * gives way where the two are not square.
 */
export function partAxes(left: Vector, up: Vector): Quaternion {
  const z = normalize(up);
  const x = normalize(subtract(left, scale(z, dot(left, z))), [1, 0, 0]);
  return fromAxes(x, cross(z, x), z);
}

/** The same where `left` is the firm one: a head nods about the line through its ears. */
export function nodAxes(left: Vector, forward: Vector): Quaternion {
  const x = normalize(left, [1, 0, 0]);
  const y = normalize(subtract(scale(forward, -1), scale(x, -dot(forward, x))), [0, 1, 0]);
  return fromAxes(x, y, cross(x, y));
}
