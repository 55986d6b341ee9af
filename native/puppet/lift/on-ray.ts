import { add, dot, length, normalize, scale, subtract, type Vector } from '../../../core/vector.ts';
import { within } from './statistics.ts';
import { softened } from './uncertainty.ts';

/** Where along a pixel's ray the end of a bone can lie. */
export interface Reach {
  /** The ray's nearest point to the bone's start. */
  readonly nearest: Vector;
  /** Direction of the ray, away from the camera. */
  readonly away: Vector;
  /** How far before and behind the nearest point the ends of the bone lie; 0 where the ray is out of its reach. */
  readonly half: number;
}

/** The two points of a ray that lie a bone's length from its start: the roots of a quadratic. */
export function reachOf(start: Vector, ray: Vector, boneLength: number): Reach {
  const away = normalize(ray);
  const nearest = scale(away, dot(start, away));
  const miss = length(subtract(nearest, start));
  return { nearest, away, half: Math.sqrt(Math.max(0, boneLength * boneLength - miss * miss)) };
}

/** The end of the bone that lies `offset` behind the ray's nearest point, kept at the bone's length from its start. */
export function endAt(start: Vector, { nearest, away }: Reach, offset: number, boneLength: number): Vector {
  const direction = subtract(add(nearest, scale(away, offset)), start);
  return add(start, scale(normalize(direction, away), boneLength));
}

/**
 * How far behind the ray's nearest point the end lies when the bone points away from the camera (sign 1) or towards it
 * (-1) by as much as it looks shortened. A bone that hardly looks shortened is taken to be level in depth.
 */
export function pointedOffset(start: Vector, { nearest, away, half }: Reach, sign: number, boneLength: number): number {
  const pointed = softened(half, boneLength);
  const level = within((start[2] - nearest[2]) / Math.max(away[2], 0.1), -half, half);
  return sign * pointed + (half > 0 ? (1 - pointed / half) * level : 0);
}
