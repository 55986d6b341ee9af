import type { Transforms } from '../../core/poses/motion-transforms.ts';

/** Translation after rotation (a quaternion x, y, z, w of any length) after scale. */
export function transformOf(
  translation: readonly number[],
  rotation: readonly number[],
  scale: readonly number[],
): Transforms {
  const [qx = 0, qy = 0, qz = 0, qw = 1] = rotation;
  const length = Math.hypot(qx, qy, qz, qw) || 1;
  const [x, y, z, w] = [qx / length, qy / length, qz / length, qw / length];
  const [sx = 1, sy = 1, sz = 1] = scale;
  const [tx = 0, ty = 0, tz = 0] = translation;
  return Float64Array.of(
    ...[(1 - 2 * (y * y + z * z)) * sx, 2 * (x * y - z * w) * sy, 2 * (x * z + y * w) * sz, tx],
    ...[2 * (x * y + z * w) * sx, (1 - 2 * (x * x + z * z)) * sy, 2 * (y * z - x * w) * sz, ty],
    ...[2 * (x * z - y * w) * sx, 2 * (y * z + x * w) * sy, (1 - 2 * (x * x + y * y)) * sz, tz],
  );
}

/** The transform back; undefined where there is none. */
export function inverse(m: Transforms): Transforms | undefined {
  const at = (row: number, column: number): number => m[(row % 3) * 4 + (column % 3)] ?? 0;
  const result = new Float64Array(12);
  let determinant = 0;
  for (let c = 0; c < 3; c++) determinant += at(0, c) * (at(1, c + 1) * at(2, c + 2) - at(1, c + 2) * at(2, c + 1));
  if (!(Math.abs(determinant) > 1e-30)) return undefined;
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      // The cofactor of (column, row); cyclic indices give it its sign.
      const cofactor =
        at(column + 1, row + 1) * at(column + 2, row + 2) - at(column + 1, row + 2) * at(column + 2, row + 1);
      result[row * 4 + column] = cofactor / determinant;
    }
  }
  for (let row = 0; row < 3; row++) {
    let sum = 0;
    for (let k = 0; k < 3; k++) sum -= (result[row * 4 + k] ?? 0) * (m[k * 4 + 3] ?? 0);
    result[row * 4 + 3] = sum;
  }
  return result;
}
