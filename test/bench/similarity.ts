import { add, distance, dot, scale, subtract, type Vector } from '../../core/vector.ts';
import { rotate, type Quaternion } from '../../core/quaternion.ts';

const centreOf = (points: readonly Vector[]): Vector =>
  scale(
    points.reduce<Vector>((sum, point) => add(sum, point), [0, 0, 0]),
    1 / points.length,
  );

/** `points` after the similarity (rotation, scale, shift) that brings them nearest to `target`, in least squares. */
export function alignedBySimilarity(points: readonly Vector[], target: readonly Vector[]): Vector[] {
  const [from, to] = [centreOf(points), centreOf(target)];
  const a = points.map((point) => subtract(point, from));
  const b = target.map((point) => subtract(point, to));
  const turn = bestRotation(a, b);
  const turned = a.map((point) => rotate(turn, point));
  const power = a.reduce((sum, point) => sum + dot(point, point), 0);
  const size = power > 0 ? turned.reduce((sum, point, i) => sum + dot(point, b[i] ?? [0, 0, 0]), 0) / power : 1;
  return turned.map((point) => add(scale(point, size), to));
}

/** Horn's closed form: the eigenvector of the largest eigenvalue of a symmetric 4x4 matrix, here by power iteration. */
function bestRotation(a: readonly Vector[], b: readonly Vector[]): Quaternion {
  const s = (i: 0 | 1 | 2, j: 0 | 1 | 2): number => a.reduce((sum, point, k) => sum + point[i] * (b[k]?.[j] ?? 0), 0);
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = [
    ...[s(0, 0), s(0, 1), s(0, 2)],
    ...[s(1, 0), s(1, 1), s(1, 2)],
    ...[s(2, 0), s(2, 1), s(2, 2)],
  ] as [number, number, number, number, number, number, number, number, number];
  const matrix = [
    [xx + yy + zz, yz - zy, zx - xz, xy - yx],
    [yz - zy, xx - yy - zz, xy + yx, zx + xz],
    [zx - xz, xy + yx, yy - xx - zz, yz + zy],
    [xy - yx, zx + xz, yz + zy, zz - xx - yy],
  ];
  // A shift by the norm makes the largest eigenvalue the one of largest size.
  const shift = Math.max(...matrix.map((row) => row.reduce((sum, value) => sum + Math.abs(value), 0)), 1e-12);
  let q: Quaternion = [0.8, 0.3, 0.4, 0.33];
  for (let i = 0; i < 2000; i++) {
    const next = matrix.map((row, r) => row.reduce((sum, value, c) => sum + value * (q[c] ?? 0), shift * (q[r] ?? 0)));
    const norm = Math.hypot(...next) || 1;
    const unit = next.map((value) => value / norm) as [number, number, number, number];
    const moved = distance([unit[0], unit[1], unit[2]], [q[0], q[1], q[2]]) + Math.abs(unit[3] - q[3]);
    q = unit;
    if (moved < 1e-12) break;
  }
  return q;
}
