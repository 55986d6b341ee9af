import { add, cross, dot, normalize, scale, type Vector } from './vector.ts';

/** A unit quaternion (w, x, y, z). */
export type Quaternion = readonly [number, number, number, number];

export const IDENTITY: Quaternion = [1, 0, 0, 0];

/** First `b`, then `a`. */
export const multiply = ([aw, ax, ay, az]: Quaternion, [bw, bx, by, bz]: Quaternion): Quaternion => [
  aw * bw - ax * bx - ay * by - az * bz,
  aw * bx + ax * bw + ay * bz - az * by,
  aw * by - ax * bz + ay * bw + az * bx,
  aw * bz + ax * by - ay * bx + az * bw,
];

export const conjugate = ([w, x, y, z]: Quaternion): Quaternion => [w, -x, -y, -z];

/** The same rotation with the sign that makes it the nearer one to `other`: what blending and interpolation need. */
export function towards([w, x, y, z]: Quaternion, other: Quaternion): Quaternion {
  return w * other[0] + x * other[1] + y * other[2] + z * other[3] < 0 ? [-w, -x, -y, -z] : [w, x, y, z];
}

export function rotate([w, x, y, z]: Quaternion, v: Vector): Vector {
  const u: Vector = [x, y, z];
  const t = scale(cross(u, v), 2);
  return add(add(v, scale(t, w)), cross(u, t));
}

/** By `angle` radians about `axis`, which need not have unit length. */
export function aboutAxis(axis: Vector, angle: number): Quaternion {
  const [x, y, z] = scale(normalize(axis), Math.sin(angle / 2));
  return [Math.cos(angle / 2), x, y, z];
}

/** The smallest rotation that turns direction `from` into direction `to`. Opposite directions turn about an axis across. */
export function between(from: Vector, to: Vector): Quaternion {
  const [a, b] = [normalize(from), normalize(to)];
  const cosine = dot(a, b);
  if (cosine < -0.999999) {
    const across = Math.abs(a[0]) < 0.9 ? cross(a, [1, 0, 0]) : cross(a, [0, 1, 0]);
    return aboutAxis(across, Math.PI);
  }
  const axis = cross(a, b);
  return unit([1 + cosine, axis[0], axis[1], axis[2]]);
}

/** From `a` (at 0) to `b` (at 1) the short way, evenly enough for small steps: normalised linear interpolation. */
export function blend(a: Quaternion, b: Quaternion, t: number): Quaternion {
  const near = towards(b, a);
  const at = (k: 0 | 1 | 2 | 3): number => a[k] + (near[k] - a[k]) * t;
  return unit([at(0), at(1), at(2), at(3)]);
}

/** The same rotation by at most `limit` radians. */
export function limited(q: Quaternion, limit: number): Quaternion {
  const [w, x, y, z] = towards(q, IDENTITY);
  const angle = 2 * Math.acos(Math.min(1, w));
  return angle > limit ? aboutAxis([x, y, z], limit) : [w, x, y, z];
}

/** The rotation that carries the axes x, y, z onto three orthonormal directions (right-handed). */
export function fromAxes(x: Vector, y: Vector, z: Vector): Quaternion {
  const [m00, m10, m20] = x;
  const [m01, m11, m21] = y;
  const [m02, m12, m22] = z;
  const trace = m00 + m11 + m22;
  if (trace > 0) return unit([1 + trace, m21 - m12, m02 - m20, m10 - m01]);
  if (m00 > m11 && m00 > m22) return unit([m21 - m12, 1 + m00 - m11 - m22, m01 + m10, m02 + m20]);
  if (m11 > m22) return unit([m02 - m20, m01 + m10, 1 + m11 - m00 - m22, m12 + m21]);
  return unit([m10 - m01, m02 + m20, m12 + m21, 1 + m22 - m00 - m11]);
}

/** The rotation matrix of a unit quaternion, 3x3 row-major. */
export function rotationMatrix([w, x, y, z]: Quaternion): number[] {
  return [
    1 - 2 * (y * y + z * z),
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    2 * (x * y + w * z),
    1 - 2 * (x * x + z * z),
    2 * (y * z - w * x),
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    1 - 2 * (x * x + y * y),
  ];
}

function unit([w, x, y, z]: Quaternion): Quaternion {
  const norm = Math.hypot(w, x, y, z);
  return norm > 1e-12 ? [w / norm, x / norm, y / norm, z / norm] : IDENTITY;
}
